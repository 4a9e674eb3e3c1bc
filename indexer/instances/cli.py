"""The command ``longbox cast``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.commands.options import LocalPath

if TYPE_CHECKING:
    from indexer.instances.casting import BookCast
    from models.instances.finding import FindsRegions

_SHOWN = 30


@click.command()
@click.argument("book_id")
@click.option("--library", type=LocalPath(file_okay=False), required=True, help="The library's folder.")
@click.option(
    "--detector",
    metavar="NAME",
    help="Finds characters and faces: onnx:SETTINGS.json or faster_rcnn:FILE@SHA256; else our own proposals.",
)
@click.option(
    "--name", "names", multiple=True, metavar="GROUP=NAME", help="Name a group: it becomes an element."
)
@click.option("--without", multiple=True, metavar="PANEL", help="A panel that does not belong there.")
@click.option("--sheet", type=LocalPath(), metavar="OUT.png", help="Write a sheet of the groups.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def cast(  # noqa: PLR0913 - one parameter an option
    *,
    book_id: str,
    library: Path,
    detector: str | None,
    names: tuple[str, ...],
    without: tuple[str, ...],
    sheet: Path | None,
    as_json: bool,
) -> None:
    """Gather who is drawn in a book: the same figure from panel to panel, to be named once.

    longbox cast BOOK_ID --library LIB --sheet cast.png

    longbox cast BOOK_ID --library LIB --name 1=Ada --name 3="The cat"
    """
    from indexer.instances.casting import find_cast, name_group

    wanted = [_split(told) for told in names]
    found = find_cast(library, book_id, detector=_detector(detector))
    named = [name_group(library, found, group, name, without=without) for group, name in wanted]
    if sheet is not None:
        from indexer.instances.sheet import write_sheet

        write_sheet(library, found, sheet)
    if as_json:
        elements = [{"name": one.name, "panels": one.panels} for one in named]
        click.echo(json.dumps({**found.to_json(), "named": elements}, ensure_ascii=False))
        return
    click.echo("\n".join(_lines(found)))
    for one in named:
        click.echo(f"has:{one.name}  {one.panels:,} panels, from {one.positives:,} positives")


def _split(told: str) -> tuple[str, str]:
    group, equals, name = told.partition("=")
    if not equals or not group.strip() or not name.strip():
        raise click.UsageError(f"{told[:60]!r} names no group: write --name GROUP=NAME, for example 1=Ada")
    return group.strip(), name.strip()


def _detector(name: str | None) -> FindsRegions | None:
    if name is None:
        return None
    from models.instances.finding import load_regions

    return load_regions(name)


def _lines(found: BookCast) -> list[str]:
    lines = [f"{len(found.groups):,} groups in {found.panels:,} panels, {found.alone:,} seen once"]
    for number, group in enumerate(found.groups[:_SHOWN], 1):
        where = ", ".join(one.panel_id.partition("/")[2] for one in group.members[:4])
        lines.append(f"{number:>3}  {group.panels:>4,} panels  {group.group_id}  {where}")
    return lines
