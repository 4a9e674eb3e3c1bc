"""Pictures for the browser: pages read from their books, and the pictures people search by."""

import hashlib
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from indexer.containers import fingerprint, open_container
from models.pictures import decode_picture, encode_webp
from schemas.config import ContainerLimits
from schemas.errors import ContainerError, NotFoundError, PictureError
from schemas.records import RgbImage
from search.details import PageDetail

PAGE_QUALITY = 82
PAGE_SIDES_PX = (800, 1400, 2200)
"""Sizes that are served: few, so that the cache serves many visitors and nobody asks for all."""


@dataclass(frozen=True, slots=True)
class PageSource:
    """Where a page's picture comes from: the book's file, as it was indexed, and the page's name in it.

    ``fingerprint`` is what :func:`indexer.containers.fingerprint` said of the file then.
    """

    page_id: str
    source: Path
    fingerprint: tuple[int, int]
    page_file: str


def read_page_picture(page: PageSource, *, limits: ContainerLimits, max_side_px: int) -> RgbImage:
    """Read a page from its book. Raises as :meth:`PagePictures.page`."""
    source, page_file = page.source, page.page_file
    if fingerprint(source) != page.fingerprint:
        raise ContainerError(f"{source.name} has changed since it was indexed; index it again")
    try:
        with open_container(source, limits=limits) as book:
            entry = next((entry for entry in book.entries if entry.name == page_file), None)
            if entry is None:
                raise PictureError(f"{source.name} has no page {page_file!r} any more; index it again")
            data = book.read(entry)
    except OSError as error:
        raise ContainerError(f"{source.name} cannot be read: {error.strerror}") from error
    return decode_picture(data, name=page_file, limits=limits.picture, max_side_px=max_side_px).image


def stored_page(page: PageDetail, *, max_side_px: int) -> RgbImage:
    """Read a page of the library, for a search by a part of it. Raises as :meth:`PagePictures.page`."""
    origin = PageSource(page.page_id, Path(page.source), page.fingerprint, page.page_file)
    return read_page_picture(origin, limits=ContainerLimits(), max_side_px=max_side_px)


class PagePictures:
    """Renders stored pages from their sources and keeps the latest ones in memory.

    Only sources named by the library are opened: no path comes from a request.
    """

    def __init__(self, *, capacity_bytes: int) -> None:
        self._capacity_bytes = capacity_bytes
        self._kept: OrderedDict[tuple[PageSource, int], bytes] = OrderedDict()
        self._size_bytes = 0
        self._lock = threading.Lock()
        self._limits = ContainerLimits()

    def page(self, page: PageSource, *, side_px: int) -> bytes:
        """Return the page as WebP, its long side at most the served size next to ``side_px``.

        Raises ContainerError or PictureError where the source is gone, damaged or another file by
        now, BackendUnavailableError where nothing is installed to open it.
        """
        side_px = next((side for side in PAGE_SIDES_PX if side >= side_px), PAGE_SIDES_PX[-1])
        key = (page, side_px)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        webp = self._render(page, side_px)
        with self._lock:
            self._keep(key, webp)
        return webp

    def _render(self, page: PageSource, side_px: int) -> bytes:
        image = read_page_picture(page, limits=self._limits, max_side_px=side_px)
        webp, _, _ = encode_webp(image, max_side_px=side_px, quality=PAGE_QUALITY)
        return webp

    def _keep(self, key: tuple[PageSource, int], webp: bytes) -> None:
        if key not in self._kept:
            self._kept[key] = webp
            self._size_bytes += len(webp)
        while self._size_bytes > self._capacity_bytes and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._size_bytes -= len(dropped)


class QueryPictures:
    """Remembers the latest pictures that people searched by, under unguessable names.

    So that a search by picture has an address: reload, back and the next page work. One picture
    has one name, however often it is asked by.
    """

    def __init__(self, *, capacity_bytes: int) -> None:
        self._capacity_bytes = capacity_bytes
        self._kept: OrderedDict[str, RgbImage] = OrderedDict()
        self._size_bytes = 0
        self._secret = secrets.token_bytes(16)
        self._lock = threading.Lock()

    def remember(self, picture: RgbImage) -> str:
        """Keep a picture and return its name."""
        shape = repr(picture.shape).encode()
        name = hashlib.blake2b(shape + picture.tobytes(), key=self._secret, digest_size=12).hexdigest()
        with self._lock:
            if name not in self._kept:
                self._kept[name] = picture
                self._size_bytes += picture.nbytes
            self._kept.move_to_end(name)
            while self._size_bytes > self._capacity_bytes and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._size_bytes -= dropped.nbytes
        return name

    def recall(self, name: str) -> RgbImage:
        """Return a remembered picture. Raises NotFoundError where it is forgotten."""
        with self._lock:
            picture = self._kept.get(name)
            if picture is None:
                raise NotFoundError("the picture of this search is no longer remembered: drop it again")
            self._kept.move_to_end(name)
            return picture


def etag(data: bytes) -> str:
    """Return a validator for a picture's bytes."""
    return hashlib.blake2b(data, digest_size=12).hexdigest()
