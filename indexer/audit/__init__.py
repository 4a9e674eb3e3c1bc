"""A look through a whole library: what a curator should see, and what was decided of it."""
