"""A library as it stood at one moment, and what is kept of it in memory."""
