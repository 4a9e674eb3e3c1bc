"""The commands that search, and how they print."""
