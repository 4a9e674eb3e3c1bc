"""Who is drawn in a book, gathered so that a person need name everybody only once."""
