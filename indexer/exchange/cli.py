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
@click.argument("group", type=click.Path(exists=True, file_okay=False, path_type=Path))
@library_option
@click.option(
    "--images",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the pages' pictures, named by page id: thumbnails are made of them.",
)
@click.option("--encoder", metavar="NAME", help="What made the vectors, where the group does not tell.")
@click.option("--prune", is_flag=True, help="Take out books that the group held once and no longer holds.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_vectors(
    group: Path,
    *,
    library: Path,
    images: Path | None,
    encoder: str | None,
    prune: bool,
    as_json: bool,
) -> None:
    """Bring a library up to date with the Zarr GROUP of page vectors that a library or another tool wrote.

    The group holds panel_embeddings, page_embeddings, panel_coordinates, reading_order, panel_mask,
    page_ids and books. A book that was read from its own file is left as it is.
    """
    from indexer.exchange.zarr_import import import_zarr

    report = import_zarr(group, library, images=images, encoder=encoder, prune=prune)
    click.echo(json.dumps(report.to_json()) if as_json else _in_words(report))


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
