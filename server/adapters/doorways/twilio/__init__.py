"""Calls that Twilio forks to us: we listen beside them, and they go on whatever happens to us."""
