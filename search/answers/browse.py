"""Reading books, pages and panels of a snapshot."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, cast, get_args

from schemas.errors import NotFoundError, QueryError
from schemas.geometry import Box
from schemas.labels import BookStatus
from schemas.records import Credit, StageFailure
from schemas.streams import is_no_comic
from schemas.tables import BOOKS, PAGES, PANELS, page_id
from search.answers.details import (
    BookDetail,
    BookList,
    BookSummary,
    Lettering,
    LibraryStats,
    PageDetail,
    PageSummary,
    PanelDetail,
    PanelSummary,
)
from search.answers.stories import stories_of_book
from search.state.snapshot import Snapshot, is_one_of
from search.state.stories import story_of_page

BookOrder = Literal["title", "recent", "year", "pages"]
ORDERS: tuple[BookOrder, ...] = get_args(BookOrder)
MAX_BOOKS = 500
_SHOWN_ID = 100

Row = Mapping[str, object]


def list_books(  # noqa: PLR0913 - what people narrow a list by, as keywords
    snapshot: Snapshot,
    *,
    offset: int,
    limit: int,
    order: BookOrder,
    matching: str = "",
    status: str | None = None,
    comic: bool | None = None,
) -> BookList:
    """Return books by title, or the latest file, the latest year or the longest book first.

    Args:
        snapshot: The library.
        offset: Books to skip.
        limit: Books to return.
        order: What comes first.
        matching: Words that title or series must all contain.
        status: The state that books must have, None for any.
        comic: False for books that are rather no comics, True for all others, None for any.

    Raises:
        QueryError: impossible bounds.
    """
    if offset < 0 or not 1 <= limit <= MAX_BOOKS:
        raise QueryError(f"offset must be 0 or more and limit 1 to {MAX_BOOKS}, got {offset} and {limit}")
    if order not in ORDERS:
        raise QueryError(f"order is {', '.join(ORDERS)}, got {order[:40]!r}")
    columns = _there(snapshot, (*_SUMMARY_COLUMNS, "mtime_ns"))
    known: list[dict[str, Any]] = [
        snapshot.matched.filled(row)
        for row in snapshot.rows(BOOKS, columns).to_pylist()
        if row["book_id"] in snapshot.books
    ]
    rows = [row for row in known if status in (None, row["status"]) and _is_called(row, matching)]
    if comic is not None:
        rows = [row for row in rows if is_no_comic(row.get("comic")) is not comic]
    rows.sort(key=lambda row: (row["title"].casefold(), row["number"] or "", row["book_id"]))
    if order != "title":
        rows.sort(key=_LARGEST_FIRST[order], reverse=True)
    return BookList(tuple(_book_summary(row) for row in rows[offset : offset + limit]), len(rows), offset)


def _is_called(row: Row, matching: str) -> bool:
    named = f"{row['title']} {row['series'] or ''}".casefold()
    return all(word in named for word in matching.casefold().split())


_LARGEST_FIRST: dict[BookOrder, Callable[[Row], int]] = {
    "recent": lambda row: _whole(row["mtime_ns"]),
    "year": lambda row: _whole(row["year"] or 0),
    "pages": lambda row: _whole(row["page_count"]),
}


def read_book(snapshot: Snapshot, book_id: str) -> BookDetail:
    """Return a book with its pages. Raises NotFoundError."""
    if book_id not in snapshot.books:
        raise _missing("book", book_id)
    columns = _there(snapshot, _BOOK_COLUMNS)
    found = snapshot.rows(BOOKS, columns, is_one_of("book_id", [book_id])).to_pylist()[0]
    row: dict[str, Any] = snapshot.matched.filled(found)
    for name in ("genres", "tags", "characters", "teams", "locations", "metadata_formats"):
        row[name] = tuple(row[name] or ())
    row["creators"] = tuple(Credit(**credit) for credit in row["creators"] or ())
    row["failures"] = tuple(StageFailure(**failure) for failure in row["failures"] or ())
    pages = _pages(snapshot, book_id)
    return BookDetail(**row, pages=pages, stories=stories_of_book(snapshot, book_id, pages))


def read_page(snapshot: Snapshot, wanted: str) -> PageDetail:
    """Return a page with its panels in reading order. Raises NotFoundError."""
    row = _row(snapshot, PAGES, "page_id", wanted, _PAGE_COLUMNS)
    book_id = str(row["book_id"])
    facts = ["direction", "page_count", "size_bytes", "mtime_ns"]
    book = snapshot.rows(BOOKS, facts, is_one_of("book_id", [book_id])).to_pylist()[0]
    pages = _pages(snapshot, book_id)
    numbers = [page.page_no for page in pages]
    stories = stories_of_book(snapshot, book_id, pages)
    place = numbers.index(_whole(row["page_no"]))
    plain = {name: row[name] for name in _PAGE_COLUMNS if name not in ("ingest_rev", "stray_texts")}
    return PageDetail(
        **plain,  # type: ignore[arg-type]
        title=snapshot.books[book_id].title,
        source=snapshot.books[book_id].source,
        page_count=book["page_count"],
        direction=book["direction"],
        previous_page_id=page_id(book_id, numbers[place - 1]) if place > 0 else None,
        next_page_id=page_id(book_id, numbers[place + 1]) if place + 1 < len(numbers) else None,
        panels=_panels(snapshot, book_id, wanted),
        stray_texts=_lettering(row["stray_texts"]),
        fingerprint=(book["size_bytes"], book["mtime_ns"]),
        story=story_of_page(stories, _whole(row["page_no"]), str(row["page_type"])),
    )


def read_panel(snapshot: Snapshot, wanted: str) -> PanelDetail:
    """Return a panel and its neighbours in reading order. Raises NotFoundError."""
    row = _row(snapshot, PANELS, "panel_id", wanted, (*_PANEL_COLUMNS, *_PANEL_FACETS))
    book_id = str(row["book_id"])
    order = _panel_order(snapshot, book_id)
    place = order.index(wanted)
    facets = {name: row[name] for name in ("page_type", "series", "language", "year", "direction")}
    return PanelDetail(
        panel=_panel(row),
        book_id=book_id,
        title=snapshot.books[book_id].title,
        source=snapshot.books[book_id].source,
        page_file=snapshot.pages([str(row["page_id"])])[str(row["page_id"])].page_file,
        tags=tuple(cast("list[str]", row["tags"] or [])),
        previous_panel_id=order[place - 1] if place > 0 else None,
        next_panel_id=order[place + 1] if place + 1 < len(order) else None,
        **facets,  # type: ignore[arg-type]
    )


def read_thumbnail(snapshot: Snapshot, asset_id: str) -> bytes:
    """Return the WebP thumbnail of a page or panel. Raises NotFoundError."""
    found = snapshot.asset(asset_id) if _book_of(asset_id) in snapshot.books else None
    if found is None:
        raise _missing("thumbnail", asset_id)
    return found


def measure(snapshot: Snapshot) -> LibraryStats:
    """Count what a snapshot holds."""
    rows = snapshot.rows(BOOKS, ["book_id", "status", "page_count", "panel_count"]).to_pylist()
    found = [row for row in rows if row["book_id"] in snapshot.books]
    return LibraryStats(
        books=len(found),
        pages=sum(row["page_count"] for row in found),
        panels=sum(row["panel_count"] for row in found),
        missing_books=sum(row["status"] == BookStatus.MISSING.value for row in found),
        failed_books=len(rows) - len(found),
        text_encoder=snapshot.format.text_encoder.name,
        picture_encoder=snapshot.format.picture_encoder.name,
        format_version=snapshot.format.format_version,
    )


_SUMMARY_COLUMNS = tuple(name for name in BookSummary.__slots__ if name != "cover_id")
_BOOK_COLUMNS = tuple(name for name in BookDetail.__slots__ if name not in ("pages", "stories"))
_PAGE_SUMMARY_COLUMNS = PageSummary.__slots__
_PAGE_COLUMNS = (
    "page_id",
    "book_id",
    "page_no",
    "page_file",
    "page_type",
    "page_type_confidence",
    "width_px",
    "height_px",
    "is_spread",
    "degraded",
    "text",
    "stray_texts",
    "ingest_rev",
)
_PANEL_COLUMNS = (*PanelSummary.__slots__, "book_id", "ingest_rev")
_PANEL_FACETS = ("page_type", "series", "language", "year", "direction", "tags")


def _there(snapshot: Snapshot, columns: Sequence[str]) -> list[str]:
    """Return those of the columns of books that a library of its format has."""
    return [name for name in columns if snapshot.knows_stories or name != "comic"]


def _row(snapshot: Snapshot, table: str, key: str, wanted: str, columns: Sequence[str]) -> Row:
    """Return one row of a book that can be searched; the book's id narrows the scan by its index."""
    book_id = _book_of(wanted)
    if book_id in snapshot.books:
        where = is_one_of("book_id", [book_id]) & is_one_of(key, [wanted])
        for row in snapshot.rows(table, columns, where).to_pylist():
            if snapshot.is_current(book_id, row["ingest_rev"]):
                return cast("Row", row)
    raise _missing(key.removesuffix("_id"), wanted)


def _book_of(item_id: str) -> str:
    return item_id.partition("/")[0]


def _missing(kind: str, item_id: str) -> NotFoundError:
    return NotFoundError(f"the library has no {kind} {item_id[:_SHOWN_ID]!r}")


def _book_summary(row: Row) -> BookSummary:
    plain = {name: row[name] for name in _SUMMARY_COLUMNS if name in row}
    cover = page_id(str(row["book_id"]), 1) if row["page_count"] else None
    return BookSummary(**plain, cover_id=cover)  # type: ignore[arg-type]


def _pages(snapshot: Snapshot, book_id: str) -> tuple[PageSummary, ...]:
    columns = (*_PAGE_SUMMARY_COLUMNS, "ingest_rev")
    rows = snapshot.rows(PAGES, columns, is_one_of("book_id", [book_id])).to_pylist()
    current = [row for row in rows if snapshot.is_current(book_id, row.pop("ingest_rev"))]
    return tuple(PageSummary(**row) for row in sorted(current, key=lambda row: row["page_no"]))


def _panels(snapshot: Snapshot, book_id: str, wanted_page: str) -> tuple[PanelSummary, ...]:
    where = is_one_of("book_id", [book_id]) & is_one_of("page_id", [wanted_page])
    rows = snapshot.rows(PANELS, _PANEL_COLUMNS, where).to_pylist()
    current = [row for row in rows if snapshot.is_current(book_id, row["ingest_rev"])]
    return tuple(_panel(row) for row in sorted(current, key=lambda row: row["panel_no"]))


def _panel_order(snapshot: Snapshot, book_id: str) -> list[str]:
    columns = ["panel_id", "page_no", "panel_no", "ingest_rev"]
    rows = snapshot.rows(PANELS, columns, is_one_of("book_id", [book_id])).to_pylist()
    current = [row for row in rows if snapshot.is_current(book_id, row["ingest_rev"])]
    return [row["panel_id"] for row in sorted(current, key=lambda row: (row["page_no"], row["panel_no"]))]


def _panel(row: Row) -> PanelSummary:
    polygon = cast("list[list[float]] | None", row["polygon"])
    parent = row["parent_no"]
    return PanelSummary(
        panel_id=str(row["panel_id"]),
        page_id=str(row["page_id"]),
        page_no=_whole(row["page_no"]),
        panel_no=_whole(row["panel_no"]),
        box=Box.clipped(*cast("list[float]", row["box"])),
        polygon=None if polygon is None else tuple((x, y) for x, y in polygon),
        parent_no=None if parent is None else _whole(parent),
        confidence=cast("float", row["confidence"]),
        text=str(row["text"]),
        description=cast("str | None", row["description"]),
        texts=_lettering(row["texts"]),
    )


def _lettering(cells: object) -> tuple[Lettering, ...]:
    return tuple(
        Lettering(
            box=Box.clipped(*cast("list[float]", cell["box"])),
            text=str(cell["text"]),
            kind=str(cell["kind"]),
            confidence=cast("float", cell["confidence"]),
            speaker=cast("str | None", cell["speaker"]),
        )
        for cell in cast("list[Row]", cells or [])
    )


def _whole(value: object) -> int:
    return cast("int", value)
