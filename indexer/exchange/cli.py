"""The command ``import``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.commands.options import library_option

if TYPE_CHECKING:
    from indexer.exchange.zarr_import import ImportReport


@click.command(name="import")
@click.argument("source", metavar="GROUP|FILE", type=click.Path(exists=True, path_type=Path))
@library_option
@click.option(
    "--images",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the pages' pictures, named by page id: thumbnails are made of them.",
)
@click.option("--encoder", metavar="NAME", help="What made the vectors, where the group does not tell.")
@click.option("--prune", is_flag=True, help="Take out books that the group held once and no longer holds.")
@click.option(
    "--known-only", is_flag=True, help="Pass over books of a FILE of page streams that are not there."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_vectors(  # noqa: PLR0913 - one parameter an option
    source: Path,
    *,
    library: Path,
    images: Path | None,
    encoder: str | None,
    prune: bool,
    known_only: bool,
    as_json: bool,
) -> None:
    """Bring in a Zarr GROUP of page vectors, or a FILE of page streams, of a library or another tool.

    The group holds panel_embeddings, page_embeddings, panel_coordinates, reading_order, panel_mask,
    page_ids and books. A book that was read from its own file is left as it is.

    FILE is JSON in the CoSMo format: what pages of books are, and what their stories are called. That is
    kept as what 'longbox retype' says; books are named by id, file name or title.
    """
    if source.is_file():
        if images or encoder or prune:
            raise click.UsageError("--images, --encoder and --prune are for a GROUP of page vectors")
        _import_streams(source, library, known_only=known_only, as_json=as_json)
        return
    from indexer.exchange.zarr_import import import_zarr

    report = import_zarr(source, library, images=images, encoder=encoder, prune=prune)
    click.echo(json.dumps(report.to_json()) if as_json else _in_words(report))


def _import_streams(source: Path, library: Path, *, known_only: bool, as_json: bool) -> None:
    from indexer.exchange.cosmo_import import import_cosmo

    report = import_cosmo(source, library, known_only=known_only)
    if as_json:
        click.echo(json.dumps(report.to_json()))
        return
    told = f"{report.pages:,} pages of {report.books:,} books set, {report.titles:,} titles of stories"
    passed = f"; {len(report.unknown):,} books are not in the library" if report.unknown else ""
    click.echo(told + passed)


def _in_words(report: ImportReport) -> str:
    told = [
        f"{report.imported} books imported ({report.pages} pages, {report.panels} panels, "
        f"{report.pictures} pictures)",
        f"{report.unchanged} unchanged",
    ]
    for count, what in (
        (report.kept, "kept as read from their own files"),
        (report.partial, "partial"),
        (report.pruned, "pruned"),
        (report.gone - report.pruned, "no longer in the group (--prune takes them out)"),
    ):
        told += [f"{count} {what}"] if count else []
    words = "" if report.knows_words else ", with which no words can be compared: search by --like ID"
    return f"{', '.join(told)}; {report.side} vectors of {report.encoder}{words}"
