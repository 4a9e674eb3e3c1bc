"""Training of the fusion on drawn books, in four variants (``longbox train fusion``)."""
