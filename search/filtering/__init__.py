"""What narrows a search, and the values it can be narrowed to."""
