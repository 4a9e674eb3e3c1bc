"""Training of our own models: ``encoder``, and ``closure``, which fuses its vectors.

Nothing here is imported by indexing or search; torch is imported inside the functions that train.
"""
