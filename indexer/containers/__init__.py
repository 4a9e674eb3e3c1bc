"""Books in any wrapping: find them, open them, read their pages in order."""

from indexer.containers.book import Container, PageEntry, PageRead
from indexer.containers.discovery import find_books, is_candidate
from indexer.containers.identity import content_hash, fingerprint
from indexer.containers.opening import open_container

__all__ = [
    "Container",
    "PageEntry",
    "PageRead",
    "content_hash",
    "find_books",
    "fingerprint",
    "is_candidate",
    "open_container",
]
