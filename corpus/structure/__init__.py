"""The shape of official documents: their heads, their headings, where one ends."""
