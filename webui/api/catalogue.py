"""What the library holds: books, pages, panels, the values to filter by, and how much of all."""

from pathlib import Path
from typing import Annotated, Literal

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from indexer.library.retyping import set_page_types
from schemas.errors import NotFoundError
from schemas.facets import Facets
from schemas.labels import PageType
from search.answers.details import BookDetail, BookList, LibraryStats, PageDetail, PanelDetail
from search.answers.stories import MAX_STORIES, StoryList
from webui.downloads import send_book
from webui.openapi.routes import Answer, Routes
from webui.state import site

routes = Routes("catalogue")
MAX_OFFSET = 2**31 - 1


class BooksQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A part of a list of books."""

    offset: Annotated[int, Meta(ge=0, le=MAX_OFFSET, description="Books to skip.")] = 0
    limit: Annotated[int, Meta(ge=1, le=500, description="Books to list.")] = 50
    order: Annotated[Literal["title", "recent"], Meta(description="By title, or the latest first.")] = "title"
    comic: Annotated[
        Literal["yes", "no", "any"], Meta(description="Only comics, or only books that rather are none.")
    ] = "any"


class StoriesQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A part of a list of stories."""

    q: Annotated[str, Meta(max_length=200, description="Words that the title must contain.")] = ""
    book: Annotated[str, Meta(max_length=100, description="Only stories of this book, by its id.")] = ""
    page_type: Annotated[
        Literal["story", "textstory"] | None, Meta(description="Only stories in pictures, or in prose.")
    ] = None
    offset: Annotated[int, Meta(ge=0, le=MAX_OFFSET, description="Stories to skip.")] = 0
    limit: Annotated[int, Meta(ge=1, le=MAX_STORIES, description="Stories to list.")] = 50


class TypedPage(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What a page is."""

    page_type: PageType | None


@routes.get("/books", Answer(BookList), query=BooksQuery)
def books(asked: BooksQuery) -> ResponseReturnValue:
    """List books."""
    comic = None if asked.comic == "any" else asked.comic == "yes"
    listing = site().library.books(offset=asked.offset, limit=asked.limit, order=asked.order, comic=comic)
    return flask.jsonify(listing.to_json())


@routes.get("/stories", Answer(StoryList), query=StoriesQuery, errors=(404,))
def stories(asked: StoriesQuery) -> ResponseReturnValue:
    """List stories by title, those without one last; those of one book in order of pages."""
    listing = site().library.stories(
        offset=asked.offset,
        limit=asked.limit,
        matching=asked.q,
        book_id=asked.book or None,
        page_type=asked.page_type,
    )
    return flask.jsonify(listing.to_json())


@routes.get("/books/<book_id>", Answer(BookDetail))
def book(book_id: str) -> ResponseReturnValue:
    """Show one book and its pages."""
    return flask.jsonify(site().library.book(book_id).to_json())


@routes.get(
    "/books/<book_id>/file", Answer(media="application/octet-stream", others=("*/*",), partial=True), cost=4
)
def book_file(book_id: str) -> ResponseReturnValue:
    """Send the file of a book, as it was indexed."""
    detail = site().library.book(book_id)
    if not detail.pages:
        raise NotFoundError(f"the book {detail.title!r} has no file to send")
    page = site().library.page(detail.pages[0].page_id)
    return send_book(Path(page.source), page.fingerprint, detail.container)


@routes.get("/pages/<path:page_id>", Answer(PageDetail))
def page(page_id: str) -> ResponseReturnValue:
    """Show one page with its panels in reading order."""
    return flask.jsonify(site().library.page(page_id).to_json())


@routes.patch("/pages/<path:page_id>", Answer(PageDetail), body=TypedPage, errors=(404,), cost=5)
def retype_page(page_id: str, body: TypedPage) -> ResponseReturnValue:
    """Say what a page is: kept however often its book is read again; null leaves it to the next reading."""
    site().library.page(page_id)  # raises NotFoundError
    set_page_types(site().home, {page_id: body.page_type})
    site().library.look_again()
    return flask.jsonify(site().library.page(page_id).to_json())


@routes.get("/panels/<path:panel_id>", Answer(PanelDetail))
def panel(panel_id: str) -> ResponseReturnValue:
    """Show one panel and its neighbours in reading order."""
    return flask.jsonify(site().library.panel(panel_id).to_json())


@routes.get("/facets", Answer(Facets))
def facets() -> ResponseReturnValue:
    """Show the values that a search can be narrowed to, with counts."""
    return flask.jsonify(site().library.facets().to_json())


@routes.get("/stats", Answer(LibraryStats))
def stats() -> ResponseReturnValue:
    """Count what the library holds."""
    return flask.jsonify(site().library.stats().to_json())
