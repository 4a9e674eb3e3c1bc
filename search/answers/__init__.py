"""What is shown of what was found: hits, pages of them, books, pages, suggestions."""
