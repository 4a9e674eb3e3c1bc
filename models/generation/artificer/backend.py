"""Redraws the layout reference in the colours of the others: ``artificer``. No weights, no network.

What it redraws is a rough that comes with the request, or the layout: a rough, or a black-and-white panel.
"""

from collections.abc import Sequence

from models.figures import FigureFinder, load_finder
from models.generation.artificer.colouring import ColourExample
from models.generation.artificer.hatching import example_of
from models.generation.artificer.lines import Plane
from models.generation.artificer.rough import unpacked
from models.generation.artificer.sheet import Sheet, flattened
from models.generation.backend import Conditioning, GeneratedPanel, Progress, unwatched
from models.generation.fitting import covering, ignored_of, starting_point
from schemas.errors import GenerationError
from schemas.generation import BackendDescription, Capability, GenerationRequest, ReferenceRole, SourceType

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

    def __init__(self, finder: FigureFinder | None = None) -> None:
        """Look for figures with ``finder``, with the one that ships where it is None."""
        self._finder = finder

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
        finder = self._finder or load_finder()
        sheet, name, others = _drawing_of(request, conditioning)
        progress(0.5, "colouring")
        examples = [ColourExample(one.picture, one.reference.weight) for one in others]
        hatching = example_of(others)
        notes = _notes(name, sheet, examples, hatching)
        panels = []
        for variant in range(request.variants):
            progress(0.5 + 0.5 * variant / request.variants, "colouring")
            seed = request.seed + variant
            layers = sheet.layers(examples, hatching, finder, seed)
            ignored = ignored_of(request, conditioning, _CAPABILITIES)
            panels.append(GeneratedPanel(flattened(layers), seed, ignored, layers=layers, notes=notes))
        progress(1.0, "done")
        return tuple(panels)


def _drawing_of(
    request: GenerationRequest, conditioning: Sequence[Conditioning]
) -> tuple[Sheet, str, list[Conditioning]]:
    """Return what is redrawn, its name, and the references that colour it."""
    size = request.width_px, request.height_px
    if request.drawing:
        sheet = Sheet.of(covering(unpacked(request.drawing), *size))
        return sheet, "the drawing of the request", list(conditioning)
    layout = starting_point(conditioning)
    if layout is None:
        raise GenerationError("the artificer redraws a drawing, and there is none: pin one as the layout")
    picture = covering(layout.picture, *size)
    is_whole = picture.shape == layout.picture.shape  # else its words lie elsewhere
    sheet = Sheet.of(picture, layout.lettering if is_whole else ())
    return sheet, layout.reference.panel_id, [one for one in conditioning if one is not layout]


def _notes(
    name: str, sheet: Sheet, examples: Sequence[ColourExample], hatching: Plane | None
) -> dict[str, str]:
    return {
        "redrawn": name,
        "areas": str(sheet.regions.count),
        "colours": f"of {len(examples)}" if examples else "none: no reference but the drawing",
        "tone": "flat" if hatching is None else "hatched as in the references",
    }
