"""``longbox bench ingest``: indexing beside plain decoding and plain reading, in one run."""

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from indexer.commands.bench import Figures


@click.command()
@click.option(
    "--comics",
    type=click.Path(path_type=Path, exists=True),
    help="Index these instead of comics drawn for it; the peers read CBZ, PDF and pictures.",
)
@click.option("--ocr/--no-ocr", default=True, show_default=True, help="Read lettering too.")
@click.option(
    "--books",
    type=click.IntRange(10),
    metavar="N",
    help="Also index N small books of one page: memory, and a second, idle run.",
)
@click.option("--json", "as_json", is_flag=True, help="Print figures as JSON: {engine: {figure: value}}.")
def ingest(*, comics: Path | None, ocr: bool, books: int | None, as_json: bool) -> None:
    """Index comics with Longbox, and decode and read the same pages with what it is made of."""
    from indexer.commands.bench import measure, measure_many

    figures: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory(prefix="longbox-bench-") as folder:
        scratch = Path(folder)
        for engine, told in measure(comics or _drawn(scratch / "drawn"), scratch, ocr=ocr):
            figures[engine] = told
            _tell(engine, told, silent=as_json)
        if books is not None:
            figures["longbox_small_books"] = measure_many(scratch, books)
            _tell("longbox_small_books", figures["longbox_small_books"], silent=as_json)
    if as_json:
        click.echo(json.dumps(figures, indent=1))


def _drawn(folder: Path) -> Path:
    from indexer.samples.sample import write_sample

    write_sample(folder, container="cbz")
    return folder


def _tell(engine: str, told: "Figures", *, silent: bool) -> None:
    if not silent:
        click.echo(f"{engine:20} " + "  ".join(f"{name} {value:g}" for name, value in told.items()))
