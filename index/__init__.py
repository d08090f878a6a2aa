"""Passages become something searchable."""
