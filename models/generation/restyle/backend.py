"""Restyles a panel or a rough by the Comic Book Loss: ``restyle``. Needs the extra ``restyle`` (torch).

A small network is trained for this one picture: towards the style of references that were retrieved, and
towards showing the elements that it should, by classifiers of examples of the library. A judge that shares
nothing with these accepts what came out, or refuses it; then the input is kept.

Sources: Human-centric comic making (2022), the Comic Book Loss; Kwon and Ye 2022, arXiv:2112.00374.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from models.figures import FigureFinder, load_finder
from models.generation.backend import Conditioning, GeneratedPanel, Layer, Progress, unwatched
from models.generation.fitting import ignored_of
from models.generation.restyle.judge import ABLE, Judge, Shown, Verdict
from models.generation.restyle.material import Material, sorted_out
from models.pictures import resize_to
from schemas.errors import BackendUnavailableError
from schemas.generation import BackendDescription, Capability, GenerationRequest, SourceType
from schemas.records import RgbImage

if TYPE_CHECKING:
    from models.generation.restyle.classifiers import Ensemble

REPORT = "report"
"""The note that holds the report, as JSON."""
BEFORE, AFTER = "before", "restyled"
"""Layers: the input, and what became of it, also where that was refused."""
_LOOKED_AT_PX = 288
_CAPABILITIES = frozenset(
    {
        *(Capability.SEED, Capability.STEPS, Capability.STRENGTH, Capability.SIZE, Capability.WEIGHTS),
        *(Capability.DRAWING, Capability.LAYERS, Capability.ELEMENTS),
        *(Capability.LAYOUT, Capability.CHARACTER, Capability.BACKGROUND),
        *(Capability.STYLE, Capability.PALETTE),
    }
)


class RestyleBackend:
    """Trains a style network for every picture; slow, and the same on one machine for the same seed."""

    def __init__(self, finder: FigureFinder | None = None) -> None:
        """Load torch and the encoder; the judge looks for figures with ``finder``, None for ours.

        Raises:
            BackendUnavailableError: torch or onnx is not installed.
            WeightsError: the encoder's file is damaged.
        """
        try:
            import torch

            from models.generation.restyle.space import load_mini_space
        except ImportError as error:
            raise BackendUnavailableError(
                "restyling trains a network with torch: pip install 'longbox[restyle]'"
            ) from error
        self._finder = finder
        self._space = load_mini_space()
        self._description = BackendDescription(
            name="restyle",
            version=f"restyle-1+torch-{torch.__version__}",
            capabilities=_CAPABILITIES,
            source_type=SourceType.COMPOSITE_WITH_TRAINED,
            model_sha256=self._space.sha256,
            is_deterministic=True,
        )

    @property
    def description(self) -> BackendDescription:
        """What it makes use of: pictures, elements and no words."""
        return self._description

    def generate(
        self,
        request: GenerationRequest,
        conditioning: Sequence[Conditioning],
        *,
        progress: Progress = unwatched,
    ) -> tuple[GeneratedPanel, ...]:
        """Restyle the input once for each seed; see :class:`models.generation.backend.GenerationBackend`.

        Raises:
            GenerationError: there is nothing to restyle, or no style.
            QueryError: too few panels show or lack an element.
        """
        progress(0.0, "looking at the references")
        material = sorted_out(request, conditioning)
        judge = _judge_of(material, self._finder or load_finder())
        ignored = ignored_of(request, conditioning, _CAPABILITIES)
        used = tuple(one.reference for one in material.used)
        panels = []
        for variant in range(request.variants):

            def told(share: float, step: str, done: int = variant) -> None:
                progress((done + share) / request.variants, step)

            after, facts = self._restyled(request, material, request.seed + variant, told)
            verdict = judge.verdict(material.start, after)
            panels.append(
                GeneratedPanel(
                    picture=after if verdict.is_accepted else material.start,
                    seed=request.seed + variant,
                    ignored=ignored,
                    layers=_layers(material.start, after, is_accepted=verdict.is_accepted),
                    notes=_notes(material, verdict, facts),
                    used=used,
                )
            )
        progress(1.0, "done")
        return tuple(panels)

    def _restyled(
        self, request: GenerationRequest, material: Material, seed: int, progress: Progress
    ) -> tuple[RgbImage, dict[str, object]]:
        from models.generation.restyle.losses import weights_for
        from models.generation.restyle.optimising import Style, Task, restyled

        progress(0.02, "teaching the classifiers")
        ensemble = self._ensemble(material, seed)
        styles = [Style(_small(one), one.reference.weight) for one in material.styles]
        strength = weights_for(request.strength)
        task = Task(material.start, styles, request.steps, seed, strength, material.lettering)

        def told(step: int, _: dict[str, float]) -> None:
            progress(0.05 + 0.94 * (step + 1) / request.steps, f"step {step + 1} of {request.steps}")

        made = restyled(self._space, task, ensemble, told=told)
        facts: dict[str, object] = {"losses": list(made.losses)}
        if ensemble is not None:
            facts["classifiers"] = _opinions(ensemble, material.start, made.picture)
        return made.picture, facts

    def _ensemble(self, material: Material, seed: int) -> "Ensemble | None":
        from models.generation.restyle.classifiers import Examples, trained
        from models.generation.restyle.optimising import one_thread, picture_tensor

        elements = [
            Examples(
                sides.belief.name,
                sides.belief.share,
                tuple(picture_tensor(_small(one))[0] for one in sides.shown),
                tuple(picture_tensor(_small(one))[0] for one in sides.lacking),
            )
            for sides in material.elements
        ]
        with one_thread():
            return trained(self._space, elements, seed=seed) if elements else None


def _opinions(ensemble: "Ensemble", before: RgbImage, after: RgbImage) -> dict[str, dict[str, list[float]]]:
    """Return what each classifier says of each element, before and after."""
    from models.generation.restyle.optimising import one_thread, picture_tensor

    with one_thread():
        found = {
            when: ensemble.probabilities(picture_tensor(_shrunk(picture))).T.tolist()
            for when, picture in (("before", before), ("after", after))
        }
    return {
        name: {when: rows[place] for when, rows in found.items()} for place, name in enumerate(ensemble.names)
    }


def _judge_of(material: Material, finder: FigureFinder) -> Judge:
    elements = [
        Shown(
            sides.belief.name,
            sides.belief.share,
            tuple(map(_small, sides.judged_shown)),
            tuple(map(_small, sides.judged_lacking)),
            tuple(map(_small, sides.shown)),
            tuple(map(_small, sides.lacking)),
        )
        for sides in material.elements
    ]
    styles = [_small(one) for one in material.judged_styles]
    return Judge(elements, styles, held_out_styles=material.held_out_styles, finder=finder)


def _small(one: Conditioning) -> RgbImage:
    return _shrunk(one.picture)


def _shrunk(picture: RgbImage) -> RgbImage:
    return resize_to(picture, _LOOKED_AT_PX) if max(picture.shape[:2]) > _LOOKED_AT_PX else picture


def _layers(before: RgbImage, after: RgbImage, *, is_accepted: bool) -> tuple[Layer, ...]:
    """Return both pictures, what counts on top."""
    both = (Layer(BEFORE, _opaque(before)), Layer(AFTER, _opaque(after)))
    return both if is_accepted else both[::-1]


def _opaque(picture: RgbImage) -> RgbImage:
    return np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])


def _notes(material: Material, verdict: Verdict, facts: dict[str, object]) -> dict[str, str]:
    judged = {
        **asdict(verdict),
        "bce_before": verdict.bce_before,
        "bce_after": verdict.bce_after,
        "able": ABLE,
        "panels": {
            sides.belief.name: {"shown": len(sides.judged_shown), "lacking": len(sides.judged_lacking)}
            for sides in material.elements
        },
    }
    report = {"judge": judged, **facts}
    return {
        "restyled": material.name,
        "verdict": f"accepted: {verdict.why}" if verdict.is_accepted else f"refused: {verdict.why}",
        "picture": "the restyled one" if verdict.is_accepted else "the input, as it came",
        REPORT: json.dumps(_rounded(report), ensure_ascii=False),
    }


def _rounded(told: object) -> object:
    """Return JSON-ready data with four digits: enough to read, and the same everywhere."""
    if isinstance(told, dict):
        return {str(key): _rounded(value) for key, value in told.items()}
    if isinstance(told, list | tuple):
        return [_rounded(value) for value in told]
    return round(float(told), 4) if isinstance(told, float | np.floating) else told
