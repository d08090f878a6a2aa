"""The repairs: each a named step that finds edits and records why."""
