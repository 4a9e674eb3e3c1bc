"""A sheet of a book's cast: a row a group."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from indexer.elements.pictures import cut, read_thumbnail
from indexer.instances.casting import BookCast
from schemas.errors import LibraryError
from schemas.geometry import Box
from schemas.records import RgbImage

CELL_PX, GAP_PX, MOST_ROWS, MOST_COLUMNS = 110, 6, 20, 12


def write_sheet(library: Path, cast: BookCast, out: Path) -> None:
    """Draw the largest groups with their first members. Raises LibraryError where it cannot be written."""
    from models.pictures import encode_png

    rows = [_row(library, cast, number) for number in range(min(len(cast.groups), MOST_ROWS))]
    whole = np.vstack(rows) if rows else np.full((CELL_PX, CELL_PX, 3), 255, np.uint8)
    try:
        out.write_bytes(encode_png(np.asarray(whole, np.uint8)))
    except OSError as error:
        raise LibraryError(f"cannot write {out}: {error.strerror or error}") from error


def _row(library: Path, cast: BookCast, number: int) -> RgbImage:
    group = cast.groups[number]
    step = CELL_PX + GAP_PX
    row = np.full((step, 46 + MOST_COLUMNS * step, 3), 255, np.uint8)
    for place, text, size in ((34, str(number + 1), 0.8), (62, f"{group.panels}x", 0.45)):
        cv2.putText(row, text, (6, place), cv2.FONT_HERSHEY_SIMPLEX, size, (30, 30, 30), 1, cv2.LINE_AA)
    for column, member in enumerate(group.members[:MOST_COLUMNS]):
        crop = cut(read_thumbnail(library, member.panel_id), Box(*member.box))
        factor = CELL_PX / max(crop.shape[:2])
        size_px = max(1, round(crop.shape[1] * factor)), max(1, round(crop.shape[0] * factor))
        small = cv2.resize(crop, size_px, interpolation=cv2.INTER_AREA)
        x = 46 + column * step
        row[: small.shape[0], x : x + small.shape[1]] = small
    return row
