"""Panels as files: a PNG with its record inside, the record beside it, layers to go on working with."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.library.whole import write_whole
from models.generation.layered import as_ora, as_svg
from models.generation.png import encode_png
from schemas.errors import ExchangeError
from search.generation.making import MadePanel
from search.generation.sequences import MadeSequence

if TYPE_CHECKING:
    from webui.generation.signing import Signer

MAX_RECORD_BYTES = 8_000_000


def write_panel(
    made: MadePanel, out: Path, *, layers: str | None = None, signer: "Signer | None" = None
) -> tuple[Path, Path]:
    """Write a panel and, first, its record beside it: a picture never lies there without.

    Raises:
        LibraryError: they cannot be written; neither is there by halves.
    """
    record = out.with_suffix(".json")
    text = json.dumps(made.record.to_json(), ensure_ascii=False, indent=1)
    picture = made.png() if signer is None else signer.signed(made.png(), [made.record], title=out.name)
    write_whole(record, text.encode())
    write_whole(out, picture)
    if layers is not None:
        pack = as_ora if layers == "ora" else as_svg
        write_whole(out.with_suffix(f".{layers}"), pack(made.picture, made.panel.layers))
    return out, record


def write_sequence(made: MadeSequence, out: Path, *, signer: "Signer | None" = None) -> tuple[Path, ...]:
    """Write a sequence and, first, its record beside it; returns the files. Raises LibraryError.

    Pages are signed, books are not: C2PA knows neither CBZ nor how to write PDF.
    """
    text = json.dumps(made.to_json(), ensure_ascii=False, indent=1)
    if out.suffix.lower() in (".cbz", ".pdf"):
        data = made.book(out.suffix.lower()[1:])
        write_whole(out.with_suffix(".json"), text.encode())
        write_whole(out, data)
        return (out,)
    pictures = made.pictures()
    record = {"title": made.title, "credit": made.credit, "licence": made.licence}
    source = {"digital_source_type": made.panels[0].record.backend.source_type.value}
    files = tuple(numbered(out, number, len(pictures)) for number in range(1, len(pictures) + 1))
    told = [panel.record for panel in made.panels]
    packed = [encode_png(picture, {**record, **source}) for picture in pictures]
    if signer is not None:
        packed = [signer.signed(png, told, title=file.name) for png, file in zip(packed, files, strict=True)]
    write_whole(out.with_suffix(".json"), text.encode())
    for file, png in zip(files, packed, strict=True):
        write_whole(file, png)
    return files


def numbered(out: Path, number: int, count: int) -> Path:
    """Return the name of one of several: ``panel.png`` alone, else ``panel-1.png`` and so on."""
    return out if count == 1 else out.with_name(f"{out.stem}-{number}{out.suffix}")


def record_text(path: Path) -> str:
    """Return the record in a JSON file or in a picture. Raises ExchangeError, PictureError."""
    from models.generation.png import record_in

    try:
        if path.stat().st_size > MAX_RECORD_BYTES * (8 if path.suffix.lower() == ".png" else 1):
            raise ExchangeError(f"{path} is too large to be a record")
        data = path.read_bytes()
    except OSError as error:
        raise ExchangeError(f"cannot read {path}: {error.strerror}") from error
    if data.startswith(b"\x89PNG"):
        return json.dumps(record_in(data))
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ExchangeError(f"{path} is neither a record nor a picture with one") from error
