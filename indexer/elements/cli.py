"""The commands ``element``: teach a library who and what appears in its panels."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

import click

from indexer.commands.options import LocalPath
from schemas.elements import DEFAULT_PRECISION, DEFAULT_SIDE, KINDS

if TYPE_CHECKING:
    from indexer.elements.figures import FiguresRead
    from schemas.elements import Element, ElementFacts

F = TypeVar("F", bound=Callable[..., object])
_KEYS = {"y": "yes", "n": "no", "s": "skip"}
_SHOWN_BOOKS = 10


def _common(command: F) -> F:
    command = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)
    return click.option(
        "--library", type=LocalPath(file_okay=False), required=True, help="The library's folder."
    )(command)


@click.group()
def element() -> None:
    """Teach a library who and what appears in its panels; then search for has:NAME."""


@element.command()
@click.argument("name")
@click.option(
    "--positive",
    multiple=True,
    metavar="WHAT",
    help="Shows it: a panel, a picture file, or a part, WHAT@x0,y0,x1,y1; may be repeated.",
)
@click.option("--negative", multiple=True, metavar="WHAT", help="Does not show it; may be repeated.")
@click.option("--words", default="", help="What to look for first, before anything shows it.")
@click.option("--kind", type=click.Choice(KINDS), help="What it is.  [default: thing]")
@click.option("--alias", "aliases", multiple=True, help="Another name; may be repeated.")
@click.option("--team", "teams", multiple=True, help="A team it belongs to; may be repeated.")
@click.option("--drop", "dropped", multiple=True, help="An alias or a team to take away; may be repeated.")
@click.option("--side", help=f"The vectors that tell it, as of 'longbox map'.  [default: {DEFAULT_SIDE}]")
@click.option(
    "--precision",
    type=click.FloatRange(0.05, 0.99),
    help=f"Share of the panels found that should be right.  [default: {DEFAULT_PRECISION}]",
)
@_common
def add(  # noqa: PLR0913 - one parameter an option
    *,
    name: str,
    positive: tuple[str, ...],
    negative: tuple[str, ...],
    words: str,
    kind: str | None,
    aliases: tuple[str, ...],
    teams: tuple[str, ...],
    dropped: tuple[str, ...],
    side: str | None,
    precision: float | None,
    library: Path,
    as_json: bool,
) -> None:
    """Make an element, or add to one that is there; then find it in every panel."""
    from indexer.elements.adding import Wanted, add_to_library
    from indexer.elements.fitting import work_out

    given = {
        "words": words,
        "kind": kind,
        "aliases": aliases,
        "teams": teams,
        "side": side,
        "precision": precision,
    }
    settings = {key: value for key, value in given.items() if value}
    wanted = Wanted(name, positive, negative, settings, dropped=dropped)
    made = add_to_library(library, wanted)
    _tell_learnt(made.name, work_out(library, made.name) if made.has_positive else None, as_json=as_json)


@element.command("list")
@_common
def list_elements(*, library: Path, as_json: bool) -> None:
    """List the elements of a library."""
    from indexer.elements.labels import Elements
    from indexer.elements.table import list_facts
    from indexer.library.export import open_table
    from schemas.tables import PANELS

    open_table(library, PANELS)  # says that there is no library
    facts = {one.name: one for one in list_facts(library)}
    known = Elements(library).all()
    if as_json:
        click.echo(json.dumps({"elements": [_in_json(one, facts.get(one.name)) for one in known]}))
        return
    click.echo(
        "\n".join(_line(one, facts.get(one.name)) for one in known) or "no elements: 'longbox element add'"
    )


@element.command()
@click.argument("name")
@_common
def show(*, name: str, library: Path, as_json: bool) -> None:
    """Say what is known of an element, and which books it appears in."""
    from indexer.elements.adding import books_of
    from indexer.elements.labels import Elements
    from indexer.elements.table import list_facts

    found = Elements(library).get(name)
    facts = next((one for one in list_facts(library) if one.name == found.name), None)
    books = books_of(library, found.name)
    if as_json:
        click.echo(json.dumps({**_in_json(found, facts), "books": [book.to_json() for book in books]}))
        return
    click.echo(_line(found, facts))
    for book in books[:_SHOWN_BOOKS]:
        click.echo(f"  {book.panels:>6,} of {book.of:,} panels on {book.pages:,} pages  {book.title}")


@element.command()
@click.argument("name")
@click.option(
    "--count", type=click.IntRange(1, 1_000), default=12, show_default=True, help="How many to ask."
)
@click.option("--reason", "reasons", multiple=True, help="Only these: top, uncertain, diverse, random.")
@click.option(
    "--answers",
    type=click.File("r", encoding="utf-8"),
    help="Take answers from a file, a JSON object of yes, no or skip by panel id; - is standard input.",
)
@_common
def review(
    *,
    name: str,
    count: int,
    reasons: tuple[str, ...],
    answers: IO[str] | None,
    library: Path,
    as_json: bool,
) -> None:
    """Ask about panels, those first whose answer teaches most: y, n, or s to skip."""
    from indexer.elements.adding import answers_from
    from indexer.elements.fitting import learn_if_shown
    from indexer.elements.review import answer, ask
    from models.elements.queue import REASONS

    if answers is not None:
        answer(library, name, answers_from(answers.read()))
        _tell_learnt(name, learn_if_shown(library, name), as_json=as_json)
        return
    if unknown := sorted(set(reasons) - set(REASONS)):
        raise click.UsageError(f"there is no reason {unknown[0]!r}; known: {', '.join(REASONS)}")
    chosen = tuple(one for one in REASONS if one in reasons) or REASONS
    asked = ask(library, name, count=count, reasons=chosen)
    if as_json:
        click.echo(json.dumps({"name": name, "questions": [one.to_json() for one in asked]}))
        return
    said = {}
    for one in asked:
        key = click.prompt(f"{one.panel_id}  ({one.reason}, {one.score:.2f})  y/n/s/q", default="s")[
            :1
        ].lower()
        if key == "q":
            break
        said[one.panel_id] = _KEYS.get(key, "skip")
    answer(library, name, said)  # type: ignore[arg-type]
    _tell_learnt(name, learn_if_shown(library, name), as_json=False)


@element.command()
@click.argument("name")
@_common
def remove(*, name: str, library: Path, as_json: bool) -> None:
    """Drop an element, with all that was said of it."""
    from indexer.elements.adding import remove_from_library

    gone = remove_from_library(library, name)
    click.echo(json.dumps({"removed": gone}) if as_json else f"removed {gone}")


@element.command()
@click.argument("name")
@click.argument("new")
@_common
def rename(*, name: str, new: str, library: Path, as_json: bool) -> None:
    """Give an element another name."""
    from indexer.elements.adding import rename_in_library

    named = rename_in_library(library, name, new)
    click.echo(json.dumps({"name": named}) if as_json else f"{name} is called {named} now")


@element.command()
@_common
def apply(*, library: Path, as_json: bool) -> None:
    """Work every element out anew, for panels that are new; runs and the daemon do it too."""
    from indexer.elements.following import apply_elements

    changed = apply_elements(library)
    if as_json:
        click.echo(json.dumps({"changed": [one.to_json(with_weights=False) for one in changed]}))
        return
    click.echo("\n".join(_in_words(one) for one in changed) or "all elements are in step")


@element.command()
@click.option(
    "--seconds", type=click.FloatRange(min=0), help="Stop after so long; the next call goes on from there."
)
@_common
def figures(*, seconds: float | None, library: Path, as_json: bool) -> None:
    """Read who is drawn in every panel, so that elements are told by figures too; then work them out anew."""
    from indexer.elements.figures import follow_figures
    from indexer.elements.following import apply_elements

    def tell(so_far: FiguresRead) -> None:
        if not as_json:
            click.echo(f"{so_far.read:,} panels read, {so_far.left:,} to go", err=True)

    told = follow_figures(library, seconds=seconds, on_panels=tell)
    changed = [one.name for one in apply_elements(library)]
    if as_json:
        click.echo(json.dumps({"read": told.read, "left": told.left, "changed": changed}))
        return
    click.echo(f"figures of {told.read:,} panels read, {told.left:,} left; worked out anew: {len(changed)}")


@element.command()
@click.argument("out", type=LocalPath())
@click.argument("names", nargs=-1)
@_common
def export(*, out: Path, names: tuple[str, ...], library: Path, as_json: bool) -> None:
    """Write what was learnt as JSON, all elements or those named: a judge of pictures made elsewhere."""
    from indexer.elements.judge import export_judges

    written = export_judges(library, out, names)
    told = [one.name for one in written]
    click.echo(json.dumps({"out": str(out), "elements": told}) if as_json else f"{out}: {', '.join(told)}")


def _tell_learnt(name: str, facts: ElementFacts | None, *, as_json: bool) -> None:
    if facts is not None:
        _tell(facts, as_json=as_json)
        return
    told = f"element {name}: nothing shows it yet; go on with 'longbox element review {name}'"
    click.echo(json.dumps({"name": name, "panels": None}) if as_json else told)


def _tell(facts: ElementFacts, *, as_json: bool) -> None:
    click.echo(json.dumps(facts.to_json(with_weights=False)) if as_json else _in_words(facts))


def _in_words(facts: ElementFacts) -> str:
    expected = (
        "" if facts.expected_precision is None else f", about {facts.expected_precision:.0%} of them right"
    )
    told = (
        f"element {facts.name}: in {facts.panels:,} panels of {facts.books:,} books{expected}; learnt from "
        f"{facts.positives:,} that show it and {facts.negatives:,} that do not"
    )
    return "\n".join((told, *(f"  {note}" for note in facts.notes)))


def _in_json(one: Element, facts: ElementFacts | None) -> dict[str, object]:
    told = {
        "name": one.name,
        "kind": one.kind,
        "aliases": one.aliases,
        "teams": one.teams,
        "words": one.words,
    }
    return {**told, "found": facts and facts.to_json(with_weights=False)}


def _line(one: Element, facts: ElementFacts | None) -> str:
    also = f" ({', '.join(one.aliases)})" if one.aliases else ""
    found = f"{facts.panels:,} panels of {facts.books:,} books" if facts else "not worked out yet"
    return f"{one.name}{also}: {one.kind}, {found}"
