"""Elements: who and what is in panels, taught by answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Annotated, Literal

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from indexer.elements.adding import Wanted, add_to_library, books_of, remove_from_library, rename_in_library
from indexer.elements.fitting import learn_if_shown, work_out
from indexer.elements.labels import Elements
from indexer.elements.pictures import Shown
from indexer.elements.review import Asked, answer, ask
from indexer.elements.table import list_facts
from indexer.remote.state import store_of
from models.elements.queue import REASONS
from schemas.elements import MAX_NAME, Element, ElementFacts
from schemas.errors import ConfigError, QueryError
from schemas.messages import Crop
from search.answers.crops import CropReader
from webui.openapi.routes import NOTHING, Answer, Routes
from webui.pictures import stored_page
from webui.state import site

routes = Routes("elements")
MAX_ANSWERS, MAX_ASKED, MAX_PICTURES = 500, 100, 20

Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
PanelId = Annotated[str, Meta(max_length=200)]
PictureName = Annotated[str, Meta(max_length=100)]
Said = Literal["yes", "no", "skip"]
PanelIds = Annotated[tuple[PanelId, ...], Meta(max_length=MAX_ANSWERS)]


@dataclass(frozen=True, slots=True)
class ElementSummary:
    """An element: what people said of it, and what was found; ``panels`` is None before anything shows it.

    ``expected_precision`` is the share of the panels found that should be right, where labels tell.
    """

    name: str
    kind: str
    aliases: tuple[str, ...]
    teams: tuple[str, ...]
    words: str
    positives: int
    negatives: int
    panels: int | None
    books: int
    expected_precision: float | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ElementList:
    """All elements, by name."""

    elements: tuple[ElementSummary, ...]


@dataclass(frozen=True, slots=True)
class ElementBook:
    """How many panels of a book have an element."""

    book_id: str
    title: str
    panels: int
    of: int
    pages: int


@dataclass(frozen=True, slots=True)
class ElementDetail:
    """An element and the books it appears in, the one with most panels first."""

    element: ElementSummary
    books: tuple[ElementBook, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """Panels to be asked about, those first whose answer teaches most."""

    name: str
    questions: tuple[Asked, ...]


class NewElement(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """An element to be made or added to: words to look for first, panels that show it and that do not."""

    name: Name
    kind: Literal["thing", "character", "place"] = "thing"
    words: Annotated[str, Meta(max_length=500)] = ""
    aliases: Annotated[tuple[Name, ...], Meta(max_length=100)] = ()
    teams: Annotated[tuple[Name, ...], Meta(max_length=100)] = ()
    dropped: Annotated[
        tuple[Name, ...], Meta(max_length=200, description="Aliases and teams to take away.")
    ] = ()
    positive: PanelIds = ()
    negative: PanelIds = ()
    crops: Annotated[
        tuple[PanelId, ...], Meta(max_length=MAX_PICTURES, description="Parts that show it: ID@x0,y0,x1,y1.")
    ] = ()
    pictures: Annotated[
        tuple[PictureName, ...],
        Meta(max_length=MAX_PICTURES, description="Pictures that show it, by the names a search gave them."),
    ] = ()


class ChangedElement(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Another name."""

    name: Name


class Answers(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Answers by id of panel."""

    answers: Annotated[dict[PanelId, Said], Meta(min_length=1, max_length=MAX_ANSWERS)]


class QuestionsQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How many panels to ask about, and of which kind."""

    count: Annotated[int, Meta(ge=1, le=MAX_ASKED)] = 12
    reason: Literal["top", "uncertain", "diverse", "random", "any"] = "any"


@routes.get("/elements", Answer(ElementList))
def elements() -> ResponseReturnValue:
    """List the elements of the library."""
    return flask.jsonify({"elements": [asdict(one) for one in summaries()]})


@routes.post("/elements", Answer(ElementSummary, status=201), body=NewElement, errors=(404,), cost=20)
def create_element(body: NewElement) -> ResponseReturnValue:
    """Make an element or add to one; it is sought in every panel once something shows it."""
    settings = {"kind": body.kind, "words": body.words, "aliases": body.aliases, "teams": body.teams}
    given = {key: value for key, value in settings.items() if value and value != "thing"}
    wanted = Wanted(body.name, body.positive, body.negative, given, tuple(_shown(body)), body.dropped)
    with taught():
        made = add_to_library(site().home, wanted, files=False)
        if made.has_positive:
            work_out(site().home, made.name)
    return flask.jsonify(asdict(summary(made.name))), 201


@routes.get("/elements/<name>", Answer(ElementDetail))
def element(name: str) -> ResponseReturnValue:
    """Show an element and the books it appears in."""
    found = summary(name)
    books = [one.to_json() for one in books_of(site().home, found.name)]
    return flask.jsonify({"element": asdict(found), "books": books})


@routes.patch("/elements/<name>", Answer(ElementSummary), body=ChangedElement, errors=(404,))
def rename_element(name: str, body: ChangedElement) -> ResponseReturnValue:
    """Give an element another name."""
    with taught():
        return flask.jsonify(asdict(summary(rename_in_library(site().home, name, body.name))))


@routes.delete("/elements/<name>", NOTHING, errors=(404,))
def delete_element(name: str) -> ResponseReturnValue:
    """Drop an element, with all that was said of it."""
    with taught():
        remove_from_library(site().home, name)
    return "", 204


@routes.get("/elements/<name>/questions", Answer(Questions), query=QuestionsQuery, cost=10)
def questions(name: str, asked: QuestionsQuery) -> ResponseReturnValue:
    """Ask about panels: likely ones, doubtful ones, some unlike all others, some at random."""
    return flask.jsonify({"name": name, "questions": [one.to_json() for one in questions_for(name, asked)]})


@routes.post("/elements/<name>/answers", Answer(ElementSummary), body=Answers, errors=(404,), cost=20)
def answer_questions(name: str, body: Answers) -> ResponseReturnValue:
    """Take answers, and seek the element in every panel anew."""
    with taught():
        answer(site().home, name, body.answers)
        learn_if_shown(site().home, name)
    return flask.jsonify(asdict(summary(name)))


def _shown(body: NewElement) -> Iterator[Shown]:
    """Give the pictures and parts of pages that show it. Raises QueryError, NotFoundError."""
    reader = CropReader(site().library.snapshot(), stored_page)
    for text in body.crops:
        part = Crop.parse(text)
        yield Shown(reader.read(part), str(part)[:200], "yes")
    for name in body.pictures:
        yield Shown(site().query_pictures.recall(name), "a picture", "yes")


def questions_for(name: str, asked: QuestionsQuery) -> list[Asked]:
    """Return panels to ask about. Raises QueryError where nothing says what the element looks like."""
    reasons = REASONS if asked.reason == "any" else (asked.reason,)
    with taught():
        return ask(site().home, name, count=asked.count, reasons=reasons)


def summaries() -> list[ElementSummary]:
    """Return all elements in a few words."""
    facts = {one.name: one for one in list_facts(site().home)}
    return [_summary(one, facts.get(one.name)) for one in Elements(site().home).all()]


def summary(name: str) -> ElementSummary:
    """Return an element in a few words. Raises NotFoundError."""
    found = Elements(site().home).get(name)
    return next(one for one in summaries() if one.name == found.name)


def _summary(one: Element, facts: ElementFacts | None) -> ElementSummary:
    return ElementSummary(
        name=one.name,
        kind=one.kind,
        aliases=one.aliases,
        teams=one.teams,
        words=one.words,
        positives=facts.positives if facts else 0,
        negatives=facts.negatives if facts else 0,
        panels=facts.panels if facts else None,
        books=facts.books if facts else 0,
        expected_precision=facts.expected_precision if facts else None,
        notes=facts.notes if facts else (),
    )


@contextmanager
def taught() -> Iterator[None]:
    """Let what is wrong with a request say so. Raises QueryError, also for a library on object storage."""
    if store_of(site().home) is not None:
        raise QueryError("elements are taught in libraries in a folder of this machine: copy this one there")
    try:
        yield
    except ConfigError as error:
        raise QueryError(str(error)) from error
