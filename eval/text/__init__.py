"""Measures of the reading itself: speed, clean text, dates, glyphs, near-duplicates."""
