"""When to remind whom of what: working days, recurring due days, stages of a deadline."""
