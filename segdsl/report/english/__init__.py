"""Segments and expressions in plain English, made from their syntax trees with the catalog at hand."""
