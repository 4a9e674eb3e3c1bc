"""What books say of themselves, in all the formats in which they say it."""

from indexer.metadata.reading import read_metadata

__all__ = ["read_metadata"]
