"""What comes off the press: pages that know their type and their lettering."""

from dataclasses import dataclass

from schemas.labels import PageType, ReadingDirection
from schemas.records import RgbImage, TextLine


@dataclass(frozen=True, slots=True)
class StreamPage:
    """A page, what it is, and its printed lines; ``opens`` says that a story begins on it."""

    picture: RgbImage
    page_type: PageType
    lines: tuple[TextLine, ...]
    opens: bool = False


@dataclass(frozen=True, slots=True)
class StreamBook:
    """A book of a kind (``issue``, ``manga``, ``rulebook``…) in a language."""

    kind: str
    language: str
    direction: ReadingDirection
    is_comic: bool
    pages: tuple[StreamPage, ...]
