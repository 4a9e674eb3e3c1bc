"""Measurements: quality figures, and times as ratios against a named peer in the same run."""
