"""``longbox sample``: draw the sample library."""

import json
import os
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from indexer.samples.sample import SampleSummary, write_sample, write_trials
from schemas.errors import ConfigError

_MOST_WORKERS = 8  # pages are few: more processes cost more to start than they save


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same bytes.")
@click.option("--cbz", is_flag=True, help="Pack each book as a CBZ file.")
@click.option(
    "--trials",
    type=click.IntRange(min=1),
    metavar="N",
    help="Instead, draw N pages of each class that panel detectors fail on; see 'longbox eval pages'.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
def sample(out: Path, seed: int, trials: int | None, *, cbz: bool, as_json: bool) -> None:
    """Draw the sample library into OUT, a new or empty folder or a former sample."""
    console = Console(stderr=True)
    columns = (TextColumn("drawing pages"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=as_json or not console.is_terminal) as bar:
        task = bar.add_task("pages", total=None)
        try:
            if trials is None:
                draw = partial(write_sample, container="cbz" if cbz else "folder")
            else:
                draw = partial(write_trials, pages=trials)
            summary = draw(
                out,
                seed=seed,
                workers=min(os.cpu_count() or 1, _MOST_WORKERS),
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        except ConfigError as error:
            raise click.UsageError(str(error)) from error
    click.echo(_as_json(summary) if as_json else _in_words(summary))


def _as_json(summary: SampleSummary) -> str:
    return json.dumps(
        {
            "folder": str(summary.folder),
            "books": summary.books,
            "pages": summary.pages,
            "panels": summary.panels,
            "texts": summary.texts,
        }
    )


def _in_words(summary: SampleSummary) -> str:
    return (
        f"{summary.books} books, {summary.pages} pages, {summary.panels} panels and "
        f"{summary.texts} pieces of lettering in {summary.folder}"
    )
