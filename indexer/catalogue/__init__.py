"""Catalogues of published comics: who appears in an issue, by the words of those who indexed it."""
