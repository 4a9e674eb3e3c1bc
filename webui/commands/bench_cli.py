"""``longbox bench``: speed, recall and memory beside named peers, in one run."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from search.bench.running import Bounds, Figures

QUESTIONS, ANSWERED = 300, 100
"""Questions of a kind, and those of them whose right answers are worked out."""


@click.command()
@click.option(
    "--rows", type=click.IntRange(1_000), default=10_000, show_default=True, help="Panels to search."
)
@click.option(
    "--library",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Repeat the vectors of this library, with noise, instead of made-up ones.",
)
@click.option("--engine", "engines", multiple=True, help="Only this engine; may be given several times.")
@click.option(
    "--seconds", type=click.FloatRange(1), default=20.0, show_default=True, help="For each kind of question."
)
@click.option(
    "--build-seconds",
    type=click.FloatRange(1),
    default=300.0,
    show_default=True,
    help="What a graph may take to build, else it is left out.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Keep the material here, and use it again if it is there.",
)
@click.option("--json", "as_json", is_flag=True, help="Print figures as JSON: {engine: {figure: value}}.")
def search(  # noqa: PLR0913 - one parameter an option
    *,
    rows: int,
    library: Path | None,
    engines: tuple[str, ...],
    seconds: float,
    build_seconds: float,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Search the same vectors with Longbox, over HTTP, and with peers in memory and on disk."""
    from search.bench.running import Bounds

    with _workplace(folder) as place:
        _prepare(place, rows, library)
        figures = {}
        for engine, told in _measured(place, engines, Bounds(build_seconds, seconds)):
            figures[engine] = told
            if not as_json:
                click.echo(_line(engine, told))
    if as_json:
        click.echo(json.dumps(figures, indent=1))


@contextmanager
def _workplace(folder: Path | None) -> Iterator[Path]:
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="longbox-bench-") as scratch:
            yield Path(scratch)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder


def _prepare(folder: Path, rows: int, library: Path | None) -> None:
    """Make vectors and questions, unless they are there."""
    from search.bench.questions import Questions
    from search.bench.running import VECTORS_FILE
    from search.bench.vectors import Source, open_vectors, write_vectors

    file = folder / VECTORS_FILE
    if not file.is_file():
        write_vectors(file, Source.of_library(library) if library else Source(), rows)
    vectors = open_vectors(file)
    if len(vectors) != rows:
        raise click.UsageError(
            f"{folder} holds {len(vectors):,} rows: ask for as many, or name another folder"
        )
    if not (folder / "questions.json").is_file():
        Questions.make(vectors, QUESTIONS, answered=ANSWERED).write(folder)


def _measured(folder: Path, engines: tuple[str, ...], bounds: "Bounds") -> "Iterator[tuple[str, Figures]]":
    from search.bench.peers import PEERS
    from search.bench.running import run_peers
    from webui.commands.bench import LIBRARY_FOLDER, build_library, measure_longbox

    known = ("longbox", *PEERS)
    if unknown := sorted(set(engines) - set(known)):
        raise click.UsageError(f"there is no engine {unknown[0]!r}; known are {', '.join(known)}")
    chosen = engines or known
    if "longbox" in chosen:
        is_there = (folder / LIBRARY_FOLDER).is_dir()
        built = {} if is_there else {"build_s": round(build_library(folder), 2)}
        yield "longbox", {**built, **measure_longbox(folder, bounds)}
    yield from run_peers([name for name in chosen if name != "longbox"], folder, bounds)


def _line(engine: str, told: "Figures") -> str:
    if "left_out" in told:
        return f"{engine:17} left out: {told['left_out']}"
    shown = "  ".join(f"{name} {value:g}" for name, value in told.items() if isinstance(value, float | int))
    return f"{engine:17} {shown}"
