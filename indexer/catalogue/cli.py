"""The commands ``catalogue``: issues as the Grand Comics Database knows them, beside a library."""

from __future__ import annotations

import json
from pathlib import Path

import click

from indexer.commands.options import LocalPath

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
    """Read a dump: its SQLite file, or a folder with gcd_series.csv, gcd_issue.csv, gcd_story.csv."""
    from indexer.catalogue.store import import_dump
    from indexer.library.export import open_table
    from schemas.tables import BOOKS

    open_table(library, BOOKS)  # says that there is no library
    counts = import_dump(dump, library)
    told = ", ".join(f"{count:,} rows of {table}" for table, count in counts.items())
    click.echo(json.dumps({"rows": counts}) if as_json else told)


@catalogue.command()
@_library
@_json
def match(*, library: Path, as_json: bool) -> None:
    """Say which issue each book is: by series, number, year and publisher; doubtful ones are marked ?."""
    from indexer.catalogue.matching import match_books

    found = match_books(library)
    if as_json:
        click.echo(json.dumps({"matches": [one.to_json() for one in found]}, ensure_ascii=False))
        return
    for one in found:
        issue = one.issue
        named = (
            "not in the catalogue"
            if issue is None
            else f"{issue.series} {issue.number} ({issue.year or '?'})"
        )
        click.echo(f"{' ' if one.is_sure else '?'} {one.confidence:.2f}  {one.title}: {named}")
