"""Page streams: the types of all pages of a book, and the CoSMo format that lists them as ranges.

CoSMo (Comics page stream segmentation) describes a book as lists of ranges, pages counted from 0::

    {"hash_code": "add7a048", "title": "Prize Comics 50",
     "covers": [{"title": "Front", "page_start": 0, "page_end": 0}],
     "stories": [{"title": "The Lighthouse", "page_start": 1, "page_end": 12}],
     "textstories": [], "advertisements": [], "credits": [], "art": [], "text": [], "back_covers": []}

A segment is a run of pages of one type; a page that opens a story begins a new one. Pages of a story
that is interrupted, by an advertisement for one, are two segments.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from schemas.errors import ConfigError
from schemas.labels import PageType

MAX_PAGES = 20_000
"""No book has more pages: a range beyond is a mistake in the file."""

RANGES: Mapping[str, PageType] = MappingProxyType(
    {
        "stories": PageType.STORY,
        "textstories": PageType.TEXTSTORY,
        "advertisements": PageType.ADVERTISEMENT,
        "covers": PageType.COVER,
        "credits": PageType.CREDITS,
        "art": PageType.ART,
        "text": PageType.TEXT,
        "back_covers": PageType.BACK_COVER,
    }
)
"""Keys of the format, and what their pages are; a later key wins where ranges overlap."""

MAX_TITLE_CHARACTERS = 500

MOST_BETWEEN = 4
"""Pages of other things after which a story goes on; behind more it is another."""

COMIC_FROM = 0.5
"""Probability from which a book counts as a comic."""

PageTypes = tuple[PageType | None, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """Pages ``start`` to ``end``, both counted from 0 and included, of one type."""

    start: int
    end: int
    page_type: PageType
    title: str = ""

    @property
    def length(self) -> int:
        """How many pages it has."""
        return self.end - self.start + 1


@dataclass(frozen=True, slots=True)
class StreamLabel:
    """The truth about one book: ``types`` page by page, None for a page that no range covers.

    ``titles`` are those of stories, by the page that each begins on, counted from 0.
    """

    book: str
    types: PageTypes
    title: str = ""
    titles: tuple[tuple[int, str], ...] = ()


def is_no_comic(probability: object) -> bool:
    """Say whether a book is rather no comic; one that nobody judged counts as one."""
    return isinstance(probability, float) and probability < COMIC_FROM


def segments_of(types: Sequence[PageType | None]) -> tuple[Segment, ...]:
    """Return the segments of a book; pages without a type belong to none."""
    found: list[Segment] = []
    for number, kind in enumerate(types):
        if kind is None:
            continue
        shown = PageType.STORY if kind is PageType.FIRST_PAGE else kind
        last = found[-1] if found else None
        if last and last.end == number - 1 and last.page_type is shown and kind is not PageType.FIRST_PAGE:
            found[-1] = Segment(last.start, number, shown)
        else:
            found.append(Segment(number, number, shown))
    return tuple(found)


def stream_from_json(data: Mapping[str, object]) -> StreamLabel:
    """Read a book of the CoSMo format. Raises ValueError that says what is wrong."""
    name = str(data.get("hash_code") or data.get("book_id") or data.get("id") or "")
    if not name:
        raise ValueError("a book of page streams needs 'hash_code', a name")
    if unknown := [key for key, value in data.items() if _is_of_ranges(value) and key not in RANGES]:
        raise ValueError(f"{name} has pages of the class {unknown[0][:40]!r}; known are {', '.join(RANGES)}")
    found: dict[int, PageType] = {}
    titles: dict[int, str] = {}
    for key, kind in RANGES.items():
        for start, end, title in _ranges(data.get(key), f"{key!r} of {name}"):
            found |= dict.fromkeys(range(start, end + 1), kind)
            if kind is PageType.STORY:
                found[start] = PageType.FIRST_PAGE
            if title and kind in (PageType.STORY, PageType.TEXTSTORY):
                titles[start] = title[:MAX_TITLE_CHARACTERS]
    count = max(max(found, default=-1) + 1, _count(data.get("page_count"), name))
    types = tuple(found.get(page) for page in range(count))
    return StreamLabel(name, types, str(data.get("title") or ""), tuple(sorted(titles.items())))


def _is_of_ranges(value: object) -> bool:
    """Say whether a value lists ranges of pages, whatever its key is."""
    return isinstance(value, list) and any(
        isinstance(item, Mapping) and "page_start" in item for item in value
    )


def stories_of(types: Sequence[PageType | None]) -> tuple[Segment, ...]:
    """Return the stories of a book, in pictures or in prose, from first to last page.

    A story goes on behind a few pages of other things, as monthly issues print it, until another opens.
    """
    found: list[Segment] = []
    for part in segments_of(types):
        if part.page_type not in (PageType.STORY, PageType.TEXTSTORY):
            continue
        last = found[-1] if found else None
        opens = types[part.start] is PageType.FIRST_PAGE
        goes_on = last and last.page_type is part.page_type and part.start - last.end - 1 <= MOST_BETWEEN
        if last and goes_on and not opens:
            found[-1] = Segment(last.start, part.end, part.page_type)
        else:
            found.append(part)
    return tuple(found)


def read_streams(data: bytes) -> tuple[StreamLabel, ...]:
    """Read a file of the CoSMo format. Raises ConfigError that says what is wrong."""
    try:
        books = json.loads(data)
        return tuple(stream_from_json(book) for book in (books if isinstance(books, list) else [books]))
    except (ValueError, AttributeError, RecursionError) as error:
        raise ConfigError(f"no page streams in the CoSMo format: {error}") from error


def stream_to_json(label: StreamLabel, titles: Mapping[int, str] | None = None) -> dict[str, object]:
    """Return a book in the CoSMo format; ``titles`` by the page that a segment starts on."""
    data: dict[str, object] = {"hash_code": label.book, "title": label.title, "page_count": len(label.types)}
    listed: dict[str, list[dict[str, object]]] = {key: [] for key in RANGES}
    keys = {kind: key for key, kind in RANGES.items()}
    for part in segments_of(label.types):
        told = {"title": (titles or {}).get(part.start, ""), "page_start": part.start, "page_end": part.end}
        listed[keys[part.page_type]].append(told)
    return data | listed


def _ranges(value: object, what: str) -> Iterator[tuple[int, int, str]]:
    if value is None:
        return
    if not isinstance(value, list):
        raise ValueError(f"{what} is no list of ranges")
    for item in value:
        match item:
            case {"page_start": int(start), "page_end": int(end)} if (
                0 <= start < MAX_PAGES and 0 <= end < MAX_PAGES
            ):
                # An end before the start is a slip: the start is the safe part.
                yield start, max(start, end), _title(item)
            case _:
                raise ValueError(
                    f"{what}: a range needs page_start and page_end, counted from 0, got {item!r:.80}"
                )


def _title(item: Mapping[str, object]) -> str:
    title = item.get("title")
    return " ".join(title.split()) if isinstance(title, str) else ""


def _count(value: object, name: str) -> int:
    if value is None:
        return 0
    if isinstance(value, int) and 0 <= value <= MAX_PAGES:
        return value
    raise ValueError(f"the page_count of {name} must be 0 to {MAX_PAGES}, got {value!r:.40}")
