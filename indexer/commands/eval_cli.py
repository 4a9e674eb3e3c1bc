"""``longbox eval``: how well pages are read, against labels.

Exit codes: 0 scored, 1 nothing could be scored, 2 the call itself was wrong.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from schemas.config import IndexOptions
from schemas.errors import ConfigError

if TYPE_CHECKING:
    from rich.console import Console

    from indexer.evaluation.labelled import Skipped
    from indexer.evaluation.tables import Cells, Columns

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., None])

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def _common(command: F) -> F:
    """Add the options that both commands take."""
    for option in reversed(
        (
            click.option("--labels", type=_FOLDER, required=True, help="Folder searched for label files."),
            click.option(
                "--images", type=_FOLDER, required=True, help="Folder that pictures are relative to."
            ),
            click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
            click.option(
                "--worst",
                type=(click.IntRange(min=1), click.Path(file_okay=False, path_type=Path)),
                metavar="N OUT",
                help="Draw the N worst pages into the folder OUT: truth green, found red.",
            ),
        )
    ):
        command = option(command)
    return command


@click.command()
@_common
@click.option(
    "--detector",
    metavar="NAME",
    default=IndexOptions().detector,
    show_default=True,
    help="What finds the panels.",
)
def pages(
    labels: Path, images: Path, detector: str, worst: tuple[int, Path] | None, *, as_json: bool
) -> None:
    """Score panels and reading order.

    LABELS holds files in the format of schemas.labels, also those that 'longbox sample' writes.
    Order is measured on pages whose panels were all found.
    """
    _use_one_thread()
    from indexer.evaluation.labelled import find_pages
    from indexer.evaluation.overlays import write_panel_overlays
    from indexer.evaluation.panels import read_and_score, summarise
    from indexer.evaluation.scores import evaluate as score_all
    from indexer.evaluation.tables import PANEL_COLUMNS
    from models.registry import load_panel_detector

    loaded = _load(load_panel_detector, detector)
    items = list(find_pages(labels, images))
    with _progress("reading pages", len(items), quiet=as_json) as advance:
        result = score_all(items, lambda page: read_and_score(page, loaded), on_page=advance)
    works = {name: summarise(scores).to_json() for name, scores in result.works.items()}
    overall = summarise(result.scores).to_json()
    _report(loaded.name, PANEL_COLUMNS, works, overall, result.skipped, as_json=as_json)
    if worst is not None:
        write_panel_overlays(result.worst(worst[0]), worst[1])
    if not result.scores:
        _fail(labels)


@click.command()
@_common
@click.option(
    "--reader", metavar="NAME", default=IndexOptions().reader, show_default=True, help="What reads the pages."
)
@click.option(
    "--every",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Only every K-th page a work.",
)
def text(
    labels: Path,
    images: Path,
    reader: str,
    every: int,
    worst: tuple[int, Path] | None,
    *,
    as_json: bool,
) -> None:
    """Score lettering against transcripts: words, characters, balloons, lines in the right panel.

    LABELS holds labels with texts (as 'longbox sample' writes them), labels of story pages with a
    transcript beside their picture, or transcripts alone, named like their pictures.
    """
    _use_one_thread()
    from indexer.evaluation.lettering import read_and_score_text, summarise_text
    from indexer.evaluation.overlays import write_text_overlays
    from indexer.evaluation.scores import evaluate as score_all
    from indexer.evaluation.scores import every_kth
    from indexer.evaluation.tables import TEXT_COLUMNS, kinds_table
    from indexer.evaluation.transcripts import find_transcribed_pages
    from models.registry import load_panel_detector, load_text_reader

    loaded, detector = _load(load_text_reader, reader), load_panel_detector(IndexOptions().detector)
    items = every_kth(find_transcribed_pages(labels, images), every)
    with _progress("reading pages", len(items), quiet=as_json) as advance:
        result = score_all(items, lambda page: read_and_score_text(page, loaded, detector), on_page=advance)
    works = {name: summarise_text(scores).to_json() for name, scores in result.works.items()}
    overall = summarise_text(result.scores)
    _report(loaded.name, TEXT_COLUMNS, works, overall.to_json(), result.skipped, as_json=as_json)
    if overall.kinds and not as_json:
        _console().print(kinds_table(overall.kinds))
    if worst is not None:
        write_text_overlays(result.worst(worst[0]), worst[1])
    if not result.scores:
        _fail(labels)


@click.command("page-types")
@click.option(
    "--labels",
    type=click.Path(exists=True, path_type=Path),
    required=True,
    help="Folder searched for label files, or a file in the CoSMo format.",
)
@click.option("--images", type=_FOLDER, required=True, help="Folder that pictures are relative to.")
@click.option(
    "--reader",
    metavar="NAME",
    default=IndexOptions().reader,
    show_default=True,
    help="Reads; 'none' does not.",
)
@click.option(
    "--weights",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON file of other weights, as 'longbox train page-types' writes it.",
)
@click.option(
    "--keep",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep what was seen of the books, to learn from: longbox train page-types --extra FILE.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def page_types(
    labels: Path, images: Path, reader: str, weights: Path | None, keep: Path | None, *, as_json: bool
) -> None:
    """Score page types and segments of whole books, beside two baselines.

    Labels of one folder are one book; pictures beside them without a label count in no figure. In the
    CoSMo format a book's pictures lie in IMAGES/<hash_code>, in the order of their names.
    """
    _use_one_thread()
    from indexer.evaluation.labelled import Skipped
    from indexer.evaluation.streams import figures, find_streams, keep_seen, look_at, readers_for
    from indexer.evaluation.tables import stream_table
    from models.page_types.segmenter import POSITION, load_segmenter, read_segmenter

    model = read_segmenter(weights) if weights else load_segmenter()
    readers = _load(lambda name: readers_for(name, model), reader)
    found = list(find_streams(labels, images))
    skipped = [item for item in found if isinstance(item, Skipped)]
    books = [item for item in found if not isinstance(item, Skipped)]
    seen = []
    with _progress("reading pages", sum(len(book.pictures) for book in books), quiet=as_json) as advance:
        for book in books:
            one, lost = look_at(book, readers, on_page=advance)
            skipped += lost
            seen += [one] if one.is_labelled else []
    for item in skipped:
        click.echo(f"skipped {item}", err=True)
    if not seen:
        _fail(labels)
        return
    if keep is not None:
        keep_seen(keep, seen)
    result = figures(seen, model, load_segmenter(POSITION))
    if as_json:
        click.echo(json.dumps({**result, "model": model.name, "skipped": len(skipped)}, indent=1))
    else:
        _console().print(stream_table(result))


@click.command("build-queries")
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--labels", type=_FOLDER, required=True, help="Folder searched for label files.")
@click.option("--images", type=_FOLDER, required=True, help="Folder that pictures are relative to.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind; may be repeated.")
@click.option("--seed", type=int, default=0, show_default=True, help="Decides on typos, crops, scans.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def build_queries(
    out: Path, labels: Path, images: Path, kinds: tuple[str, ...], seed: int, *, as_json: bool
) -> None:
    """Make queries with known answers from labelled pages, for 'longbox eval retrieval'.

    Writes OUT/queries.json and the pictures it names: captions, captions with a word remembered, lines
    as printed and with typos, names of characters, panels cropped, recoloured, rescanned and mirrored,
    and panels whose next one is sought.
    """
    from indexer.evaluation.queries import KINDS, QueryBuilder

    if unknown := sorted(set(kinds) - set(KINDS)):
        raise click.UsageError(f"there is no kind {unknown[0]!r}; known: {', '.join(KINDS)}")
    builder = QueryBuilder(out, kinds=kinds or KINDS, seed=seed)
    with _progress("making queries", None, quiet=as_json) as advance:
        built = builder.build(labels, images, on_page=advance)
    for item in built.skipped:
        click.echo(f"skipped {item}", err=True)
    if not built.queries:
        _fail(labels)
    out.mkdir(parents=True, exist_ok=True)
    path = out / "queries.json"
    path.write_text(json.dumps([query.to_json() for query in built.queries], ensure_ascii=False, indent=0))
    counts = Counter(query.kind for query in built.queries)
    if as_json:
        click.echo(json.dumps({"file": str(path), "kinds": counts, "skipped": len(built.skipped)}))
        return
    click.echo(f"{path}: " + ", ".join(f"{count:,} {kind}" for kind, count in counts.items()))


def _load(load: Callable[[str], T], name: str) -> T:
    """Load a model; a name that is none is a mistake in the call."""
    try:
        return load(name)
    except ConfigError as error:
        raise click.UsageError(str(error)) from error


def _report(
    title: str,
    columns: Columns,
    works: Mapping[str, Cells],
    overall: Cells,
    skipped: Sequence[Skipped],
    *,
    as_json: bool,
) -> None:
    """Print the figures to stdout and what was skipped to stderr."""
    for item in skipped:
        click.echo(f"skipped {item}", err=True)
    if as_json:
        figures = overall if works else None  # of no page there are none, and none are perfect
        click.echo(json.dumps({"overall": figures, "works": works, "skipped": len(skipped)}, indent=1))
        return
    from indexer.evaluation.tables import figures_table

    if works:
        _console().print(figures_table(title, columns, works, overall))
    if skipped:
        click.echo(f"{len(skipped)} skipped")


def _console() -> Console:
    from rich.console import Console

    # Piped output has no width of its own; a table squeezed into 80 columns loses its figures.
    return Console() if Console().is_terminal else Console(width=_PIPED_COLUMNS)


_PIPED_COLUMNS = 140


def _fail(labels: Path) -> None:
    click.echo(f"longbox: nothing in {labels} could be scored", err=True)
    click.get_current_context().exit(1)


@contextmanager
def _progress(what: str, total: int | None, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """Show a bar on a terminal; yield what to call after each page."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


def _use_one_thread() -> None:
    """Measure CPU time on one thread; the variables are read when numpy is imported."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import cv2

    cv2.setNumThreads(1)
