"""A drawing redrawn and coloured by example: clean lines, flats by region, tone."""
