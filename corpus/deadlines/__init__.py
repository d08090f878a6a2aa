"""The grammar of deadlines: dates, rhythms, terms, and what of them binds."""
