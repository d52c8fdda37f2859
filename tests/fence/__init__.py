"""What keeps the parts of the package apart; `tests/test_layers.py` puts it to use."""
