"""Speech models: which there are, how they are fetched, and whether one is whole."""
