"""What the services need from the outside world, each a small Protocol."""
