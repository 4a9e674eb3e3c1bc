"""Whether a sequence keeps its people and places: crops panel by panel, how alike they are, which stand out.

A sequence is what ``longbox generate`` wrote, with its records, or a story of the library with the elements
that were found in it.
"""
