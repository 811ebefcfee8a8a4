"""The reference interpreter: the IR over plain Python rows; the oracle of every engine."""

from segdsl.reference.interpreter import members

__all__ = ["members"]
