"""Training the piece encoder: pairs cut from official text, then people's real questions."""
