"""Redraws the layout reference in the colours of the others: ``artificer``. No weights, no network.

The layout is a rough, or a black-and-white panel to be coloured.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models.generation.artificer.lines import Drawing
from models.generation.artificer.palette import Swatch, coloured, swatches_of
from models.generation.artificer.regions import regions_of
from models.generation.backend import Conditioning, GeneratedPanel, Progress, unwatched
from models.generation.fitting import covering, ignored_of, starting_point
from schemas.errors import GenerationError
from schemas.generation import BackendDescription, Capability, GenerationRequest, ReferenceRole, SourceType
from schemas.records import RgbImage

_COLOURING = (
    ReferenceRole.PALETTE,
    ReferenceRole.CHARACTER,
    ReferenceRole.BACKGROUND,
    ReferenceRole.STYLE,
)
_CAPABILITIES = frozenset(
    {
        *(Capability.SEED, Capability.SIZE, Capability.WEIGHTS, Capability.LAYOUT),
        *(Capability(role.value) for role in _COLOURING),
    }
)


class ArtificerBackend:
    """Cleans lines, finds the areas they enclose, and colours these by example."""

    @property
    def description(self) -> BackendDescription:
        """What it makes use of: pictures, and no words."""
        return BackendDescription(
            name="artificer",
            version="artificer-1",
            capabilities=_CAPABILITIES,
            source_type=SourceType.COMPOSITE,
            is_deterministic=True,
        )

    def generate(
        self,
        request: GenerationRequest,
        conditioning: Sequence[Conditioning],
        *,
        progress: Progress = unwatched,
    ) -> tuple[GeneratedPanel, ...]:
        """Redraw the layout for each seed; see :class:`models.generation.backend.GenerationBackend`.

        Raises:
            GenerationError: there is no drawing to redraw.
        """
        progress(0.0, "cleaning the lines")
        drawing = starting_point(conditioning)
        if drawing is None:
            raise GenerationError("the artificer redraws a drawing, and there is none: pin one as the layout")
        picture = covering(drawing.picture, request.width_px, request.height_px)
        lines = Drawing.of(picture)
        progress(0.5, "colouring")
        swatches = [
            swatch
            for one in conditioning
            if one is not drawing
            for swatch in swatches_of(one.picture, one.reference.weight)
        ]
        regions = regions_of(lines.ink)
        panels = []
        for variant in range(request.variants):
            progress(0.5 + 0.5 * variant / request.variants, "colouring")
            seed = request.seed + variant
            flats = coloured(lines, regions, swatches, seed) if swatches else _paper(lines)
            panels.append(
                GeneratedPanel(
                    picture=_inked(flats, lines),
                    seed=seed,
                    ignored=ignored_of(request, conditioning, _CAPABILITIES),
                    notes=_notes(drawing, regions.count, swatches),
                )
            )
        progress(1.0, "done")
        return tuple(panels)


def _notes(drawing: Conditioning, regions: int, swatches: Sequence[Swatch]) -> dict[str, str]:
    return {
        "redrawn": drawing.reference.panel_id,
        "areas": str(regions),
        "colours": str(len(swatches)) if swatches else "none: no reference but the drawing",
    }


def _paper(drawing: Drawing) -> NDArray[np.float32]:
    lab = np.zeros((*drawing.light.shape, 3), np.float32)
    lab[..., 0] = 97.0
    return lab


def _inked(flats: NDArray[np.float32], drawing: Drawing) -> RgbImage:
    """Lay tone and lines over flats; a drawing with tones of its own keeps them, and gets colour only."""
    lab, light = flats.copy(), drawing.light
    if drawing.is_shaded:
        lab[..., 0] = 100.0 * light
        # Neither black nor white can hold much colour; pure white is paper: balloons, eyes.
        hold = np.clip(4.0 * light * (1.15 - light), 0.0, 1.0) * np.clip((1.0 - light) / 0.06, 0.0, 1.0)
        lab[..., 1:] *= hold[..., None]
        rgb = np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1)
    else:
        rgb = np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1) * (1.0 - drawing.ink[..., None])
    return np.ascontiguousarray(np.round(rgb * 255.0), dtype=np.uint8)
