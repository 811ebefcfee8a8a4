"""The reference interpreter: the IR over plain Python rows; the oracle of every engine."""
