"""Words, numbers, dates and periods the way the reader of a locale writes them."""
