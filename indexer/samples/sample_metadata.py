"""ComicInfo.xml of a drawn book, as comic readers and Longbox itself read it."""

from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING

from schemas.labels import PageType, ReadingDirection

if TYPE_CHECKING:
    from models.drawing.scene import Script

# The page types of the ComicInfo 2.0 schema; what it has no word for is a story page.
_TYPES: Mapping[PageType, str] = MappingProxyType(
    {
        PageType.COVER: "FrontCover",
        PageType.CREDITS: "InnerCover",
        PageType.ADVERTISEMENT: "Advertisement",
        PageType.TEXT: "Letters",
        PageType.TEXTSTORY: "Editorial",
        PageType.BACK_COVER: "BackCover",
    }
)
_GREY_STYLES = ("manga",)


def comic_info(book: "Script") -> str:
    """Return the text of a ComicInfo.xml for a script."""
    rtl, strip = (book.direction is d for d in (ReadingDirection.RTL, ReadingDirection.TTB))
    fields = {
        "Title": book.title,
        "Series": book.series or book.title,
        "Number": book.number,
        "Summary": book.summary,
        "Notes": f"Drawn by Longbox, {book.licence}",
        "Year": str(book.year),
        "Writer": book.writer,
        "Penciller": book.writer,
        "Letterer": book.writer,
        "Publisher": "Longbox Sample Library",
        "Tags": ", ".join(book.tags),
        "PageCount": str(len(book.pages)),
        "LanguageISO": book.language,
        "Format": "Webtoon" if strip else "",
        "BlackAndWhite": "Yes" if book.style in _GREY_STYLES else "No",
        "Manga": "YesAndRightToLeft" if rtl else "No",
        "Characters": ", ".join(design.name for design in book.cast),
    }
    lines = [f"  <{name}>{escape(value, quote=False)}</{name}>" for name, value in fields.items() if value]
    pages = [
        f'    <Page Image="{index}" Type="{_TYPES.get(page.page_type, "Story")}"/>'
        for index, page in enumerate(book.pages)
    ]
    return "\n".join(
        [
            "<?xml version='1.0' encoding='utf-8'?>",
            "<ComicInfo>",
            *lines,
            "  <Pages>",
            *pages,
            "  </Pages>",
            "</ComicInfo>",
            "",
        ]
    )
