"""Legs: each scores panels by one thing that a search asks for."""
