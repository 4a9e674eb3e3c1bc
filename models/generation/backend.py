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
class GeneratedPanel:
    """A picture, and what is known of it.

    ``ignored`` names what was asked for and not used; ``boxes`` says where things came to lie
    (``figure``, ``balloon``, ``head``), panel-relative; ``notes`` are facts for the record. ``used`` are the
    references that went into it; None where the backend cannot tell, which counts as all.
    """

    picture: RgbImage
    seed: int
    ignored: tuple[str, ...] = ()
    boxes: Mapping[str, tuple[Box, ...]] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    used: tuple[Reference, ...] | None = None


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
