"""``longbox eval retrieval`` and ``eval fusion``: how well a library answers, and by which fusion.

Exit codes: 0 scored, 1 nothing could be scored, 2 the call itself was wrong.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemas.places import Place
from search.commands.options import library_option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table

    from models.fusion import Closure
    from schemas.queries import KnownItemQuery
    from schemas.records import RgbImage
    from search.evaluation import RetrievalReport
    from search.evaluation.fusion import FusionFigures
    from search.evaluation.order import OrderFigures

_MAX_FILE_BYTES = 256 * 1024 * 1024
_COLUMNS = ("recall@1", "recall@5", "recall@10", "mrr", "ndcg@10", "random")
_LISTED = 5

_queries = click.option(
    "--queries",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="A query file, as 'longbox eval build-queries' makes them.",
)
_kinds = click.option(
    "--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind; may be repeated."
)
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.command()
@library_option
@_queries
@_kinds
@click.option(
    "--floors/--no-floors",
    default=False,
    help="Drop what scores too low to be an answer, as a search does; by default all is ranked.",
)
@_json
def retrieval(library: Place, queries: Path, kinds: tuple[str, ...], *, floors: bool, as_json: bool) -> None:
    """Run queries with known answers and score where the answers stand.

    Recall at 1, 5 and 10 with the 95 % bootstrap interval of the last, mean reciprocal rank, nDCG at
    10, beside the recall at 10 of a random order; and what a search takes.
    """
    from rich.console import Console
    from rich.progress import Progress

    from search.evaluation import evaluate_retrieval
    from search.library import open_library

    asked = _asked(queries, kinds)
    console = Console(stderr=True)
    with (
        open_library(library) as opened,
        Progress(console=console, transient=True, disable=as_json or not console.is_terminal) as bar,
    ):
        task = bar.add_task("searching", total=len(asked))
        report = evaluate_retrieval(
            opened,
            asked,
            read_picture=lambda name: _read_picture(queries.parent, name),
            floors=floors,
            on_query=lambda: bar.advance(task),
        )
    _print(report, as_json=as_json)
    if not report.kinds:
        click.echo(f"longbox: no page that {queries} names is in {library}: nothing to score", err=True)
        click.get_current_context().exit(1)


@click.command()
@library_option
@_queries
@click.option(
    "--weights",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of 'longbox train fusion': its variants are compared too.",
)
@_kinds
@_json
def fusion(
    library: Place, queries: Path, weights: Path | None, kinds: tuple[str, ...], *, as_json: bool
) -> None:
    """Compare fusions of a library's vectors: recall at 10 by kind of query, two gates, sequence tasks.

    collapse: cosine of panels of one page (must stay under .80). shuffled: cosine of a page with its
    panels in reverse order (1: order does not count). The tasks, in the manner of ComicsPAP, choose
    one of five: a hidden panel by its page and place, what is said in it, what a caption describes.

    A second table tells how well labelled pages are ordered: by geometry, which decides, by the
    fusion's reading-order heads, and by chance; pages on which head and geometry differ are named.
    """
    from models.fusion.loading import load_fusion, load_plain, load_trained
    from search.encoding import Encoders
    from search.evaluation.fusion import FusionBench
    from search.library import open_library

    asked = _asked(queries, kinds)
    with open_library(library) as opened:
        encoders = Encoders(opened.format)
        pictures, texts = encoders.picture(), encoders.text()
        bench = FusionBench(
            opened,
            asked,
            pictures=pictures,
            texts=texts,
            read_picture=lambda name: _read_picture(queries.parent, name),
        )
        figures = bench.sides()
        fusions = {"plain sum": load_plain(pictures.spec, texts.spec)}
        if (own := load_fusion(pictures.spec, texts.spec)).spec.name != fusions["plain sum"].spec.name:
            fusions[own.spec.name] = own
        for pins in sorted(weights.glob("*.json")) if weights else []:
            fusions[pins.stem] = load_trained(pins, pictures.spec, texts.spec)
        figures |= {name: bench.measure(fusion) for name, fusion in fusions.items()}
        orders = bench.orders(_order_heads(own, weights))
    _print_fusions(figures, orders, as_json=as_json)


def _order_heads(own: Closure, weights: Path | None) -> dict[str, Closure]:
    """Return the fusion with each reading-order head there is: the shipped one, and those in ``weights``."""
    from models.fusion.loading import ORDER, with_order_head

    heads = {"shipped head": own} if own.knows_order else {}
    for pins in sorted((weights / ORDER).glob("*.json")) if weights else []:
        heads[f"head: {pins.stem}"] = with_order_head(own, pins)
    return heads


def _print_fusions(
    figures: Mapping[str, FusionFigures], orders: Mapping[str, OrderFigures], *, as_json: bool
) -> None:
    if as_json:
        data: dict[str, object] = {name: own.to_json() for name, own in figures.items()}
        data["reading order"] = {name: own.to_json() for name, own in orders.items()}
        click.echo(json.dumps(data, indent=1))
        return
    kinds = list(dict.fromkeys(kind for own in figures.values() for kind in own.kinds))
    tasks = list(dict.fromkeys(task for own in figures.values() for task in own.tasks))
    table = _table(["fusion", *kinds, "collapse", "shuffled", *tasks])
    for name, own in figures.items():
        recalls = [f"{own.kinds[kind].recall_10:.3f}" if kind in own.kinds else "" for kind in kinds]
        gates = ["" if gate is None else f"{gate:.2f}" for gate in (own.collapse, own.shuffled)]
        solved = [f"{own.tasks[task]:.2f}" if task in own.tasks else "" for task in tasks]
        table.add_row(name, *recalls, *gates, *solved)
    _show(table)
    _print_orders(orders)


def _print_orders(orders: Mapping[str, OrderFigures]) -> None:
    if not orders:
        return
    table = _table(["reading order by", "exact", "tau", "pages", "unlike geometry"])
    for name, own in orders.items():
        table.add_row(name, f"{own.exact:.3f}", f"{own.tau:.3f}", f"{own.pages:,}", f"{len(own.disputed)}")
    _show(table)
    for name, own in orders.items():
        if own.disputed:
            shown = ", ".join(own.disputed[:_LISTED])
            more = f" and {len(own.disputed) - _LISTED} more" if len(own.disputed) > _LISTED else ""
            click.echo(f"{name} and geometry differ on {shown}{more}")


def _asked(queries: Path, kinds: Sequence[str]) -> list[KnownItemQuery]:
    """Return the queries of those kinds, of all where none is named. Raises UsageError for no query."""
    asked = [query for query in _read_queries(queries) if not kinds or query.kind in kinds]
    if not asked:
        raise click.UsageError(f"{queries} holds no query of the kind {', '.join(kinds) or 'that is run'}")
    return asked


def _read_queries(path: Path) -> tuple[KnownItemQuery, ...]:
    from schemas.errors import ConfigError
    from schemas.queries import queries_from_json

    if path.stat().st_size > _MAX_FILE_BYTES:
        raise ConfigError(f"{path} is longer than {_MAX_FILE_BYTES:,} bytes: split it")
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is no JSON: {error}") from error
    return queries_from_json(data, path.name)


def _read_picture(folder: Path, name: str) -> RgbImage:
    """Read a query's picture, which must lie in or below the folder of the query file."""
    from schemas.errors import ConfigError
    from search.commands.pictures import read_query_picture

    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ConfigError(f"the picture {name!r} lies outside of {folder}, the query file's folder")
    return read_query_picture(path)


def _print(report: RetrievalReport, *, as_json: bool) -> None:
    if report.missing:
        shown = ", ".join(map(str, report.missing[:_LISTED]))
        more = f" and {len(report.missing) - _LISTED} more" if len(report.missing) > _LISTED else ""
        click.echo(f"not in the library: {shown}{more}", err=True)
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=1))
        return
    table = _table(["kind", *_COLUMNS, "95 % of recall@10", "n"])
    for kind, figures in report.kinds.items():
        cells = figures.to_json()
        low, high = figures.interval
        numbers = (f"{cells[column]:.3f}" for column in _COLUMNS)
        table.add_row(kind, *numbers, f"{low:.3f}–{high:.3f}", f"{figures.n:,}")
    _show(table)
    click.echo(f"a search takes {report.p50_ms:.0f} ms (p50), {report.p95_ms:.0f} ms (p95)")


def _table(headings: Sequence[str]) -> Table:
    """Return a table of names and numbers."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(headings[0])
    for heading in headings[1:]:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _show(table: Table) -> None:
    from rich.console import Console

    console = Console() if Console().is_terminal else Console(width=_PIPED_COLUMNS)
    console.print(table)


_PIPED_COLUMNS = 140
