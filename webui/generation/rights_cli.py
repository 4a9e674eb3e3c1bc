"""The command ``longbox rights``: what may be used to make new panels, and what not."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemas.errors import NotFoundError, QueryError
from schemas.licences import licence_of
from schemas.places import Place
from schemas.rights import Declared, RightsRegister
from search.commands.options import library_option

if TYPE_CHECKING:
    from search.generation.gate import Gate
    from search.library import Library


@click.command()
@library_option
@click.option(
    "--declare",
    "declared",
    multiple=True,
    metavar="BOOK=LICENCE",
    help="State a book's licence (its id, or its title; * for all that state none), as 'Moons=CC BY 4.0'.",
)
@click.option("--credit", default="", metavar="NAME", help="Whom to name for the books declared.")
@click.option("--refuse", multiple=True, metavar="ID", help="A book, page or panel never to be used again.")
@click.option(
    "--takedown",
    multiple=True,
    metavar="ID",
    help="Refuse it, and hide what was made from it: generated books, and pictures of the studio.",
)
@click.option("--delete", "deletes", is_flag=True, help="With --takedown: delete what was made from it, too.")
@click.option("--why", default="", help="The reason of a refusal or takedown.")
@click.option("--allow", multiple=True, metavar="ID", help="Take a refusal or takedown back.")
def rights(  # noqa: PLR0913 - one parameter an option is click's way
    *,
    library: Place,
    declared: tuple[str, ...],
    credit: str,
    refuse: tuple[str, ...],
    takedown: tuple[str, ...],
    deletes: bool,
    why: str,
    allow: tuple[str, ...],
) -> None:
    """Say of every book whether new panels may be made of it, and why not; declare, refuse, take down."""
    if deletes and not takedown:
        raise click.UsageError("--delete goes with --takedown ID: it deletes what was made from that")
    if not isinstance(library, Path):
        raise click.UsageError("rights are declared for a library in a folder, not on object storage")
    from indexer.library.rights import change_rights, read_rights
    from search.generation.gate import Gate
    from search.library import open_library

    with open_library(library) as opened:
        gate = Gate.of(opened, read_rights(library), uses_generated=True)

        def change(register: RightsRegister) -> RightsRegister:
            for pair in declared:
                register = _declared(register, gate, pair, credit)
            for item in refuse:
                _check_item(opened, item)
                register = _refused(register, opened, library, item, why)
            return register

        for item in takedown:
            _check_item(opened, item)
        _take_down(library, takedown, why, deletes=deletes)
        _take_back(library, allow)
        if declared or refuse or takedown or allow:
            gate = Gate.of(opened, change_rights(library, change), uses_generated=True)
        for book in sorted(gate.books.values(), key=lambda one: one.title):
            verdict = f"no: {book.obstacle}" if book.obstacle else f"yes ({book.licence.name}; {book.credit})"
            click.echo(f"{book.book_id}  {book.title}: {verdict}")
        for item, reason in gate.register.refused.items():
            verb = "was taken down" if item in gate.register.taken_down else "is refused"
            click.echo(f"{item} {verb}: {reason}")


def _take_down(library: Path, items: tuple[str, ...], why: str, *, deletes: bool) -> None:
    from indexer.care.takedown import take_down

    for item in items:
        reached = take_down(library, item, why, deletes=deletes)
        for one in reached.derived:
            done = "deleted" if deletes else "hidden"
            click.echo(f"made from it, {done}: {one.book} ({', '.join(one.references)})")


def _take_back(library: Path, items: tuple[str, ...]) -> None:
    from indexer.care.takedown import take_back

    for item in items:
        for book in take_back(library, item):
            click.echo(f"shown again: {book}")


def _refused(
    register: RightsRegister, opened: "Library", library: Path, item: str, why: str
) -> RightsRegister:
    """Refuse an item and, with it, the generated books that were made from it."""
    from indexer.library.generated import derived_from

    sources = {one.source: book_id for book_id, one in opened.snapshot().books.items()}
    register = register.refuse(item, why)
    for derived in derived_from(library, item):
        click.echo(f"made from it: {derived.book} ({', '.join(derived.references)})")
        book_id = sources.get(str(derived.book.absolute()))
        if book_id is not None:
            register = register.refuse(book_id, f"made from {item}")
    return register


def _check_item(opened: "Library", item: str) -> None:
    """Raise NotFoundError for what is no book, page or panel of a library."""
    if "#" in item:
        opened.panel(item)
    elif "/" in item:
        opened.page(item)
    else:
        opened.book(item)


def _declared(register: RightsRegister, gate: "Gate", pair: str, credit: str) -> RightsRegister:
    name, equals, licence = (part.strip() for part in pair.rpartition("="))
    if not equals or not name:
        raise QueryError(f"{pair[:80]!r} declares nothing: write BOOK=LICENCE, as 'Moons=CC BY 4.0'")
    if not licence_of(licence).is_known:
        raise QueryError(
            f"{licence[:60]!r} is no licence known here: write CC BY 4.0, CC0, own work or the like"
        )
    books = [
        book.book_id
        for book in gate.books.values()
        if name in (book.book_id, book.title) or (name == "*" and not book.licence.name)
    ]
    if not books:
        raise NotFoundError(f"the library has no book {name[:80]!r}")
    for book_id in books:
        register = register.declare(book_id, Declared(licence, credit))
    return register
