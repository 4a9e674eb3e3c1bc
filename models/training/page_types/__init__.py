"""Trains page stream segmentation on drawn books and labelled ones. Needs torch and skia."""
