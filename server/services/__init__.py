"""What the product does: carrying, hearing, prompting, following, signing in."""
