"""Training of our own encoders: scenes with exact words, towers, losses, export.

Nothing here is imported by indexing or search; torch is imported inside the functions that train.
"""
