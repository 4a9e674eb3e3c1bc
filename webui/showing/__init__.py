"""What the pages show of a search: chips, facets, reasons, shapes."""
