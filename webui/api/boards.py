"""Boards: panels gathered by people, to be put in order, annotated and taken along."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from indexer.library.boards import BoardChange
from schemas.boards import MAX_ITEMS, MAX_NOTE, MAX_ROLE, MAX_TITLE, Board, BoardSummary
from schemas.errors import ConflictError, QueryError
from search.answers.cards_of_books import BookCard
from webui.boards.export import SIDE_PX, file_name, to_csv, to_json, to_zip
from webui.boards.showing import ShownBoard, ShownItem, item_of, show
from webui.openapi.routes import NOTHING, Answer, Routes
from webui.panel_pictures import panel_view, render
from webui.state import site

routes = Routes("boards")
MAX_ADDED = 200
_CHANGES = (409, 404)

Title = Annotated[str, Meta(max_length=MAX_TITLE)]
Note = Annotated[str, Meta(max_length=MAX_NOTE)]
Role = Annotated[str, Meta(max_length=MAX_ROLE, description="What the panel is there for, in a word.")]
PanelId = Annotated[str, Meta(max_length=200)]
Version = Annotated[int, Meta(ge=1, le=2**53, description="The version that is being changed; or If-Match.")]


@dataclass(frozen=True, slots=True)
class BoardList:
    """All boards, the one changed last first."""

    boards: tuple[BoardSummary, ...]


class NewBoard(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A board to be made, and the panels it begins with."""

    title: Title
    note: Note = ""
    panels: Annotated[tuple[PanelId, ...], Meta(max_length=MAX_ADDED)] = ()


class ChangedBoard(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What to change of a board; ``order`` names the ids of all its items."""

    version: Version | None = None
    title: Title | None = None
    note: Note | None = None
    order: Annotated[tuple[PanelId, ...], Meta(max_length=MAX_ITEMS)] | None = None


class NewItems(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Panels to be added, all with one note and role; ``at`` counts from 0, the end where it is absent."""

    panels: Annotated[tuple[PanelId, ...], Meta(min_length=1, max_length=MAX_ADDED)]
    note: Note = ""
    role: Role = ""
    at: Annotated[int, Meta(ge=0, le=MAX_ITEMS)] | None = None
    version: Version | None = None


class ChangedItem(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What to change of an item."""

    version: Version | None = None
    note: Note | None = None
    role: Role | None = None


class VersionQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The version that is being changed, where that matters."""

    version: Version | None = None


class ExportQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """In which form."""

    format: Annotated[
        Literal["zip", "csv", "json"], Meta(description="ZIP holds the pictures, credits and both others.")
    ] = "zip"


@routes.get("/boards", Answer(BoardList))
def boards() -> ResponseReturnValue:
    """List the boards."""
    return flask.jsonify({"boards": [board.to_json() for board in site().boards.summaries()]})


@routes.post("/boards", Answer(ShownBoard, status=201), body=NewBoard, errors=(404,))
def create_board(body: NewBoard) -> ResponseReturnValue:
    """Make a board."""
    items = [item_of(panel) for panel in site().library.panels(body.panels)]
    board = site().boards.create(body.title, body.note)
    if items:
        board = site().boards.add(board.board_id, items)
    response = flask.make_response(_answer(board))
    response.status_code = 201
    response.headers["Location"] = flask.url_for("api.board", board_id=board.board_id)
    return response


@routes.get("/boards/<board_id>", Answer(ShownBoard))
def board(board_id: str) -> ResponseReturnValue:
    """Show a board: each panel as it is found now; one that is gone says so."""
    return _answer(site().boards.board(board_id))


@routes.patch(
    "/boards/<board_id>", Answer(ShownBoard), body=ChangedBoard, headers=("If-Match",), errors=_CHANGES
)
def change_board(board_id: str, body: ChangedBoard) -> ResponseReturnValue:
    """Change the title, note or order of a board, as long as nobody else changed it meanwhile."""
    change = BoardChange(body.title, body.note, body.order)
    with _conflicts_shown():
        return _answer(site().boards.change(board_id, change, version=_needed(body.version)))


@routes.delete("/boards/<board_id>", NOTHING, query=VersionQuery, headers=("If-Match",), errors=_CHANGES)
def delete_board(board_id: str, asked: VersionQuery) -> ResponseReturnValue:
    """Take a board away."""
    with _conflicts_shown():
        site().boards.delete(board_id, version=_version(asked.version))
    return "", 204


@routes.post(
    "/boards/<board_id>/items", Answer(ShownBoard), body=NewItems, headers=("If-Match",), errors=_CHANGES
)
def add_items(board_id: str, body: NewItems) -> ResponseReturnValue:
    """Add panels to a board; those that are on it already stay where they are."""
    panels = site().library.panels(body.panels)
    items = [item_of(panel, note=body.note, role=body.role) for panel in panels]
    with _conflicts_shown():
        return _answer(site().boards.add(board_id, items, at=body.at, version=_version(body.version)))


@routes.patch(
    "/boards/<board_id>/items/<item_id>",
    Answer(ShownBoard),
    body=ChangedItem,
    headers=("If-Match",),
    errors=_CHANGES,
)
def change_item(board_id: str, item_id: str, body: ChangedItem) -> ResponseReturnValue:
    """Change the note or role of a panel on a board."""
    with _conflicts_shown():
        version = _needed(body.version)
        changed = site().boards.change_item(
            board_id, item_id, note=body.note, role=body.role, version=version
        )
        return _answer(changed)


@routes.delete(
    "/boards/<board_id>/items/<item_id>",
    Answer(ShownBoard),
    query=VersionQuery,
    headers=("If-Match",),
    errors=_CHANGES,
)
def remove_item(board_id: str, item_id: str, asked: VersionQuery) -> ResponseReturnValue:
    """Take a panel off a board."""
    with _conflicts_shown():
        return _answer(site().boards.remove(board_id, item_id, version=_version(asked.version)))


@routes.get(
    "/boards/<board_id>/export",
    Answer(media="application/zip", others=("text/csv", "application/json")),
    query=ExportQuery,
    cost=20,
)
def export_board(board_id: str, asked: ExportQuery) -> ResponseReturnValue:
    """Send a board as a file: pictures and credits, or its table, or all that is known of it."""
    shown = show(site().boards.board(board_id), site().library)
    books = site().library.cards([item.book_id for item in shown.items])
    response = _exported(shown, books, asked.format)
    response.headers.set("Content-Disposition", "attachment", filename=file_name(shown, asked.format))
    return response


def _exported(shown: ShownBoard, books: tuple[BookCard, ...], form: str) -> flask.Response:
    if form == "json":
        return flask.Response(to_json(shown, books), mimetype="application/json")
    if form == "csv":
        return flask.Response(to_csv(shown), mimetype="text/csv")
    return flask.send_file(to_zip(shown, books, _picture_of), mimetype="application/zip")


def _picture_of(item: ShownItem) -> bytes:
    page, view = panel_view(site(), item.panel_id, SIDE_PX)
    return render(site(), page, view, thumbnail_id=item.panel_id).webp


def _answer(board: Board) -> ResponseReturnValue:
    response = flask.jsonify(show(board, site().library).to_json())
    response.set_etag(str(board.version))
    response.cache_control.no_cache = True
    return response


def _version(given: int | None) -> int | None:
    """Return the version that a change is made on, from the body or the header If-Match."""
    if given is not None or "If-Match" not in flask.request.headers:
        return given
    tags = list(flask.request.if_match.as_set())
    if len(tags) != 1 or not tags[0].isdecimal():
        raise QueryError('If-Match must be the ETag of the board, for example "3"')
    return int(tags[0])


def _needed(given: int | None) -> int:
    version = _version(given)
    if version is None:
        raise QueryError("say which version of the board is changed: its version, or If-Match with its ETag")
    return version


@contextmanager
def _conflicts_shown() -> Iterator[None]:
    """Let a conflict show the board as every other answer does."""
    try:
        yield
    except ConflictError as error:
        board_id: Any = error.current["board_id"]
        current = show(site().boards.board(str(board_id)), site().library)
        raise ConflictError(str(error), current=current.to_json()) from error
