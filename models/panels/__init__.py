"""Panel detection: gutter colours, straight cuts, contours, insets, arbitration, confidence."""

from models.panels.detector import ClassicalPanelDetector

__all__ = ["ClassicalPanelDetector"]
