"""segdsl: a declarative language and compiler for customer segments."""

__version__ = "0.1.0"
