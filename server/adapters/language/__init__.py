"""The reader: spaCy components and rules over marker files."""
