"""One module per verb; the doors (command line, buttons, Python) call these and nothing below."""
