"""Whether somebody looks the same from panel to panel: palettes, how far apart they lie, which stand out."""
