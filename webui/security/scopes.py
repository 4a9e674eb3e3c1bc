"""What a route asks of its visitor."""

from enum import StrEnum


class Scope(StrEnum):
    """``open`` needs nothing, ``read`` a key that reads, ``write`` one that also changes things."""

    OPEN = "open"
    READ = "read"
    WRITE = "write"
