"""Engines: one module for each behind a small protocol."""

from segdsl.engines.base import Engine

__all__ = ["Engine"]
