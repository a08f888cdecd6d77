"""The one place where everything is constructed and handed to what needs it."""
