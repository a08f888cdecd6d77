"""Earshot: live listening for domestic-abuse specialists in police control rooms."""
