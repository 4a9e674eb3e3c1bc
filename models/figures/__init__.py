"""Finds who is drawn in a panel: a mask of figures and the boxes of heads.

A small network trained on drawn scenes (``weights/figures.md``); take it from :func:`load_finder`.
"""

from models.figures.finder import Figure, FigureFinder, FigureMap, load_finder

__all__ = ["Figure", "FigureFinder", "FigureMap", "load_finder"]
