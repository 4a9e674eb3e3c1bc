"""Panels of a sequence with what is to be compared in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from schemas.geometry import Box
from schemas.records import RgbImage
from search.generation.records import PanelRecord

Kind = Literal["figure", "place"]
MAX_PANELS = 400
"""Panels that are compared at once; a longer sequence is compared in parts."""


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody or some place in a panel: ``box`` is panel-relative, the whole panel for a place."""

    element: str
    kind: Kind
    box: Box


@dataclass(frozen=True, slots=True)
class SequencePanel:
    """One panel: ``name`` says which, as people say it; ``why_not`` says why its picture is missing.

    ``absent`` are those that the prompt names and the panel does not show, ``covered`` is where words lie.
    """

    number: int
    name: str
    picture: RgbImage | None
    parts: tuple[Part, ...] = ()
    absent: tuple[str, ...] = ()
    covered: tuple[Box, ...] = ()
    told: str = ""
    record: PanelRecord | None = None
    panel_id: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class PanelSequence:
    """Panels in order, under a title."""

    title: str
    panels: Sequence[SequencePanel]
