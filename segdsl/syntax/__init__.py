"""Expression text to syntax tree, and back."""
