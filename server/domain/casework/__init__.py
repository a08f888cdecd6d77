"""Cases: calls about the same people, who they are, what is known of them, and what is done for them."""
