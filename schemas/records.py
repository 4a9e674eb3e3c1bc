"""What Longbox knows about a book, a page, a panel and its lettering.

Records are frozen and carry no pictures' pixels except :class:`RgbImage` values that are
passed beside them. ``RgbImage`` is ``uint8 (height, width, 3)`` RGB, C-contiguous.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from schemas.geometry import Box, Polygon
from schemas.labels import BookStatus, DetectionCategory, PageType, ReadingDirection, TextKind

RgbImage = NDArray[np.uint8]
"""A picture: uint8, (height, width, 3), RGB."""
FloatMatrix = NDArray[np.float32]
"""Row vectors: float32, (n, dim), each of L2 norm 1 unless a docstring says otherwise."""


REMARKS = frozenset({"unsafe-name", "link", "odd-value"})
"""Reasons that tell of something passed over or read otherwise than written, though nothing is lost."""


@dataclass(frozen=True, slots=True)
class StageFailure:
    """One stage that failed on one item; the book goes on and becomes PARTIAL.

    ``page_no`` is 1-based, None where the failure is the book's; ``reason`` is a slug of
    ``schemas.errors`` or of ``REMARKS``; ``message`` one line for people.
    """

    stage: str
    reason: str
    message: str
    page_no: int | None = None

    @property
    def is_loss(self) -> bool:
        """Say whether something of the book is missing for it; False for a mere remark."""
        return self.reason not in REMARKS


def status_after(failures: Iterable[StageFailure]) -> BookStatus:
    """Return the state of a book that is in the library, by what went wrong on its way there."""
    return BookStatus.PARTIAL if any(failure.is_loss for failure in failures) else BookStatus.READY


@dataclass(frozen=True, slots=True)
class Credit:
    """A person and a role: ``writer``, ``penciller``, ``inker``, ``colorist``, ``letterer``, ``cover``."""

    role: str
    name: str


@dataclass(frozen=True, slots=True)
class BookMetadata:
    """What a book says of itself (ComicInfo, ACBF, CoMet, ComicBookInfo, MetronInfo, OPF, PDF).

    None or empty means: not said. ``page_types`` maps 0-based page positions to the type the
    file declares; ``double_pages`` are 0-based positions declared as spreads. ``formats`` names
    the metadata formats found, best first.
    """

    title: str | None = None
    series: str | None = None
    number: str | None = None
    volume: int | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None
    publisher: str | None = None
    summary: str | None = None
    language: str | None = None  # ISO 639 code, lower case
    direction: ReadingDirection | None = None
    direction_evidence: str | None = None  # e.g. "ComicInfo Manga=YesAndRightToLeft"
    licence: str | None = None
    story_arc: str | None = None
    age_rating: str | None = None
    format: str | None = None
    page_count: int | None = None
    genres: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    page_types: tuple[tuple[int, PageType], ...] = ()
    double_pages: tuple[int, ...] = ()
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecodedPicture:
    """A picture ready for the models.

    ``image`` may be smaller than the original (``width_px``, ``height_px``) after a draft decode;
    boxes are page-relative, so nothing else changes. ``sha256`` is of the encoded bytes.
    ``degraded`` says in one line what was lost (a truncated file), None for a sound picture.
    """

    image: RgbImage
    width_px: int
    height_px: int
    sha256: str
    degraded: str | None = None


@dataclass(frozen=True, slots=True)
class PanelRegion:
    """A panel as a detector sees it; ``polygon`` only where the panel is no rectangle.

    ``parent`` is the index, in the same layout, of the panel an inset lies in.
    """

    box: Box
    confidence: float
    polygon: Polygon | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class PageLayout:
    """All panels of a page, in no particular order, and how sure the detector is of the whole."""

    panels: tuple[PanelRegion, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Detection:
    """Something a trained detector marked; ``score`` in [0, 1] as the model gives it."""

    box: Box
    category: DetectionCategory
    score: float


@dataclass(frozen=True, slots=True)
class TextLine:
    """One recognised line; ``text`` as read. ``vertical`` for a column of CJK."""

    box: Box
    text: str
    confidence: float
    vertical: bool = False


@dataclass(frozen=True, slots=True)
class TextRegion:
    """Lines that belong together: a balloon, a caption, a sound effect.

    ``text`` is cleaned (NFKC, hyphenation joined), ``raw_text`` the lines joined by newlines.
    """

    box: Box
    text: str
    raw_text: str
    confidence: float
    kind: TextKind = TextKind.UNKNOWN
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class PanelLook:
    """What is measured on a panel's picture, in [0, 1].

    ``lightness`` is the mean of CIELAB's L*; ``colourfulness`` how far colours spread from grey, or
    from the tint of the paper: screentone and a yellowed scan have next to none.
    """

    lightness: float
    colourfulness: float


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel in reading order; ``panel_no`` counts from 1 on its page.

    ``tags`` name what an encoder saw in it, ``description`` is what a page reader says of it; empty
    where nobody looked, as ``look`` is None.
    """

    page_no: int
    panel_no: int
    region: PanelRegion
    texts: tuple[TextRegion, ...] = ()
    phash: int = 0
    tags: tuple[str, ...] = ()
    description: str = ""
    look: PanelLook | None = None

    @property
    def text(self) -> str:
        """All lettering of the panel in reading order, one region per line."""
        return "\n".join(region.text for region in self.texts)


@dataclass(frozen=True, slots=True)
class Page:
    """One page. ``page_no`` counts from 1; ``page_file`` is its name inside the container.

    ``darkness`` and ``saturation`` are means in [0, 1]; ``stray_texts`` lie in no panel.
    """

    page_no: int
    page_file: str
    sha256: str
    width_px: int
    height_px: int
    page_type: PageType
    page_type_confidence: float
    layout_confidence: float
    panels: tuple[Panel, ...] = ()
    stray_texts: tuple[TextRegion, ...] = ()
    is_spread: bool = False
    degraded: str | None = None
    phash: int = 0
    darkness: float = 0.0
    saturation: float = 0.0


@dataclass(frozen=True, slots=True)
class Book:
    """A book as it stands in a library. ``book_id`` is a hash of its content.

    ``source`` is the absolute path as indexed; ``container`` one of ``cbz cbr cb7 cbt pdf epub folder``.
    ``comic`` is how surely it is a comic, in [0, 1]; None where nobody looked.
    """

    book_id: str
    source: str
    container: str
    size_bytes: int
    mtime_ns: int
    title: str
    direction: ReadingDirection
    direction_evidence: str
    page_count: int
    panel_count: int
    status: BookStatus
    metadata: BookMetadata = field(default_factory=BookMetadata)
    failures: tuple[StageFailure, ...] = ()
    comic: float | None = None
