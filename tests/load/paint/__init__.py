"""How long a prompt takes from the end of the words that brought it to the browser's paint."""
