"""What leaves for people: text messages and e-mail."""
