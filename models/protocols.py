"""The seams between models and the rest: arrays in, records and arrays out.

A model knows no path and no database. Every implementation passes the contract suite of its
protocol in ``tests/contracts``.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from schemas.labels import ReadingDirection
from schemas.records import FloatMatrix, PageLayout, RgbImage, TextLine
from schemas.tables import EncoderSpec
from schemas.vlm import PageReading


class PanelDetector(Protocol):
    """Finds the panels of a page."""

    @property
    def name(self) -> str:
        """Name and version; part of cache keys."""
        ...

    def detect(self, page: RgbImage, *, direction: ReadingDirection = ...) -> PageLayout:
        """Return the panels in no particular order; no panel for a blank page.

        Never raises for a valid picture, whatever it shows; time and memory are bounded.
        """
        ...


class TextReader(Protocol):
    """Recognises the lettering of a page (OCR)."""

    @property
    def name(self) -> str:
        """Name and version; part of cache keys."""
        ...

    def reads(self, language: str | None) -> bool:
        """Say whether this reader knows the script of an ISO 639 language; None is unknown, hence True."""
        ...

    def read_lines(self, page: RgbImage) -> tuple[TextLine, ...]:
        """Return recognised lines in no particular order; empty for a page without text."""
        ...


class PageReader(Protocol):
    """Understands a page: panels, who speaks, what happens (a vision-language model)."""

    @property
    def name(self) -> str:
        """Name and version; part of cache keys."""
        ...

    def read_page(self, page: RgbImage) -> PageReading:
        """Return what the page shows.

        Raises:
            PageReadingError: there is no answer of use for this page.
            BackendUnavailableError: there will be none for any page.
        """
        ...


class TextEncoder(Protocol):
    """Embeds texts."""

    @property
    def spec(self) -> EncoderSpec:
        """What makes its vectors comparable."""
        ...

    def encode_texts(self, texts: Sequence[str]) -> FloatMatrix:
        """Return (n, dim) float32, rows of L2 norm 1, input order; (0, dim) for no text."""
        ...


@runtime_checkable
class KnowsWords(TextEncoder, Protocol):
    """A text encoder that can tell words of its language from made-up ones."""

    def familiarity(self, text: str) -> float:
        """Return the share of a text's letters that stand in words it knows whole, in [0, 1]."""
        ...


class PictureEncoder(Protocol):
    """Embeds pictures, and texts into the same space where it has a text tower."""

    @property
    def spec(self) -> EncoderSpec:
        """What makes its vectors comparable."""
        ...

    @property
    def text_tower(self) -> TextEncoder | None:
        """Embeds words into the space of the pictures; None for an encoder of pictures alone."""
        ...

    @property
    def score_floor(self) -> float:
        """Cosine under which two pictures have nothing to do with each other (a search threshold)."""
        ...

    @property
    def words_range(self) -> tuple[float, float]:
        """Cosines of words with a picture: from where on they fit, and where they fit fully.

        Search thresholds; words and pictures never come as near to each other as two pictures.
        """
        ...

    def encode_images(self, images: Sequence[RgbImage]) -> FloatMatrix:
        """Return (n, dim) float32, rows of L2 norm 1, input order; (0, dim) for no picture."""
        ...


Tags = tuple[str, ...]
"""What a picture shows, in plain words: ``night``, ``rain``, ``close-up``. Sorted."""


@runtime_checkable
class ReadsTags(PictureEncoder, Protocol):
    """A picture encoder that also names what it sees."""

    @property
    def tags(self) -> Tags:
        """All tags it knows: letters, digits, blanks and hyphens."""
        ...

    def encode_and_tag(self, images: Sequence[RgbImage]) -> tuple[FloatMatrix, tuple[Tags, ...]]:
        """Return what :meth:`encode_images` does, and the tags of each picture, in one look."""
        ...
