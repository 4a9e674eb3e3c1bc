"""What is typed into the one box: read into a request, and written back."""
