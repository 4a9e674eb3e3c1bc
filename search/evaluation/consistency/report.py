"""What a report of consistency says: elements with their crops, findings, and how to make a panel anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from schemas.generation import GenerationRequest
from schemas.geometry import Box
from schemas.records import RgbImage
from search.evaluation.consistency.panels import Kind
from search.generation.records import request_json

FindingKind = Literal["colour", "look", "absent", "missing", "unsteady"]


@dataclass(frozen=True, slots=True)
class Showing:
    """An element in one panel: likeness and colour distance to its other crops, the judge's belief.

    ``likeness`` is a cosine, ``colours`` a mean CIEDE2000, ``belief`` from 0 to 1; None where there is
    nothing to compare with, or no judge.
    """

    panel: int
    name: str
    panel_id: str
    box: Box
    picture: RgbImage
    likeness: float | None
    colours: float | None
    belief: float | None
    is_odd: bool

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data, without the pixels."""
        return {
            "panel": self.panel,
            "name": self.name,
            "panel_id": self.panel_id,
            "box": [round(side, 4) for side in self.box.as_tuple()],
            "likeness": _rounded(self.likeness),
            "colour_distance": _rounded(self.colours, 2),
            "belief": _rounded(self.belief),
            "stands_out": self.is_odd,
        }


@dataclass(frozen=True, slots=True)
class Measure:
    """A mean over the pairs of an element's crops, beside that of pairs at random."""

    own: float | None
    chance: float | None

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {"own": _rounded(self.own), "at_random": _rounded(self.chance)}


@dataclass(frozen=True, slots=True)
class ElementReport:
    """An element of a sequence; ``reference`` is the picture that stood for it, where there is one."""

    name: str
    kind: Kind
    showings: tuple[Showing, ...]
    absent: tuple[int, ...]
    likeness: Measure
    colours: Measure
    belief: Measure
    reference: RgbImage | None = None

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {
            "element": self.name,
            "kind": self.kind,
            "panels": [one.to_json() for one in self.showings],
            "absent": list(self.absent),
            "likeness": self.likeness.to_json(),
            "colour_distance": self.colours.to_json(),
            "belief": self.belief.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """A panel that stands out, and by what; an element that is unsteady does so as a whole, in panel 0.

    ``was`` and ``now`` are names of colours, ``thing`` what the prompt calls what has that colour, ``place``
    is top, middle or foot of the figure, and ``share`` how much of it changed.
    """

    panel: int
    name: str
    element: str
    kind: FindingKind
    was: str = ""
    now: str = ""
    thing: str = ""
    place: str = ""
    share: float = 0.0
    value: float | None = None
    usual: float | None = None
    why: str = ""

    @property
    def said(self) -> str:
        """The finding as a sentence."""
        if self.kind == "missing":
            return f"{self.name}: its picture is missing ({self.why})"
        if self.kind == "unsteady":
            return f"{self.element} looks different from panel to panel"
        if self.kind == "absent":
            return f"{self.name}: {self.element} is named and not shown"
        if self.kind == "look":
            return f"{self.name}: {self.element} looks like somebody else"
        if not self.was:
            return f"{self.name}: {self.element} has other colours than elsewhere"
        if self.thing:
            return f"{self.name}: {self.element}: the {self.thing} turned from {self.was} to {self.now}"
        where = f" at the {self.place}" if self.place else ""
        return f"{self.name}: {self.element}: what is {self.was} elsewhere is {self.now} here{where}"

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {
            "panel": self.panel,
            "name": self.name,
            "element": self.element,
            "kind": self.kind,
            "said": self.said,
            "was": self.was,
            "now": self.now,
            "thing": self.thing,
            "place": self.place,
            "share": _rounded(self.share),
            "value": _rounded(self.value),
            "usual": _rounded(self.usual),
        }


@dataclass(frozen=True, slots=True)
class ConsistencyReport:
    """The report of a sequence; ``anew`` has a request for each panel that is worth another go."""

    title: str
    panels: int
    encoder: str
    elements: tuple[ElementReport, ...]
    findings: tuple[Finding, ...]
    anew: Mapping[int, GenerationRequest]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {
            "title": self.title,
            "panels": self.panels,
            "encoder": self.encoder,
            "elements": [one.to_json() for one in self.elements],
            "findings": [one.to_json() for one in self.findings],
            "anew": {str(number): request_json(request) for number, request in self.anew.items()},
            "notes": list(self.notes),
        }


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(float(value), digits)
