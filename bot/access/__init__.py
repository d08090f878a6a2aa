"""Who is let in, as what, and where messages to a unit go."""
