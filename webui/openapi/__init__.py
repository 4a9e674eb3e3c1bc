"""Routes that are declared once: the declaration reads and checks a request, and documents it."""
