"""Boards for people: each panel as it is found now, and files to take a board along in."""
