"""What people change by hand in a panel that was made, kept in its record so that a replay does it too."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import isfinite

from models.generation.backend import GeneratedPanel, Layer
from schemas.errors import ExchangeError, QueryError
from schemas.records import RgbImage
from search.generation.pixels import pixels_sha256
from search.generation.records import PanelRecord

BALLOONS = "balloons"
"""The kind of an edit that moves balloons: ``middles``, one for each box ``balloon`` of the record."""
ART, LETTERING = "drawing", "lettering"
"""Layers of a panel that its words are laid over, and of the words."""
Middle = tuple[float, float]


def with_balloons_at(
    panel: GeneratedPanel, record: PanelRecord, middles: Sequence[Middle | None]
) -> tuple[GeneratedPanel, PanelRecord]:
    """Move balloons of a panel; with no place given it is what it was when it was made.

    Args:
        panel: with its layers.
        record: how it was made, and what was changed in it before.
        middles: where their middles are to lie, relative to the panel; None leaves it to the composer.

    Raises:
        QueryError: there are not so many balloons, a place is none, or the panel has no layers.
        BackendUnavailableError: lettering lacks a package or a font.
    """
    from models.generation.storyboard.relettering import Told, relettered

    for middle in middles:
        if middle is not None and not all(isfinite(share) and 0 <= share <= 1 for share in middle):
            raise QueryError(f"a balloon lies within its panel, from 0 to 1, not at {middle}")
    told = Told(record.request, record.seed, record.boxes, record.notes)
    picture, letters = relettered(_art_of(panel), told, middles)
    others = tuple(edit for edit in record.edits if edit.get("kind") != BALLOONS)
    moved = any(middle is not None for middle in middles)
    edit = {"kind": BALLOONS, "middles": [middle and list(middle) for middle in middles]}
    boxes = {**record.boxes, "balloon": letters.balloons}
    layers = tuple(
        Layer(LETTERING, letters.pixels) if layer.name == LETTERING else layer for layer in panel.layers
    )
    fresh = replace(
        record,
        boxes=boxes,
        edits=(*others, edit) if moved else others,
        picture_sha256=pixels_sha256(picture),
    )
    return replace(panel, picture=picture, boxes=boxes, layers=layers), fresh


def edited_alike(panel: GeneratedPanel, record: PanelRecord) -> tuple[GeneratedPanel, PanelRecord]:
    """Do to a panel, as it came from its backend, what its record says that people did to it.

    Raises:
        ExchangeError: somebody did what this Longbox does not know.
        QueryError, BackendUnavailableError: as :func:`with_balloons_at`.
    """
    for edit in record.edits:
        if edit.get("kind") != BALLOONS:
            raise ExchangeError(
                f"the panel was edited in a way that this Longbox does not know: {edit!r:.80}"
            )
        panel, record = with_balloons_at(panel, record, tuple(_middles_of(edit)))
    return panel, record


def _art_of(panel: GeneratedPanel) -> RgbImage:
    art = next((layer.pixels for layer in panel.layers if layer.name == ART), None)
    if art is None:
        raise QueryError("the balloons of this panel cannot be moved: it was made without layers")
    return art


def _middles_of(edit: Mapping[str, object]) -> Iterator[Middle | None]:
    told = edit.get("middles")
    if not isinstance(told, list):
        raise ExchangeError("the record does not say where balloons were moved to")
    for place in told:
        if place is None:
            yield None
        elif isinstance(place, list) and len(place) == 2 and all(isinstance(x, float | int) for x in place):
            yield float(place[0]), float(place[1])
        else:
            raise ExchangeError(f"the record names no place of a balloon: {place!r:.60}")
