"""Streams written to files and read again, without transcoding."""
