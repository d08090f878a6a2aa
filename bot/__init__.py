"""The front doors: the command line and, later, Telegram."""
