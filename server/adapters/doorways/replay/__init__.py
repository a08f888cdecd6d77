"""Calls from files: recordings and scripted calls, heard through the same path as live ones."""
