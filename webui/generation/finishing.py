"""Pictures finished by example: roughs inked, panels coloured or restyled; for commands and the API."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.errors import PictureError
from schemas.generation import ReferenceRole, ReferenceWish
from webui.generation.asking import shape_of, wish_of

if TYPE_CHECKING:
    from search.library import Library

UNTITLED = "a drawing"
"""What a drawing shows where nobody says so."""


class Finish(StrEnum):
    """What becomes of a drawing, or of a panel."""

    INK = "ink"
    COLOURISE = "colourise"
    RESTYLE = "restyle"

    @property
    def backend(self) -> str:
        """Who does it."""
        return "restyle" if self is Finish.RESTYLE else "artificer"

    def by(self, wish: ReferenceWish) -> ReferenceWish:
        """Return a wish as this goes by it: the whole panel counts, unless its use was said."""
        role = ReferenceRole.STYLE if self is Finish.RESTYLE else ReferenceRole.PALETTE
        return wish if wish.role else replace(wish, role=role)


@dataclass(frozen=True, slots=True)
class Given:
    """A picture that is to be finished, as a request tells it: sent along, or pinned as the layout."""

    width_px: int
    height_px: int
    drawing: str = ""
    pinned: tuple[ReferenceWish, ...] = ()

    def fields(self, finish: Finish, likes: Sequence[ReferenceWish]) -> dict[str, object]:
        """Return the fields of a request that finishes it by examples."""
        pinned = (*self.pinned, *map(finish.by, likes))
        size = {"width_px": self.width_px, "height_px": self.height_px}
        return {"backend": finish.backend, "drawing": self.drawing, "pinned": pinned, **size}


def given_picture(data: bytes, finish: Finish, side_px: int, *, name: str) -> Given:
    """Return a picture of any format: roughs in few greys, others in more or in their colours.

    Raises PictureError.
    """
    from models.generation.artificer.rough import PENCIL, TONES, packed, packed_whole, size_within

    if finish is Finish.RESTYLE:
        drawing = packed_whole(data, name=name)
    else:
        drawing = packed(data, name=name, levels=PENCIL if finish is Finish.INK else TONES)
    return Given(*size_within(drawing, side_px), drawing=drawing)


def given_panel(library: "Library", panel_id: str, side_px: int) -> Given:
    """Return a panel of the library. Raises NotFoundError."""
    size = shape_of(library, panel_id, side_px)
    return Given(*size, pinned=(replace(wish_of(panel_id), role=ReferenceRole.LAYOUT),))


def given(library: "Library", picture: str, finish: Finish, side_px: int) -> Given:
    """Return a picture's file where there is one of that name, else a panel of the library.

    Raises PictureError, NotFoundError.
    """
    from models.generation.artificer.rough import MAX_BYTES

    file = Path(picture)
    if not file.is_file():
        return given_panel(library, picture, side_px)
    if file.stat().st_size > MAX_BYTES:
        raise PictureError(f"{file} is too large for a drawing: {MAX_BYTES:,} bytes at most")
    return given_picture(file.read_bytes(), finish, side_px, name=str(file))
