"""Sends the file of a book, and says of which type it is."""

from pathlib import Path

import flask

from indexer.containers import fingerprint
from schemas.errors import ContainerError, NotFoundError

MEDIA_OF_CONTAINER = {
    "cbz": "application/vnd.comicbook+zip",
    "cbr": "application/vnd.comicbook-rar",
    "cb7": "application/x-cb7",
    "cbt": "application/x-cbt",
    "pdf": "application/pdf",
    "epub": "application/epub+zip",
}
"""Types of books that are one file, by what :class:`schemas.records.Book` calls them."""


def send_book(source: Path, wanted: tuple[int, int], container: str) -> flask.Response:
    """Answer with a book's file, whole or in ranges. Raises NotFoundError where it is not as indexed."""
    media = MEDIA_OF_CONTAINER.get(container)
    try:
        is_there = media is not None and source.is_file() and fingerprint(source) == wanted
    except ContainerError:
        is_there = False
    if not is_there:
        raise NotFoundError(f"the file of {source.name} is not there as it was indexed: it cannot be sent")
    response = flask.send_file(source, mimetype=media, as_attachment=True, download_name=source.name)
    response.cache_control.private = True
    return response
