"""The commands ``index``, ``status``, ``export`` and ``doctor``.

Exit codes of ``index``: 0 when at least one of the books asked for is in the library, even if
others failed (they are listed, and ``status`` lists them again); 1 when none is.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.commands.options import LocalPath, library_option
from indexer.running.process import set_up_process
from schemas.config import AS_TOLD, IndexOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.daemon.status import DaemonStatus
    from indexer.exchange.writing import Written
    from indexer.library.status import LibraryStatus
    from indexer.running.indexing import EngineMaker, Remembered
    from indexer.running.reports import IndexReport, Progress
    from models.backends import BackendReport

_LISTED = 20
"""Sources named one by one at the end of a run; ``status`` names them all."""
_TABLES = ("books", "pages", "panels", "assets", "stories")
_SIDES = ("fused", "picture", "text")
_PARQUET, _EXCHANGE_FORMATS = "parquet", ("coco", "dataspec", "vlm", "zarr", "atlas", "cosmo")

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@library_option
@click.option("--encoder", metavar="NAME", help="Picture encoder; the library's own, or longbox-mini.")
@click.option("--text-encoder", metavar="NAME", help="Embeds lettering; the library's own, or minilm.")
@click.option("--reader", metavar="NAME", help="OCR; none skips it. The library's last, or rapidocr.")
@click.option(
    "--page-reader",
    metavar="NAME",
    help="Describes panels, for example chat:<settings.json>. The library's last, or none.",
)
@click.option(
    "--direction",
    type=click.Choice(["ltr", "rtl", "ttb", AS_TOLD]),
    help=f"Reading direction, whatever the books say; the library's last, or {AS_TOLD}: what they say.",
)
@click.option("--workers", type=click.IntRange(0, 64), default=0, help="Pages side by side; 0: one a core.")
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Who reads the books: this machine, or the workers of a Ray cluster.",
)
@click.option("--address", metavar="HOST:PORT", help="The cluster; without it one of this machine's cores.")
@click.option("--retry", is_flag=True, help="Try again what failed, wholly or in part.")
@click.option("--prune", is_flag=True, help="Take out books whose files are gone.")
@_json
def index(  # noqa: PLR0913 (one parameter an option)
    paths: tuple[Path, ...],
    *,
    library: Path,
    encoder: str | None,
    text_encoder: str | None,
    reader: str | None,
    page_reader: str | None,
    direction: str | None,
    workers: int,
    engine: str,
    address: str | None,
    retry: bool,
    prune: bool,
    as_json: bool,
) -> None:
    """Index the comics in PATHS, files and folders, into a library.

    What is unchanged since the last run is not read again.
    """
    if address is not None and engine != "ray":
        raise click.UsageError("--address goes with --engine ray alone")
    set_up_process()
    from indexer.running.indexing import Remembered, Scope, chosen_options, index_library, remembered_options

    known = remembered_options(library)
    asked = Remembered(encoder, text_encoder, reader, page_reader, direction)
    options = chosen_options(known, asked, workers=workers)
    for line in _carried_over(known, options, is_direction_given=direction is not None):
        click.echo(line, err=True)
    with ExitStack() as stack:
        progress = _progress(stack, as_json=as_json)
        report = index_library(
            *(paths, library, options),
            scope=Scope(retry=retry, prune=prune),
            progress=progress,
            engine=_engine(engine, address),
        )
    click.echo(json.dumps(report.to_json()) if as_json else _report_in_words(report))
    if report.is_total_failure:
        click.get_current_context().exit(1)


@click.command()
@library_option
@click.option("--follow", is_flag=True, help="Show what the daemon does, until it ends.")
@_json
def status(library: Path, *, follow: bool, as_json: bool) -> None:
    """Say what a library holds, and what failed and why. Exit code 1 when its tables are damaged."""
    if follow:
        from indexer.daemon.following import follow as follow_daemon

        follow_daemon(library, as_json=as_json)
        return
    from indexer.daemon.status import published
    from indexer.library.status import library_status

    found, daemon = library_status(library), published(library)
    if as_json:
        click.echo(json.dumps(found.to_json() | {"daemon": daemon.to_json() if daemon else None}))
    else:
        click.echo(_status_in_words(found, daemon))
    if found.damage is not None:
        click.get_current_context().exit(1)


@click.command()
@click.argument("out", type=LocalPath(file_okay=False))
@library_option
@click.option(
    "--format",
    "format_name",
    type=click.Choice([_PARQUET, *_EXCHANGE_FORMATS]),
    default=_PARQUET,
    show_default=True,
    help="Tables, panels and lettering for other tools, Zarr arrays, a map (atlas), page streams (cosmo).",
)
@click.option(
    "--table", "tables", multiple=True, type=click.Choice(_TABLES), help="Only this; may be repeated."
)
@click.option("--side", type=click.Choice(_SIDES), help="Vectors for Zarr; the first of these there are.")
@click.option(
    "--teacher",
    metavar="NAME",
    help="Who says what pages are, with cosmo: words, or chat:SETTINGS.json (as of --page-reader).",
)
@_json
def export(  # noqa: PLR0913 - one parameter an option
    out: Path,
    library: Path,
    format_name: str,
    tables: tuple[str, ...],
    *,
    side: str | None,
    teacher: str | None,
    as_json: bool,
) -> None:
    """Write a library into the folder OUT: Parquet, COCO, DataSpec, VLM page JSON, Zarr, or a map."""
    if side is not None and format_name != "zarr":
        raise click.UsageError("--side goes with --format zarr alone")
    if teacher is not None and format_name != "cosmo":
        raise click.UsageError("--teacher goes with --format cosmo alone")
    if format_name in _EXCHANGE_FORMATS:
        if tables:
            raise click.UsageError(f"--table goes with --format {_PARQUET} alone")
        written = _export_for_others(out, library, format_name, side=side, teacher=teacher)
        _tell_written(out, written, as_json=as_json)
        return
    from indexer.library.export import export_tables

    rows = export_tables(library, out, tables) if tables else export_tables(library, out)
    if as_json:
        click.echo(json.dumps({"out": str(out), "rows": rows}))
        return
    for name, count in rows.items():
        click.echo(f"{out / name}.parquet: {count:,} rows")


@click.command()
@click.option(
    "--deep", is_flag=True, help="Run every backend on a tiny input, instead of looking for its parts."
)
@_json
def doctor(*, deep: bool, as_json: bool) -> None:
    """Say what is installed, which backends work, and why not."""
    from models.backends import check_backends

    reports = check_backends(deep=deep)
    if as_json:
        click.echo(json.dumps({"backends": [_backend_to_json(report) for report in reports]}))
        return
    for report in reports:
        mark = "ok     " if report.available else "missing"
        remedy = f"\n          get it: {report.remedy}" if report.remedy and not report.available else ""
        click.echo(f"{mark}  {report.kind.value}: {report.name} ({report.detail}){remedy}")


def _engine(name: str, address: str | None) -> EngineMaker:
    if name == "local":
        from indexer.running.books import BookPipeline

        return BookPipeline
    from indexer.running.distributed import RayEngine

    return RayEngine(address)


def _export_for_others(
    out: Path, library: Path, format_name: str, *, side: str | None, teacher: str | None
) -> Written:
    from indexer.exchange.cosmo import export_cosmo
    from indexer.exchange.formats import EXPORTERS
    from indexer.exchange.page_vectors import side_named
    from indexer.exchange.zarr import export_zarr
    from indexer.library.checkup import check_readable
    from indexer.library.export import check_outside

    check_outside(library, out)
    check_readable(library)
    if teacher is not None:
        from models.page_types.teachers import load_teacher

        return export_cosmo(library, out, load_teacher(teacher))
    exporter = EXPORTERS[format_name] if side is None else partial(export_zarr, side=side_named(side))
    return exporter(library, out)


def _tell_written(out: Path, written: Written, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"out": str(out), "file": written.path.name, "items": dict(written.items)}))
        return
    counts = ", ".join(f"{count:,} {name}" for name, count in written.items.items())
    click.echo(f"{written.path}: {counts}")


def _carried_over(known: Remembered, options: IndexOptions, *, is_direction_given: bool) -> Iterator[str]:
    """Say what the library goes on with, and which options make a run read its books again."""
    if known.direction is not None and not is_direction_given:
        yield f"reading direction {known.direction} as in the last run; --direction {AS_TOLD} undoes it"
    changes = [
        f"--{name} {before} is now {now}"
        for name, before, now in (
            ("reader", known.reader, options.reader),
            ("page-reader", known.page_reader or IndexOptions().page_reader, options.page_reader),
            ("direction", known.direction or AS_TOLD, options.direction or AS_TOLD),
        )
        if known.reader is not None and before != now
    ]
    if changes:
        yield f"the books in PATHS are read again: {', '.join(changes)}"


def _progress(stack: ExitStack, *, as_json: bool) -> Progress | None:
    from rich.console import Console

    from indexer.commands.progress import PlainProgress, TerminalProgress

    console = Console(stderr=True)
    if console.is_terminal:
        return stack.enter_context(TerminalProgress(console))
    return None if as_json else PlainProgress()


def _report_in_words(report: IndexReport) -> str:
    rate = f", {report.pages / report.seconds:.1f} pages/s" if report.pages else ""
    lines = [
        f"{report.indexed} books indexed ({report.pages} pages, {report.panels} panels), "
        f"{report.unchanged} unchanged, {len(report.partial)} partial, {len(report.failed)} failed, "
        f"{len(report.missing)} missing, in {report.seconds:.1f} s{rate}"
    ]
    lines += [f"  partial: {entry.source}: {entry.failures[0].message}" for entry in report.partial[:_LISTED]]
    lines += [f"  failed: {entry.source}: {entry.message}" for entry in report.failed[:_LISTED]]
    lines += [f"  missing: {entry.source}" for entry in report.missing[:_LISTED]]
    lines += [f"  odd: {entry.source}: {entry.failures[0].message}" for entry in report.remarked[:_LISTED]]
    if max(map(len, (report.partial, report.failed, report.missing, report.remarked))) > _LISTED:
        lines.append("  … 'longbox status' lists all")
    return "\n".join(_printable(line) for line in lines)


def _status_in_words(found: LibraryStatus, daemon: DaemonStatus | None) -> str:
    sources = ", ".join(f"{count} {state.value}" for state, count in found.sources.items() if count)
    lines = [
        f"library {found.library}" + ("" if found.is_settled else " (a run is going on or was cut short)"),
        f"  {found.books} books, {found.pages} pages, {found.panels} panels",
        f"  sources: {sources or 'none'}",
        f"  encoders: {found.picture_encoder} (pictures), {found.text_encoder} (text)",
    ]
    if found.damage is not None:
        lines.append(f"  damaged: {found.damage}")
    for entry in found.failed:
        lines.append(f"  failed ({entry.reason}): {entry.source}: {entry.message}")
    for state, entry in (*(("partial", e) for e in found.partial), *(("odd", e) for e in found.remarked)):
        lines.append(f"  {state}: {entry.source}")
        lines += [f"    {failure.stage} ({failure.reason}): {failure.message}" for failure in entry.failures]
    lines += [f"  missing: {entry.source}" for entry in found.missing]
    lines += daemon.in_words() if daemon else []
    return "\n".join(_printable(line) for line in lines)


def _printable(line: str) -> str:
    """Keep a file name from breaking the line or the terminal."""
    return "".join(c if c.isprintable() else " " for c in line)


def _backend_to_json(report: BackendReport) -> dict[str, object]:
    return {
        "name": report.name,
        "kind": report.kind.value,
        "available": report.available,
        "detail": report.detail,
        "remedy": report.remedy,
    }
