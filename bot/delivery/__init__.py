"""From the outbox to the messenger: what is sent, when, and what became of it."""
