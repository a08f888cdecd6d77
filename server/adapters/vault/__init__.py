"""Sealed keeping: a key for every call, wrapped by the master key."""
