"""Trade dress of covers, what is printed and not drawn: bar codes, titles, corner boxes, prices, words."""
