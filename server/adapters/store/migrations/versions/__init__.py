"""One module for every step; a step once released never changes."""
