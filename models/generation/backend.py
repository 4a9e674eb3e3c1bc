"""The seam between retrieval and generators: a request and its references in, a picture out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from schemas.generation import BackendDescription, GenerationRequest, Reference
from schemas.geometry import Box
from schemas.records import RgbImage

Progress = Callable[[float, str], None]
"""Told a share from 0 to 1 and what is being done; raises GenerationCancelledError to end the work."""


def unwatched(share: float, step: str) -> None:
    """Be told of progress, and do nothing with it."""


@dataclass(frozen=True, slots=True)
class Conditioning:
    """A reference and its pixels: the part of the panel that ``reference.box`` names.

    ``lettering`` are the boxes of its words, relative to the picture; ``element`` is whom or what of the
    prompt it stands for, empty where it stands for the whole. ``foreign`` is (h, w) uint8, 255 where the
    picture shows the gutter or another panel, None where it shows neither.
    """

    reference: Reference
    picture: RgbImage
    lettering: tuple[Box, ...] = ()
    element: str = ""
    foreign: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """A part of the picture that can be moved: (h, w, 4) uint8 RGBA of the size of the panel."""

    name: str
    pixels: RgbImage


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a part of a reference came to lie; corners x0, y0, x1, y1, which may lie outside the panel.

    ``source`` is relative to the reference's picture, ``target`` to the panel.
    """

    reference: Reference
    source: tuple[float, float, float, float]
    target: tuple[float, float, float, float]
    is_mirrored: bool = False

    def carried(self, box: Box) -> Box | None:
        """Return where a box of the reference's picture lies in the panel, None where it is not in it."""
        x0, y0, x1, y1 = self.source
        width, height = max(x1 - x0, 1e-9), max(y1 - y0, 1e-9)
        left, right = (box.x0 - x0) / width, (box.x1 - x0) / width
        if self.is_mirrored:
            left, right = 1 - right, 1 - left
        top, bottom = (box.y0 - y0) / height, (box.y1 - y0) / height
        if right <= 0 or left >= 1 or bottom <= 0 or top >= 1:
            return None
        a, b, c, d = self.target
        corners = a + left * (c - a), b + top * (d - b), a + right * (c - a), b + bottom * (d - b)
        if corners[2] <= 0 or corners[0] >= 1 or corners[3] <= 0 or corners[1] >= 1:
            return None
        return Box.clipped(*corners)

    def lowered(self, share: float) -> "Placement":
        """Return it a share of the panel's height further down."""
        x0, y0, x1, y1 = self.target
        return Placement(self.reference, self.source, (x0, y0 + share, x1, y1 + share), self.is_mirrored)


@dataclass(frozen=True, slots=True)
class GeneratedPanel:
    """A picture, and what is known of it.

    ``ignored`` names what was asked for and not used; ``boxes`` says where things came to lie
    (``figure``, ``balloon``, ``head``), panel-relative; ``notes`` are facts for the record. ``used`` are the
    references that went into it; None where the backend cannot tell, which counts as all. ``placements`` says
    where parts of them lie, as far as the backend can tell; ``layers`` are there where they were asked for.
    """

    picture: RgbImage
    seed: int
    ignored: tuple[str, ...] = ()
    boxes: Mapping[str, tuple[Box, ...]] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    used: tuple[Reference, ...] | None = None
    placements: tuple[Placement, ...] = ()


class GenerationBackend(Protocol):
    """Makes panels."""

    @property
    def description(self) -> BackendDescription:
        """What it is and what it makes use of."""
        ...

    def generate(
        self, request: GenerationRequest, conditioning: Sequence[Conditioning], *, progress: Progress = ...
    ) -> tuple[GeneratedPanel, ...]:
        """Return ``request.variants`` panels of the size asked for, one for each seed.

        Raises:
            BackendUnavailableError: it cannot be reached, or lacks a package or weights.
            GenerationError: it answered, and not with a picture of use.
            GenerationCancelledError: ``progress`` ended the work.
        """
        ...
