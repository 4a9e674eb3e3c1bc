"""Generators of panels: what is asked and references in, a picture out."""
