"""Files of every kind become text: encodings, page layout, tables."""
