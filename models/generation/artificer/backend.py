"""Redraws the layout reference in the colours of the others: ``artificer``. No weights, no network.

What it redraws is a rough that comes with the request, or the layout: a rough, or a black-and-white panel.
"""

from collections.abc import Sequence

from models.generation.artificer.hatching import example_of
from models.generation.artificer.lines import Plane
from models.generation.artificer.palette import Swatch, swatches_of
from models.generation.artificer.rough import unpacked
from models.generation.artificer.sheet import Sheet, flattened
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
        *(Capability.DRAWING, Capability.LAYERS),
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
            version="artificer-2",
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
            PictureError: the request's drawing is no picture.
        """
        progress(0.0, "cleaning the lines")
        picture, name, others = _drawing_of(request, conditioning)
        sheet = Sheet.of(covering(picture, request.width_px, request.height_px))
        progress(0.5, "colouring")
        swatches = [swatch for one in others for swatch in swatches_of(one.picture, one.reference.weight)]
        example = example_of(others)
        notes = _notes(name, sheet, swatches, example)
        panels = []
        for variant in range(request.variants):
            progress(0.5 + 0.5 * variant / request.variants, "colouring")
            seed = request.seed + variant
            layers = sheet.layers(swatches, example, seed)
            ignored = ignored_of(request, conditioning, _CAPABILITIES)
            panels.append(GeneratedPanel(flattened(layers), seed, ignored, layers=layers, notes=notes))
        progress(1.0, "done")
        return tuple(panels)


def _drawing_of(
    request: GenerationRequest, conditioning: Sequence[Conditioning]
) -> tuple[RgbImage, str, list[Conditioning]]:
    """Return what is redrawn, its name, and the references that colour it."""
    if request.drawing:
        return unpacked(request.drawing), "the drawing of the request", list(conditioning)
    layout = starting_point(conditioning)
    if layout is None:
        raise GenerationError("the artificer redraws a drawing, and there is none: pin one as the layout")
    return layout.picture, layout.reference.panel_id, [one for one in conditioning if one is not layout]


def _notes(name: str, sheet: Sheet, swatches: Sequence[Swatch], example: Plane | None) -> dict[str, str]:
    return {
        "redrawn": name,
        "areas": str(sheet.regions.count),
        "colours": str(len(swatches)) if swatches else "none: no reference but the drawing",
        "tone": "flat" if example is None else "hatched as in the references",
    }
