"""Pixels of stored panels for references, with where their words are."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from models.pictures import crop, decode_picture
from schemas.config import PictureLimits
from schemas.errors import BackendUnavailableError, ContainerError, PictureError
from schemas.geometry import Box
from schemas.records import RgbImage
from search.answers.crops import ReadsPages, inside
from search.answers.details import PanelDetail
from search.library import Library

PAGE_SIDE_PX = 2_000
_PAGES_KEPT = 6


@dataclass(frozen=True, slots=True)
class PanelPixels:
    """A panel as it is drawn: its picture, and the boxes of its words relative to it."""

    detail: PanelDetail
    picture: RgbImage
    lettering: tuple[Box, ...]

    def part(self, box: Box) -> tuple[RgbImage, tuple[Box, ...]]:
        """Return the part of the panel that a panel-relative box names, and the words in it."""
        return crop(self.picture, box), tuple(
            _within(box, words) for words in self.lettering if _meets(box, words)
        )


class PanelReader:
    """Reads panels for one request; pages are kept, since a page gives several panels."""

    def __init__(self, library: Library, pages: ReadsPages | None) -> None:
        """Read from books through ``pages``, from thumbnails where it is None or a book is away."""
        self._library, self._read = library, pages
        self._kept: OrderedDict[str, RgbImage] = OrderedDict()
        self.notes: list[str] = []

    def read(self, panel_id: str) -> PanelPixels:
        """Return a panel. Raises NotFoundError."""
        detail = self._library.panel(panel_id)
        box = detail.panel.box
        picture = crop(self._page(detail), box)
        words = tuple(_within(box, text.box) for text in detail.panel.texts if _meets(box, text.box))
        return PanelPixels(detail, picture, words)

    def _page(self, detail: PanelDetail) -> RgbImage:
        page_id = detail.panel.page_id
        if page_id not in self._kept:
            self._kept[page_id] = self._decoded(page_id)
            if len(self._kept) > _PAGES_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(page_id)
        return self._kept[page_id]

    def _decoded(self, page_id: str) -> RgbImage:
        if self._read is not None:
            try:
                return self._read(self._library.page(page_id), max_side_px=PAGE_SIDE_PX)
            except (ContainerError, PictureError, BackendUnavailableError) as error:
                self.notes.append(f"{page_id} was taken from its thumbnail: {error}")
        webp = self._library.thumbnail(page_id)
        return decode_picture(webp, name=f"the thumbnail of {page_id}", limits=PictureLimits()).image


def pixels_sha256(picture: RgbImage) -> str:
    """Return the SHA-256 of a picture's size and pixels."""
    digest = hashlib.sha256(f"{picture.shape}".encode())
    digest.update(picture.tobytes())
    return digest.hexdigest()


def _meets(box: Box, other: Box) -> bool:
    return box.intersection_area(other) > 0.0


def _within(outer: Box, box: Box) -> Box:
    """Return a box in the frame of another: the other way round from :func:`search.answers.crops.inside`."""
    width, height = max(outer.width, 1e-6), max(outer.height, 1e-6)
    return Box.clipped(
        (box.x0 - outer.x0) / width, (box.y0 - outer.y0) / height,
        (box.x1 - outer.x0) / width, (box.y1 - outer.y0) / height,
    )  # fmt: skip


__all__ = ["PAGE_SIDE_PX", "PanelPixels", "PanelReader", "inside", "pixels_sha256"]
