"""What is known of a page before its book is: everything that needs pixels, nothing that needs neighbours.

Direction, order, numbers and types come from the whole book, so a page is drafted first, its
pixels dropped, and finished with its book (:mod:`indexer.stages.assembly`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from indexer.stages.pictures import PageMeasures
from models.pictures import crop, encode_webp
from models.protocols import PictureEncoder, ReadsTags, Tags
from schemas.geometry import Box
from schemas.labels import PageType
from schemas.records import PageLayout, PanelLook, PanelRegion, RgbImage, TextLine, TextRegion
from schemas.tables import EncoderSpec
from schemas.vlm import PageReading

PAGE_THUMBNAIL_PX = 640
PANEL_THUMBNAIL_PX = 384
WEBP_QUALITY = 80

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Illustration:
    """A thumbnail in WebP; sizes in pixels."""

    webp: bytes
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class PageThumbnails:
    """Thumbnails of a page and of its panels, in the order of the layout."""

    page: Illustration
    panels: tuple[Illustration, ...]


@dataclass(frozen=True, slots=True)
class PageDraft:
    """A page without its pixels.

    What begins with ``panel_`` follows ``layout.panels``; a vector is None
    where the encoder failed. ``reading`` is what a page reader says, None where none did; ``look`` is
    that of :func:`models.page_types.looks.look_of`; ``is_read`` says whether anybody looked for lines;
    ``vector_of`` names the encoder of the vectors; ``set_type`` is what somebody said the page is.
    """

    page_no: int
    page_file: str
    sha256: str
    width_px: int
    height_px: int
    degraded: str | None
    phash: int
    measures: PageMeasures
    layout: PageLayout
    panel_hashes: tuple[int, ...]
    page_vector: Vector | None
    panel_vectors: tuple[Vector | None, ...]
    panel_tags: tuple[Tags, ...]
    panel_looks: tuple[PanelLook, ...]
    lines: tuple[TextLine, ...]
    regions: tuple[TextRegion, ...]
    reading: PageReading | None = None
    look: Vector | None = None
    is_read: bool = True
    vector_of: EncoderSpec | None = None
    set_type: PageType | None = None

    @property
    def aspect(self) -> float:
        """Width divided by height."""
        return self.width_px / self.height_px


def with_whole_page(layout: PageLayout, *, is_blank: bool) -> PageLayout:
    """Give a page without panels one that covers it, unless there is nothing to see."""
    if layout.panels or is_blank:
        return layout
    return PageLayout((PanelRegion(Box.whole_page(), layout.confidence),), layout.confidence)


def cut_panels(image: RgbImage, layout: PageLayout) -> tuple[RgbImage, ...]:
    """Cut every panel out of the page."""
    return tuple(crop(image, panel.box) for panel in layout.panels)


def draw_thumbnails(image: RgbImage, panels: Sequence[RgbImage]) -> PageThumbnails:
    """Encode a page and its panels small."""
    return PageThumbnails(
        page=_thumbnail(image, PAGE_THUMBNAIL_PX),
        panels=tuple(_thumbnail(panel, PANEL_THUMBNAIL_PX) for panel in panels),
    )


@dataclass(frozen=True, slots=True)
class PictureFindings:
    """What an encoder makes of a page and of its panels, in the order of the layout."""

    page: Vector | None
    panels: tuple[Vector | None, ...]
    tags: tuple[Tags, ...]

    @classmethod
    def none(cls, panel_count: int) -> Self:
        """Return what is left where an encoder fails."""
        return cls(None, (None,) * panel_count, ((),) * panel_count)


def encode_pictures(encoder: PictureEncoder, image: RgbImage, panels: Sequence[RgbImage]) -> PictureFindings:
    """Embed a page and its panels, and tag the panels where the encoder can."""
    if not isinstance(encoder, ReadsTags):
        page, *rest = encoder.encode_images([image, *panels])
        return PictureFindings(page, tuple(rest), ((),) * len(panels))
    vectors, tags = encoder.encode_and_tag([image, *panels])
    return PictureFindings(vectors[0], tuple(vectors[1:]), tags[1:])


def _thumbnail(image: RgbImage, max_side_px: int) -> Illustration:
    webp, width_px, height_px = encode_webp(image, max_side_px=max_side_px, quality=WEBP_QUALITY)
    return Illustration(webp, width_px, height_px)
