"""A made-up population, its calls, and how well they are linked. Seeded: the same seed is the same town."""
