"""Maps of panels: places in the plane, clusters and what they are called. Arrays in, arrays out."""
