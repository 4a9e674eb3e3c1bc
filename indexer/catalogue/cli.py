"""The commands ``catalogue``: issues as the Grand Comics Database knows them, beside a library."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from indexer.commands.options import LocalPath

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indexer.catalogue.deciding import Judged
    from indexer.catalogue.matching import Match
    from schemas.matches import Matched, Verdict

_KEYS: Mapping[str, Verdict] = {"y": "yes", "n": "no", "s": "skip"}
_library = click.option(
    "--library", type=LocalPath(file_okay=False), required=True, help="The library's folder."
)
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def catalogue() -> None:
    """Read a dump of the Grand Comics Database, and say which issues the books of a library are."""


@catalogue.command("import")
@click.argument("dump", type=click.Path(exists=True, path_type=Path))
@_library
@_json
def import_catalogue(*, dump: Path, library: Path, as_json: bool) -> None:
    """Read a dump: SQL as of MySQL (also .gz, .zip), SQLite, or a folder with gcd_series.csv and so on."""
    from indexer.catalogue.importing import import_dump
    from indexer.library.export import open_table
    from schemas.tables import BOOKS

    open_table(library, BOOKS)  # says that there is no library
    counts = import_dump(dump, library)
    told = ", ".join(f"{count:,} rows of {table}" for table, count in counts.items())
    click.echo(json.dumps({"rows": counts}) if as_json else told)


_covers = click.option(
    "--covers",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of covers, named by the ids of issues as 1234.jpg: read first, as 'covers' does.",
)
_replace = click.option(
    "--replace", "replaces", is_flag=True, help="What issues say takes the place of what files say."
)


@catalogue.command()
@_library
def renew(*, library: Path) -> None:
    """Bring a catalogue that an older Longbox imported up to date, without its dump."""
    from indexer.catalogue.importing import renew_catalogue

    is_new = renew_catalogue(library)
    click.echo("the catalogue is as this Longbox imports one" if is_new else "nothing to renew")


@catalogue.command("covers")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_library
@_json
def read_cover_folder(*, folder: Path, library: Path, as_json: bool) -> None:
    """Read the covers of issues in FOLDER, named by their ids as 1234.jpg: books are compared with them."""
    from indexer.library.export import open_table
    from schemas.tables import BOOKS

    open_table(library, BOOKS)  # says that there is no library
    count = _read(library, folder)
    click.echo(json.dumps({"covers": count}) if as_json else f"{count:,} covers")


@catalogue.command()
@_library
@_covers
@click.option("--accept", is_flag=True, help="Take sure matches for true: they fill what files do not say.")
@_replace
@_json
def match(*, library: Path, covers: Path | None, accept: bool, replaces: bool, as_json: bool) -> None:
    """Say which issue each book is: by series, number, year, publisher, cover; doubtful ones are marked ?."""
    from indexer.catalogue.deciding import accept_sure
    from indexer.catalogue.matching import match_books

    _read(library, covers)
    _tell_outdated(library)
    if accept:
        _tell_decided(accept_sure(library, replaces=replaces), as_json=as_json)
        return
    found = match_books(library)
    if as_json:
        click.echo(json.dumps({"matches": _told(library, found)}, ensure_ascii=False))
        return
    for one in found:
        named = "not in the catalogue" if one.issue is None else one.issue.named
        click.echo(f"{' ' if one.is_sure else '?'} {one.confidence:.2f}  {one.title}: {named}")


@catalogue.command()
@_library
@_covers
@_replace
@click.option(
    "--count", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Books to ask about."
)
@click.option(
    "--answers",
    type=click.File(encoding="utf-8"),
    help='Answers as JSON instead, {"BOOK": "yes"} or {"BOOK": {"verdict": "yes", "issue_id": 12}}.',
)
@_json
def review(
    *,
    library: Path,
    covers: Path | None,
    replaces: bool,
    count: int,
    answers: TextIO | None,
    as_json: bool,
) -> None:
    """Ask whether books are the issues they look like: y, n (the next one is offered), or s to skip."""
    from indexer.catalogue.deciding import judge, to_review

    _read(library, covers)
    _tell_outdated(library)
    if answers is not None:
        _tell_decided(judge(library, _answers(answers.read()), replaces=replaces), as_json=as_json)
        return
    asked = to_review(library, count=count)
    if as_json:
        click.echo(json.dumps({"matches": _told(library, asked)}, ensure_ascii=False))
        return
    if not asked:
        click.echo("every book that the catalogue may know is decided on")
    for one in asked:
        if not _ask(library, one, replaces=replaces):
            break


@catalogue.command()
@_library
@_json
def decided(*, library: Path, as_json: bool) -> None:
    """List what was decided on matches, by whom, how sure it was and why."""
    from indexer.catalogue.deciding import read_matches

    known = read_matches(library)
    if as_json:
        click.echo(json.dumps(known.to_json(), ensure_ascii=False))
        return
    _tell_decided(known.matches, as_json=False)


@catalogue.command()
@click.argument("books", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All decisions.")
@_library
@_json
def undo(*, books: tuple[str, ...], everything: bool, library: Path, as_json: bool) -> None:
    """Forget what was decided on BOOKS, by their ids: they show what their files say again."""
    from indexer.catalogue.deciding import take_back

    if bool(books) == everything:
        raise click.UsageError("name books by their ids, or give --all")
    gone = take_back(library, None if everything else books)
    click.echo(json.dumps({"forgotten": gone}) if as_json else f"{gone:,} decisions forgotten")


def _read(library: Path, covers: Path | None) -> int:
    """Read the covers of a folder, saying which could not be read; returns how many there are."""
    if covers is None:
        return 0
    from indexer.catalogue.coverfile import read_covers

    count, unread = read_covers(library, covers)
    for line in unread:
        click.echo(f"skipped {line}", err=True)
    return count


def _tell_outdated(library: Path) -> None:
    """Say on the side where an older Longbox imported the catalogue."""
    from indexer.catalogue.store import open_catalogue

    with open_catalogue(library) as known:
        if known.is_outdated:
            click.echo(
                "an older Longbox imported this catalogue: series must be spelt alike, and other names of "
                "characters may be missing; 'longbox catalogue renew' mends it, or importing a dump",
                err=True,
            )


def _told(library: Path, matches: Sequence[Match]) -> list[dict[str, object]]:
    """Return matches as JSON, the likeliest issue of each with what its stories say."""
    from dataclasses import replace

    from indexer.catalogue.store import open_catalogue

    with open_catalogue(library) as known:
        return [
            replace(one, issue=None if one.issue is None else known.whole(one.issue)).to_json()
            for one in matches
        ]


def _ask(library: Path, match: Match, *, replaces: bool) -> bool:
    """Ask about a book until it is decided on; False where somebody has had enough."""
    from indexer.catalogue.deciding import Judged, judge

    for one in match.candidates:
        told = f"{match.title}  =  {one.issue.named}?  ({one.confidence:.2f}: {', '.join(one.reasons)})"
        key = click.prompt(f"{told}  y/n/s/q", default="s")[:1].lower()
        if key == "q":
            return False
        verdict = _KEYS.get(key, "skip")
        judge(library, [Judged(match.book_id, verdict, one.issue.issue_id)], replaces=replaces)
        if verdict != "no":
            break
    return True


def _answers(text: str) -> list[Judged]:
    """Read answers by id of book. Raises QueryError."""
    from indexer.catalogue.deciding import Judged
    from schemas.errors import QueryError
    from schemas.matches import VERDICTS

    try:
        told = json.loads(text)
        pairs = [
            (str(book), one if isinstance(one, dict) else {"verdict": one}) for book, one in told.items()
        ]
        said = [Judged(book, one["verdict"], one.get("issue_id")) for book, one in pairs]
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise QueryError('answers are JSON: {"BOOK": "yes", "BOOK": "no"}') from error
    for one in said:
        if one.verdict not in VERDICTS or not isinstance(one.issue_id, int | None):
            raise QueryError(f"the answer for {one.book_id[:60]!r} is none: say yes, no or skip")
    return said


def _tell_decided(found: Sequence[Matched], *, as_json: bool) -> None:
    if as_json:
        told = [{**asdict(one), "facts": asdict(one.facts)} for one in found]
        click.echo(json.dumps({"decided": told}, ensure_ascii=False))
        return
    for one in found:
        sign = {"yes": "=", "no": "≠", "skip": "?"}[one.verdict]
        why = f"{one.decided_by}, {one.confidence:.2f}: {', '.join(one.reasons)}"
        click.echo(f"{one.book.book_id} {one.book.source} {sign} {one.says}  ({why})")
    if not found:
        click.echo("nothing was decided")
