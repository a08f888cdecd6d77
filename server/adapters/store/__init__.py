"""The database: journal, people, sessions, grants."""
