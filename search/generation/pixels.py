"""Pixels of stored panels for references, with where their words are."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from models.figures import FigureFinder, FigureMap
from models.pictures import crop, decode_picture
from schemas.config import PictureLimits
from schemas.errors import BackendUnavailableError, ContainerError, PictureError
from schemas.geometry import Box
from schemas.records import RgbImage
from search.answers.crops import ReadsPages
from search.answers.details import PageDetail, PanelDetail
from search.library import Library

PAGE_SIDE_PX = 2_000
PAGES_KEPT, MAPS_KEPT = 16, 2_000
Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a panel: its pixels, the boxes of its words, and what of it belongs to another panel."""

    picture: RgbImage
    lettering: tuple[Box, ...]
    foreign: NDArray[np.uint8] | None


@dataclass(frozen=True, slots=True)
class PanelPixels:
    """A panel as it is drawn: its picture, and the boxes of its words relative to it.

    ``foreign`` is 255 where its picture shows the gutter or other panels (a slanted panel, an inset), None
    where it shows nothing else.
    """

    detail: PanelDetail
    picture: RgbImage
    lettering: tuple[Box, ...]
    foreign: NDArray[np.uint8] | None = None

    def part(self, box: Box) -> Part:
        """Return the part of the panel that a panel-relative box names."""
        words = tuple(_within(box, words) for words in self.lettering if _meets(box, words))
        height, width = self.picture.shape[:2]
        x0, y0, x1, y1 = box.to_pixels(width_px=width, height_px=height)
        foreign = None if self.foreign is None else np.ascontiguousarray(self.foreign[y0:y1, x0:x1])
        return Part(
            crop(self.picture, box), words, foreign if foreign is not None and foreign.any() else None
        )


class PanelReader:
    """Reads panels, and finds who is in them; what was looked at last is kept for the next panel.

    Not to be shared between threads.
    """

    def __init__(self, library: Library, pages: ReadsPages | None, finder: FigureFinder) -> None:
        """Read from books through ``pages``, from thumbnails where it is None or a book is away."""
        self._library, self._read, self._finder = library, pages, finder
        self._kept: OrderedDict[str, RgbImage] = OrderedDict()
        self._found: OrderedDict[str, FigureMap] = OrderedDict()
        self._pages: OrderedDict[str, PageDetail] = OrderedDict()
        self._details: OrderedDict[str, PanelDetail] = OrderedDict()
        self.notes: list[str] = []

    def read(self, panel_id: str) -> PanelPixels:
        """Return a panel. Raises NotFoundError."""
        detail = self._detail(panel_id)
        box = detail.panel.box
        picture = crop(self._page(detail.panel.page_id), box)
        page = self._page_detail(detail.panel.page_id)
        # a balloon may stand in two panels, or be counted to none
        texts = (*(text for panel in page.panels for text in panel.texts), *page.stray_texts)
        words = tuple(_within(box, text.box) for text in texts if _meets(box, text.box))
        return PanelPixels(detail, picture, words, _foreign(detail, page, picture.shape[:2]))

    def figures(self, panel: PanelPixels) -> FigureMap:
        """Return who is in a panel."""
        panel_id = panel.detail.panel.panel_id
        if panel_id not in self._found:
            _remember(self._found, panel_id, self._finder.find(panel.picture), MAPS_KEPT)
        return self._found[panel_id]

    def _detail(self, panel_id: str) -> PanelDetail:
        if panel_id not in self._details:
            _remember(self._details, panel_id, self._library.panel(panel_id), MAPS_KEPT)
        return self._details[panel_id]

    def _page_detail(self, page_id: str) -> PageDetail:
        if page_id not in self._pages:
            _remember(self._pages, page_id, self._library.page(page_id), MAPS_KEPT)
        return self._pages[page_id]

    def _page(self, page_id: str) -> RgbImage:
        if page_id not in self._kept:
            _remember(self._kept, page_id, self._decoded(page_id), PAGES_KEPT)
        self._kept.move_to_end(page_id)
        return self._kept[page_id]

    def _decoded(self, page_id: str) -> RgbImage:
        if self._read is not None:
            try:
                return self._read(self._page_detail(page_id), max_side_px=PAGE_SIDE_PX)
            except (ContainerError, PictureError, BackendUnavailableError) as error:
                self.notes.append(f"{page_id} was taken from its thumbnail: {error}")
        webp = self._library.thumbnail(page_id)
        return decode_picture(webp, name=f"the thumbnail of {page_id}", limits=PictureLimits()).image


def _remember(kept: OrderedDict[str, Kept], key: str, value: Kept, most: int) -> None:
    kept[key] = value
    if len(kept) > most:
        kept.popitem(last=False)


def _foreign(detail: PanelDetail, page: PageDetail, shape: tuple[int, int]) -> NDArray[np.uint8] | None:
    """Return where a panel's picture shows the gutter or an inset."""
    own = detail.panel
    insets = [one for one in page.panels if one.parent_no == own.panel_no and one.panel_no != own.panel_no]
    if own.polygon is None and not insets:
        return None
    mask = np.zeros(shape, np.uint8)
    if own.polygon is not None:
        mask[:] = 255
        cv2.fillPoly(mask, [_on_picture(own.polygon, own.box, shape)], 0)
    for one in insets:
        cv2.fillPoly(mask, [_on_picture(one.polygon or _corners_of(one.box), own.box, shape)], 255)
    return mask if mask.any() else None


def _corners_of(box: Box) -> Sequence[tuple[float, float]]:
    return (box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)


def _on_picture(points: Sequence[tuple[float, float]], box: Box, shape: tuple[int, int]) -> NDArray[np.int32]:
    """Return page-relative points as pixels of a panel's picture."""
    origin, size = np.array((box.x0, box.y0)), np.array((max(box.width, 1e-6), max(box.height, 1e-6)))
    relative = (np.array(points, np.float64) - origin) / size
    return np.asarray(np.rint(relative * (shape[1], shape[0])), np.int32)


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
