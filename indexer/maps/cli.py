"""The command ``map``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.commands.options import LocalPath
from schemas.maps import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.maps.keeping import Kept, MapWish
    from indexer.maps.making import Progress
    from schemas.maps import MapFacts


@click.command(name="map")
@click.option("--library", type=LocalPath(file_okay=False), required=True, help="The library's folder.")
@click.option(
    "--side",
    help="What lies together: look, meaning, fused, description, or several joined by +.  [default: fused]",
)
@click.option("--name", help="What the map is called.  [default: its side]")
@click.option("--method", type=click.Choice(METHODS), help="How places are found.  [default: umap]")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=42, show_default=True)
@click.option(
    "--at-once",
    type=click.IntRange(100),
    help="Panels laid out together; others are placed among them.  [default: umap 200,000, tsne 10,000]",
)
@click.option("--refit", is_flag=True, help="Make the map anew, instead of placing what is new on it.")
@click.option("--list", "is_list", is_flag=True, help="List the maps of the library.")
@click.option("--delete", "deleted", metavar="NAME", help="Drop a map.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def map_command(  # noqa: PLR0913 - one parameter an option
    *,
    library: Path,
    side: str | None,
    name: str | None,
    method: str | None,
    seed: int,
    at_once: int | None,
    refit: bool,
    is_list: bool,
    deleted: str | None,
    as_json: bool,
) -> None:
    """Map the panels of a library: what is alike lies together, in clusters with names.

    Where the map is there already, panels that came since are placed on it.
    """
    from indexer.library.export import open_table
    from indexer.maps.keeping import MapWish, drop_map
    from indexer.maps.table import list_maps
    from schemas.tables import PANELS

    open_table(library, PANELS)  # says that there is no library
    if deleted is not None:
        drop_map(library, deleted)
    if is_list or deleted is not None:
        _show(list_maps(library), as_json=as_json)
        return
    kept = _keep(library, MapWish(name, side, method, seed, at_once, refit), as_json=as_json)
    click.echo(json.dumps(kept.facts.to_json()) if as_json else "\n".join(_in_words(kept)))


def _keep(library: Path, wish: MapWish, *, as_json: bool) -> Kept:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from indexer.maps.keeping import keep_map

    if as_json:
        return keep_map(library, wish)
    console = Console(stderr=True)
    if not console.is_terminal:
        return keep_map(library, wish, _plainly())
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        task = bars.add_task("", total=1.0)
        return keep_map(
            library, wish, lambda what, share: bars.update(task, description=what, completed=share)
        )


def _plainly() -> Progress:
    """Return what prints each step once."""
    said: set[str] = set()

    def tell(what: str, _share: float) -> None:
        if what not in said:
            said.add(what)
            click.echo(what, err=True)

    return tell


def _show(maps: list[MapFacts], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"maps": [facts.to_json() for facts in maps]}))
        return
    lines = [f"{facts.name}: {facts.side} by {facts.method}, {facts.panels:,} panels" for facts in maps]
    click.echo("\n".join(lines) or "no maps: make one with 'longbox map'")


def _in_words(kept: Kept) -> Iterator[str]:
    if kept.followed is not None:
        pays = "; so many came since the map was made that --refit would pay" if kept.pays_refit else ""
        yield f"placed {kept.followed.placed} new panels, took out {kept.followed.gone}{pays}"
    facts = kept.facts
    yield (
        f"map {facts.name}: {facts.panels:,} panels in {facts.places:,} places, "
        f"{facts.side} by {facts.method}"
        + (f", {facts.placed:,} placed since" if facts.placed else "")
        + (f"; {facts.without_vector:,} panels have no vector" if facts.without_vector else "")
    )
    shown = ("trustworthiness", "neighbour_overlap")
    told = [f"{name.replace('_', ' ')} {facts.quality[name]:.3f}" for name in shown if name in facts.quality]
    yield f"  {', '.join([*told, f'{facts.seconds:.0f} s ({facts.cpu_seconds:.0f} s of processor time)'])}"
    for cluster in facts.clusters:
        yield f"  {cluster.size:>7,}  {cluster.name}"
