"""A question becomes an answer with exact citations."""
