"""Dirty files become documents, passages and tasks."""
