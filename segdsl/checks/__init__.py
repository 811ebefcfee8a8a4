"""What people ask of segments and of the data behind them."""
