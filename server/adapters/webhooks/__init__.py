"""Telling other systems by HTTP."""
