"""Documents that tell the same: which they are, how they differ, and which copy is the best."""
