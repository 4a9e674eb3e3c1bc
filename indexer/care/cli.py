"""The commands ``verify``, ``backup``, ``restore``, ``snapshot`` and ``migrate``."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.commands.options import LocalPath, library_option
from indexer.remote.state import shown
from schemas.config import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indexer.care.report import Verification
    from indexer.care.snapshots import Snapshot

_TABLES = {"books": "", "pages": "", "panels": "", "assets": "", "maps": "rows of ", "elements": "rows of "}

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.command()
@library_option
@click.option("--repair", "is_repair", is_flag=True, help="Mend what can be mended, then look again.")
@click.option(
    "--sample",
    type=click.IntRange(0, 100_000),
    default=100,
    show_default=True,
    help="Stored vectors of each column that are looked for again; 0: none.",
)
@_json
def verify(library: Path, *, is_repair: bool, sample: int, as_json: bool) -> None:
    """Read all of a library and say whether it is as it was written. Exit code 1 when it is not."""
    from indexer.care.repair import repair
    from indexer.care.report import verify_library

    done = repair(library, sample=sample) if is_repair else ()
    found = verify_library(library, sample=sample)
    if as_json:
        click.echo(json.dumps({**found.to_json(), "repaired": list(done)}))
    else:
        click.echo("\n".join(_printable(line) for line in (*done, *_in_words(found))))
    if found.findings:
        click.get_current_context().exit(1)


@click.command()
@click.argument("out", type=LocalPath())
@library_option
@_json
def backup(out: Path, library: Path, *, as_json: bool) -> None:
    """Copy a library into the folder OUT, also while it is written; an older backup there is updated."""
    from indexer.care.backup import back_up

    report = back_up(library, out)
    if as_json:
        click.echo(json.dumps({"out": str(out), **asdict(report)}))
        return
    click.echo(
        f"{out}: {_counts_in_words(report.rows)}; {report.copied} files copied "
        f"({report.copied_bytes / MIB:.1f} MB), {report.kept} kept from the backup before"
    )


@click.command()
@click.argument("backup_folder", metavar="BACKUP", type=LocalPath())
@library_option
@_json
def restore(backup_folder: Path, library: Path, *, as_json: bool) -> None:
    """Put the backup in the folder BACKUP in the library's place, after checking every byte of it."""
    from indexer.care.restore import restore as put_back

    rows = put_back(backup_folder, library)
    if as_json:
        click.echo(json.dumps({"library": str(shown(library)), "rows": rows}))
    else:
        click.echo(f"{shown(library)}: {_counts_in_words(rows)}")


@click.command()
@library_option
@click.option("--name", metavar="NAME", help="Name the library as it stands.")
@click.option("--list", "is_list", is_flag=True, help="List the snapshots, the latest first.")
@click.option("--restore", "restored", metavar="NAME", help="Bring the library back to a snapshot.")
@click.option("--delete", "deleted", metavar="NAME", help="Drop a snapshot.")
@_json
def snapshot(
    library: Path,
    *,
    name: str | None,
    is_list: bool,
    restored: str | None,
    deleted: str | None,
    as_json: bool,
) -> None:
    """Name moments of a library and go back to them. Give one of --name, --list, --restore, --delete."""
    from indexer.care.snapshots import delete_snapshot, list_snapshots, restore_snapshot, take_snapshot

    if sum((name is not None, is_list, restored is not None, deleted is not None)) != 1:
        raise click.UsageError("give one of --name, --list, --restore and --delete")
    if name is not None:
        take_snapshot(library, name)
    if restored is not None:
        restore_snapshot(library, restored)
    if deleted is not None:
        delete_snapshot(library, deleted)
    found = list_snapshots(library)
    if as_json:
        click.echo(json.dumps({"snapshots": [_snapshot_to_json(one) for one in found]}))
    elif restored is not None:
        click.echo(f"{shown(library)} is as it was at the snapshot {restored!r}")
    else:
        click.echo("\n".join(map(_snapshot_in_words, found)) or "no snapshots")


@click.command()
@library_option
@click.option("--encoder", metavar="NAME", help="The new picture encoder; without, the one there is.")
@click.option("--drop-missing", is_flag=True, help="Leave out books whose files are gone or cannot be read.")
@click.option("--workers", type=click.IntRange(0, 64), default=0, help="Pages side by side; 0: one a core.")
@_json
def migrate(library: Path, *, encoder: str | None, drop_missing: bool, workers: int, as_json: bool) -> None:
    """Give a library another picture encoder, or what older versions did not measure.

    The books are read again into a second library beside it, lettering excepted; searches go on in
    the old one until the new one is whole. Stopped, it goes on where it was.
    """
    # Pages are the unit of work: libraries start no threads of their own. Before numpy is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from indexer.care.migration import migrate as change_encoder
    from indexer.commands.progress import PlainProgress

    progress = None if as_json else PlainProgress()
    report = change_encoder(library, encoder, drop_missing=drop_missing, workers=workers, progress=progress)
    if as_json:
        click.echo(json.dumps(report.to_json()))
    else:
        now = f"the picture encoder {encoder}" if encoder else "all that this version measures"
        click.echo(f"{library} now has {now}; {report.unchanged} books read anew")


def _snapshot_to_json(found: Snapshot) -> dict[str, object]:
    taken = None if found.taken is None else found.taken.isoformat()
    return {"name": found.name, "taken": taken, "books": found.books, "complete": found.is_complete}


def _snapshot_in_words(found: Snapshot) -> str:
    if found.taken is None:
        return f"{found.name}: was cut short; delete it"
    return f"{found.name}: {found.taken.astimezone():%Y-%m-%d %H:%M}, {found.books} books"


def _counts_in_words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[name]} {of}{name}" for name, of in _TABLES.items() if name in counts)


def _in_words(found: Verification) -> Iterator[str]:
    yield f"library {found.library}" + (" (a run is going on)" if found.is_being_written else "")
    yield f"  {_counts_in_words(found.counts)}"
    for recall in found.recalls:
        if recall.index is None:
            yield f"  {recall.table}.{recall.column}: no index, compared with every vector: exact"
        else:
            yield (
                f"  {recall.table}.{recall.column}: {recall.index} finds {recall.recall:.3f} of the nearest "
                f"ten ({recall.queries} queries)"
            )
    if found.unsealed:
        yield f"  {found.unsealed} files or books have no checksum yet: a run that stores a book takes them"
    for finding in found.findings:
        yield f"  {finding.check}: {finding.message}"
    yield "  all is well" if not found.findings else f"  {len(found.findings)} findings"


def _printable(line: str) -> str:
    """Keep a file name from breaking the line or the terminal."""
    return "".join(c if c.isprintable() else " " for c in line)
