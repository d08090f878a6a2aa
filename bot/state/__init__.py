"""What is kept: units, people, tasks, messages, in one database."""
