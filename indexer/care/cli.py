"""The command ``verify``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.care.report import Verification

_library = click.option(
    "--library", type=click.Path(path_type=Path), required=True, help="The library's folder."
)
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.command()
@_library
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


def _in_words(found: Verification) -> Iterator[str]:
    counts = ", ".join(f"{count} {name}" for name, count in found.counts.items())
    yield f"library {found.library}" + (" (a run is going on)" if found.is_being_written else "")
    yield f"  {counts}"
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
