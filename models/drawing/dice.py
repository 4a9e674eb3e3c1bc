"""Repeatable chance: the same key gives the same drawing."""

import random


def dice(*key: object) -> random.Random:
    """Return a random generator that depends on nothing but the key."""
    return random.Random("/".join(map(str, key)))  # noqa: S311 (pictures, not secrets)
