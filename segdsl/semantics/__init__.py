"""From syntax to meaning: types, names, days, and the IR."""
