"""The audit: what it finds in a library, what can be decided, and the report."""
