"""Instances: regions of panels that show somebody, and which of them show the same."""
