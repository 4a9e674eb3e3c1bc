"""Pictures for the browser: pages and crops read from their books, and the pictures people search by."""

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path

from indexer.containers import fingerprint, open_container
from models.pictures import crop, decode_picture, encode_webp
from schemas.config import ContainerLimits
from schemas.errors import ContainerError, NotFoundError, PictureError
from schemas.geometry import Box
from schemas.records import RgbImage
from search.answers.details import PageDetail
from search.state.remembering import BoundedMemory

QUALITY = 82
PAGE_SIDES_PX = (800, 1400, 2200)
"""Sizes that are served: few, so that the cache serves many visitors and nobody asks for all."""
CROP_SIDES_PX = (200, 400, 800, 1400)
_QUICK, _QUICKEST, _LARGE_PX = 2, 0, 400
"""Efforts of crops up to and beyond a size: they are made while somebody waits."""
_RECIPE = 1
"""Changes with how pictures are made, so that no browser keeps one of before."""


@dataclass(frozen=True, slots=True)
class PageSource:
    """Where a page's picture comes from: the book's file, as it was indexed, and the page's name in it.

    ``fingerprint`` is what :func:`indexer.containers.fingerprint` said of the file then.
    """

    page_id: str
    source: Path
    fingerprint: tuple[int, int]
    page_file: str

    @classmethod
    def of(cls, page: PageDetail) -> "PageSource":
        """Return where a page's picture comes from."""
        return cls(page.page_id, Path(page.source), page.fingerprint, page.page_file)

    def check(self) -> None:
        """Raise ContainerError where the file is gone or another one by now."""
        if fingerprint(self.source) != self.fingerprint:
            raise ContainerError(f"{self.source.name} has changed since it was indexed; index it again")

    def is_there(self) -> bool:
        """Say whether the file is there as it was indexed."""
        try:
            self.check()
        except ContainerError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class View:
    """What is shown of a page: a part of it, None for the whole, in one of the sizes that are served."""

    side_px: int
    box: Box | None = None

    @classmethod
    def of(cls, side_px: int, box: Box | None = None) -> "View":
        """Return the view in the served size next to ``side_px``."""
        sides = PAGE_SIDES_PX if box is None else CROP_SIDES_PX
        return cls(next((side for side in sides if side >= side_px), sides[-1]), box)

    def validator(self, page: PageSource) -> str:
        """Return an ETag: files that did not change give the same picture again."""
        told = (_RECIPE, str(page.source), page.fingerprint, page.page_file, self.side_px, self.box)
        return etag(repr(told).encode())


def stored_page(page: PageDetail, *, max_side_px: int) -> RgbImage:
    """Read a page of the library, for a search by a part of it. Raises as :meth:`PagePictures.picture`."""
    origin = PageSource.of(page)
    origin.check()
    return _decoded(origin, ContainerLimits(), max_side_px)


class PagePictures:
    """Renders stored pages from their sources and keeps the latest ones in memory.

    Only sources named by the library are opened: no path comes from a request. Pages that crops are
    cut from are kept decoded, for a page has several panels.
    """

    def __init__(self, *, capacity_bytes: int, decoded_bytes: int = 0) -> None:
        self._encoded: BoundedMemory[tuple[PageSource, View], bytes] = BoundedMemory(capacity_bytes, len)
        self._decoded: BoundedMemory[PageSource, RgbImage] = BoundedMemory(
            decoded_bytes or capacity_bytes, lambda image: image.nbytes
        )
        self._limits = ContainerLimits()

    def picture(self, page: PageSource, view: View) -> bytes:
        """Return what a view shows of a page, as WebP.

        Raises ContainerError or PictureError where the source is gone, damaged or another file by
        now, BackendUnavailableError where nothing is installed to open it.
        """
        page.check()
        return self._encoded.get((page, view), lambda: self._render(page, view))

    def _render(self, page: PageSource, view: View) -> bytes:
        if view.box is None:
            image, effort = self._decode(page, view.side_px), 4
        else:
            whole = self._decoded.get(page, lambda: self._decode(page, None))
            image = crop(whole, view.box)
            effort = _QUICK if view.side_px <= _LARGE_PX else _QUICKEST
        webp, _, _ = encode_webp(image, max_side_px=view.side_px, quality=QUALITY, effort=effort)
        return webp

    def _decode(self, page: PageSource, side_px: int | None) -> RgbImage:
        return _decoded(page, self._limits, side_px)


def _decoded(page: PageSource, limits: ContainerLimits, side_px: int | None) -> RgbImage:
    data = read_page_file(page, limits)
    return decode_picture(data, name=page.page_file, limits=limits.picture, max_side_px=side_px).image


def read_page_file(page: PageSource, limits: ContainerLimits) -> bytes:
    """Return the bytes of a page as its book holds them. Raises as :meth:`PagePictures.picture`."""
    source = page.source
    try:
        with open_container(source, limits=limits) as book:
            entry = next((entry for entry in book.entries if entry.name == page.page_file), None)
            if entry is None:
                raise PictureError(f"{source.name} has no page {page.page_file!r} any more; index it again")
            return book.read(entry)
    except OSError as error:
        raise ContainerError(f"{source.name} cannot be read: {error.strerror}") from error


class QueryPictures:
    """Remembers the latest pictures that people searched by, under unguessable names.

    So that a search by picture has an address: reload, back and the next page work. One picture
    has one name, however often it is asked by.
    """

    def __init__(self, *, capacity_bytes: int) -> None:
        self._kept: BoundedMemory[str, RgbImage] = BoundedMemory(
            capacity_bytes, lambda picture: picture.nbytes
        )
        self._secret = secrets.token_bytes(16)

    def remember(self, picture: RgbImage) -> str:
        """Keep a picture and return its name."""
        shape = repr(picture.shape).encode()
        name = hashlib.blake2b(shape + picture.tobytes(), key=self._secret, digest_size=12).hexdigest()
        self._kept.get(name, lambda: picture)
        return name

    def recall(self, name: str) -> RgbImage:
        """Return a remembered picture. Raises NotFoundError where it is forgotten."""
        picture = self._kept.find(name)
        if picture is None:
            raise NotFoundError("the picture of this search is no longer remembered: drop it again")
        return picture


def etag(data: bytes) -> str:
    """Return a validator for a picture's bytes."""
    return hashlib.blake2b(data, digest_size=12).hexdigest()
