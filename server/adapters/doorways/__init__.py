"""Where calls come in: each turns its wire into frames in media time."""
