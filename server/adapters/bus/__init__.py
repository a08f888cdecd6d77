"""Hints between the parts of a node."""
