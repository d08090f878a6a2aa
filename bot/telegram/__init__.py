"""What a cadre meets in Telegram: messages, pages and buttons."""
