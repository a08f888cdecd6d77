"""Demonstration calls, played through the real doorway."""
