"""What is asked of a generator, what it declares, and what its work was made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from schemas.errors import QueryError
from schemas.filters import check_words
from schemas.geometry import Box

MAX_PROMPT = 4_000
MIN_SIDE_PX, MAX_SIDE_PX = 128, 2_048
MAX_VARIANTS, MAX_REFERENCES = 8, 32
MAX_STEPS, MAX_GUIDANCE = 400, 30.0
MAX_SEED = 2**32 - 1
MAX_RENDER = 40
MAX_ELEMENT = 80
MAX_BELIEFS = 4
"""Elements that a panel may be asked to show or to lack."""
MAX_SCRIPT = 100_000
MAX_DRAWING = 1_400_000
"""Characters of a drawing that comes with a request."""


class ReferenceRole(StrEnum):
    """What a reference gives to the panel."""

    LAYOUT = "layout"  # where figures, balloons and the horizon are
    CHARACTER = "character"
    BACKGROUND = "background"
    STYLE = "style"
    PALETTE = "palette"


class Capability(StrEnum):
    """What a backend makes use of; what it does not is recorded as ignored."""

    PROMPT = "prompt"
    NEGATIVE = "negative"
    SEED = "seed"
    STRENGTH = "strength"
    STEPS = "steps"
    GUIDANCE = "guidance"
    SIZE = "size"
    WEIGHTS = "weights"  # of references
    BOXES = "boxes"  # of references
    LETTERING = "lettering"  # draws balloons and text
    LAYERS = "layers"  # gives its layers too
    RENDER = "render"  # how it is drawn
    DRAWING = "drawing"  # redraws what comes with the request
    ELEMENTS = "elements"  # shows who and what it should, by classifiers
    LAYOUT = "layout"
    CHARACTER = "character"
    BACKGROUND = "background"
    STYLE = "style"
    PALETTE = "palette"


class SourceType(StrEnum):
    """IPTC digital source type of what a backend makes."""

    COMPOSITE = "composite"
    COMPOSITE_WITH_TRAINED = "compositeWithTrainedAlgorithmicMedia"
    TRAINED_ALGORITHMIC_MEDIA = "trainedAlgorithmicMedia"


@dataclass(frozen=True, slots=True)
class ReferenceWish:
    """A panel that a person wants used: ``role`` None lets the retrieval choose what it is good for.

    ``box`` is the part of the panel that counts, relative to the panel; ``element`` is whom of the prompt it
    stands for, empty where that is left open. Raises QueryError for a weight that is none.
    """

    panel_id: str
    role: ReferenceRole | None = None
    weight: float = 1.0
    box: Box | None = None
    element: str = ""

    def __post_init__(self) -> None:
        """Check the weight, and the words."""
        check_words("element", self.element, max_characters=MAX_ELEMENT)
        if not (isfinite(self.weight) and 0.0 < self.weight <= 1.0):
            raise QueryError(
                f"the weight of a reference is above 0 and at most 1, "
                f"got {self.weight:g} for {self.panel_id[:80]}"
            )


@dataclass(frozen=True, slots=True)
class Belief:
    """How surely an element of the library is to be seen, from 0, not at all, to 1. Raises QueryError."""

    name: str
    share: float = 1.0

    def __post_init__(self) -> None:
        """Check the share."""
        if not self.name.strip():
            raise QueryError("name the element that the panel is to show")
        if not (isfinite(self.share) and 0.0 <= self.share <= 1.0):
            raise QueryError(f"what is believed of {self.name[:60]!r} is from 0 to 1, got {self.share:g}")


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One panel, or several variants of it. Raises QueryError for what no backend could do.

    ``variants`` are made with the seeds ``seed``, ``seed + 1``, …; ``strength`` is how far the
    outcome may go from its references, 0 to 1; ``excluded`` are panels never to be used.
    """

    prompt: str
    negative: str = ""
    backend: str = "storyboard"
    seed: int = 0
    strength: float = 0.6
    steps: int = 20
    guidance: float = 6.0
    width_px: int = 768
    height_px: int = 768
    variants: int = 1
    pinned: tuple[ReferenceWish, ...] = ()
    excluded: tuple[str, ...] = ()
    uses_generated: bool = False
    """Whether panels that were generated may be references."""
    render: str = ""
    """How it is drawn, by a word that the backend knows; empty is its own way."""
    layers: bool = False
    """Whether the layers are wanted too, where the backend has some."""
    script: str = ""
    """A text that becomes a panel a beat, of one cast; the prompt then only names it."""
    is_strip: bool = False
    """Whether the panels of a script are read downwards, else as pages."""
    drawing: str = ""
    """A rough to be redrawn, a picture in base64; where panels are pinned too, no others are looked for."""
    elements: tuple[Belief, ...] = ()
    """Who and what it is to show, or to lack."""

    def __post_init__(self) -> None:
        """Check every number and the words."""
        check_words("prompt", self.prompt, max_characters=MAX_PROMPT)
        check_words("negative", self.negative, max_characters=MAX_PROMPT)
        check_words("render", self.render, max_characters=MAX_RENDER)
        if len(self.drawing) > MAX_DRAWING:
            raise QueryError(f"a drawing has at most {MAX_DRAWING:,} characters: scale it down")
        if len(self.script) > MAX_SCRIPT:
            raise QueryError(f"a script has at most {MAX_SCRIPT:,} characters: make it in parts")
        if not self.prompt.strip():
            raise QueryError("say what the panel shows: the prompt is empty")
        _check_range("seed", self.seed, 0, MAX_SEED)
        _check_range("strength", self.strength, 0.0, 1.0)
        _check_range("steps", self.steps, 1, MAX_STEPS)
        _check_range("guidance", self.guidance, 0.0, MAX_GUIDANCE)
        _check_range("width", self.width_px, MIN_SIDE_PX, MAX_SIDE_PX)
        _check_range("height", self.height_px, MIN_SIDE_PX, MAX_SIDE_PX)
        _check_range("variants", self.variants, 1, MAX_VARIANTS)
        _check_range("number of pinned references", len(self.pinned), 0, MAX_REFERENCES)
        _check_range("number of elements", len(self.elements), 0, MAX_BELIEFS)
        _check_told_once([one.name for one in self.elements])
        _check_pins(self.pinned)
        both = {wish.panel_id for wish in self.pinned} & set(self.excluded)
        if both:
            raise QueryError(f"{min(both)[:80]} is pinned and excluded at once: take it out of one list")


@dataclass(frozen=True, slots=True)
class Reference:
    """A panel that was used: enough to credit it, to find it again and to take it back.

    ``sha256`` is of the pixels used; ``box`` relative to the panel.
    """

    panel_id: str
    book_id: str
    title: str
    role: ReferenceRole
    weight: float
    box: Box
    sha256: str
    licence: str
    credit: str
    page_no: int
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class BackendDescription:
    """What makes the work of a backend what it is: two equal descriptions do the same.

    ``model_sha256`` is empty for a backend without weights; ``is_deterministic`` says that the same
    request and references give the same bytes on one machine.
    """

    name: str
    version: str
    capabilities: frozenset[Capability]
    source_type: SourceType
    model_sha256: str = ""
    is_deterministic: bool = False


def _check_pins(pinned: Sequence[ReferenceWish]) -> None:
    """Refuse pins that contradict each other."""
    layouts = list(dict.fromkeys(one.panel_id for one in pinned if one.role is ReferenceRole.LAYOUT))
    if len(layouts) > 1:
        raise QueryError(f"{layouts[0][:80]} and {layouts[1][:80]} are both pinned as the layout: choose one")
    weights: dict[tuple[str, ReferenceRole | None, Box | None], float] = {}
    for one in pinned:
        if weights.setdefault((one.panel_id, one.role, one.box), one.weight) != one.weight:
            raise QueryError(f"{one.panel_id[:80]} is pinned twice with different weights: say which holds")


def _check_told_once(names: Sequence[str]) -> None:
    folded = [name.casefold().strip() for name in names]
    twice = next((name for name in names if folded.count(name.casefold().strip()) > 1), None)
    if twice is not None:
        raise QueryError(f"the element {twice[:60]!r} is named twice: say once how surely it is to be seen")


def _check_range(name: str, value: float, least: float, most: float) -> None:
    if not (isfinite(value) and least <= value <= most):
        raise QueryError(f"{name} is from {least:g} to {most:g}, got {value:g}")
