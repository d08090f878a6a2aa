"""Question sets and, later, the harness that measures the systems."""
