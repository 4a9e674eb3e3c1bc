"""Stories as rows: worked out from the types of a book's pages, and titled by what is lettered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from models.page_types.titles import title_of_page
from schemas.geometry import Box
from schemas.labels import PageType, TextKind
from schemas.records import Page, TextRegion
from schemas.streams import stories_of
from schemas.tables import LibraryFormat, stories_schema, story_id


@dataclass(frozen=True, slots=True)
class StoryPage:
    """What a story is made from: a page with its lettering."""

    page_no: int
    page_type: PageType
    confidence: float
    panel_count: int
    aspect: float
    lettering: Sequence[TextRegion]

    @classmethod
    def of(cls, page: Page) -> StoryPage:
        """Return what counts of a page that was just read."""
        regions = [text for panel in page.panels for text in panel.texts]
        return cls(
            page_no=page.page_no,
            page_type=page.page_type,
            confidence=page.page_type_confidence,
            panel_count=len(page.panels),
            aspect=page.width_px / max(page.height_px, 1),
            lettering=(*regions, *page.stray_texts),
        )

    @property
    def title(self) -> str | None:
        """The title that is lettered on the page, None where none is."""
        return title_of_page(self.lettering, aspect=self.aspect)


def story_rows(
    book_id: str, pages: Sequence[StoryPage], *, ingest_rev: str, library: LibraryFormat
) -> pa.Table:
    """Return the rows of ``stories`` of a book, in page order.

    Args:
        book_id: the book.
        pages: all its pages, in any order.
        ingest_rev: its revision.
        library: the library that the rows are for.
    """
    by_number = {page.page_no: page for page in pages}
    types: list[PageType | None] = [None] * max(by_number, default=0)
    for number, page in by_number.items():
        types[number - 1] = page.page_type
    rows = []
    for number, part in enumerate(stories_of(types), start=1):
        mine = [by_number[no] for no in range(part.start + 1, part.end + 2) if no in by_number]
        told = [page for page in mine if _is_of(page.page_type, part.page_type)]
        rows.append(
            {
                "story_id": story_id(book_id, number),
                "book_id": book_id,
                "number": number,
                "first_page": part.start + 1,
                "last_page": part.end + 1,
                "page_type": part.page_type.value,
                "title": mine[0].title,
                "page_count": len(told),
                "panel_count": sum(page.panel_count for page in told),
                "confidence": sum(page.confidence for page in told) / max(len(told), 1),
                "ingest_rev": ingest_rev,
            }
        )
    return pa.Table.from_pylist(rows, schema=stories_schema(library))


def _is_of(kind: PageType, story: PageType) -> bool:
    """Say whether a page is of a story of a type: it may open one too."""
    return kind is story or (kind is PageType.FIRST_PAGE and story is PageType.STORY)


def with_stated_titles(stories: pa.Table, pages: pa.Table, titles: Mapping[str, str]) -> pa.Table:
    """Return rows of ``stories`` with the titles that people gave, by the SHA-256 of a story's first page."""
    pictures = dict(zip(pages["page_no"].to_pylist(), pages["sha256"].to_pylist(), strict=True))
    firsts = [pictures.get(page) or "" for page in stories["first_page"].to_pylist()]
    told = [
        titles.get(sha256) or read for sha256, read in zip(firsts, stories["title"].to_pylist(), strict=True)
    ]
    index = stories.schema.get_field_index("title")
    return stories.set_column(index, stories.schema.field(index), pa.array(told, pa.string()))


def pages_from_rows(pages: pa.Table, panels: pa.Table) -> list[StoryPage]:
    """Return the pages of a book from its rows of ``pages`` and ``panels``."""
    regions: dict[str, list[TextRegion]] = defaultdict(list)
    for row in panels.select(["page_id", "texts"]).to_pylist():
        regions[str(row["page_id"])] += _regions(row["texts"])
    return [
        StoryPage(
            page_no=_whole(row["page_no"]),
            page_type=PageType(str(row["page_type"])),
            confidence=float(str(row["page_type_confidence"])),
            panel_count=_whole(row["panel_count"]),
            aspect=_whole(row["width_px"]) / max(_whole(row["height_px"]), 1),
            lettering=(*regions[str(row["page_id"])], *_regions(row["stray_texts"])),
        )
        for row in pages.select(list(_OF_PAGES)).to_pylist()
    ]


_OF_PAGES = (
    *("page_id", "page_no", "page_type", "page_type_confidence", "panel_count", "width_px", "height_px"),
    "stray_texts",
)


def _regions(cells: object) -> list[TextRegion]:
    return [
        TextRegion(
            box=Box.clipped(*cell["box"]),
            text=cell["text"],
            raw_text=cell["raw_text"],
            confidence=cell["confidence"],
            kind=TextKind(cell["kind"]),
        )
        for cell in (cells if isinstance(cells, list) else [])
    ]


def _whole(value: object) -> int:
    return int(str(value))
