"""Stages of indexing, each a few functions on records: picture → panels → text → types → vectors.

No stage knows the library or catches what goes wrong; :mod:`indexer.pipeline` chains them and
holds the only error boundary.
"""
