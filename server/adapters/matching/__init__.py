"""Numbers, names and addresses, compared as people write and say them."""
