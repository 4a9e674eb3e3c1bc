"""Scores generated panels: is the prompt in the picture, as another encoder sees it; is the lettering sound.

A labelled panel gives a prompt (its caption) and its elements (characters, place). A panel is made from the
caption without that panel; its nearest labelled panels, those it was made from left out, are found by
an encoder that retrieval did not use, and count where they share an element. The same is done with references
taken at random, and with an empty panel, which has none.
"""

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from models.figures import FigureFinder, load_finder
from models.pictures import crop
from models.protocols import PictureEncoder
from schemas.errors import ConfigError, GenerationError, QueryError
from schemas.generation import GenerationRequest, ReferenceRole, ReferenceWish
from schemas.geometry import Box
from schemas.labels import PageLabel
from schemas.licences import licence_of
from schemas.records import FloatMatrix, RgbImage
from search.evaluation.targets import Targets
from search.generation.gate import Gate
from search.generation.making import MadePanel, Maker

NEIGHBOURS = 5
_LINES = (
    "Wait for me!",
    "I never said that it would be easy.",
    "Who is there?",
    "Look, over there. It moved.",
)
_LEAST_IOU = 0.5


@dataclass(frozen=True, slots=True)
class Labelled:
    """A panel of the library with what it shows, by its label."""

    panel_id: str
    caption: str
    elements: frozenset[str]


@dataclass(slots=True)
class Scores:
    """Sums over the panels made; :meth:`to_json` gives the figures."""

    panels: int = 0
    failed: int = 0
    seconds: list[float] = field(default_factory=list)
    retrieved: list[float] = field(default_factory=list)
    at_random: list[float] = field(default_factory=list)
    without: list[float] = field(default_factory=list)
    copied: list[float] = field(default_factory=list)
    balloons: int = 0
    on_heads: int = 0
    clipped: int = 0
    incomplete: int = 0
    blocked: int = 0

    def to_json(self) -> dict[str, float]:
        """Return the figures."""
        mean = {
            name: float(np.mean(values)) if values else 0.0
            for name, values in (
                ("consistency", self.retrieved),
                ("consistency_random", self.at_random),
                ("consistency_none", self.without),
                ("nearest_reference_cosine", self.copied),
            )
        }
        return {
            "panels": self.panels,
            "failed": self.failed,
            "seconds_median": float(np.median(self.seconds)) if self.seconds else 0.0,
            "seconds_worst": max(self.seconds, default=0.0),
            **mean,
            "balloons": self.balloons,
            "balloons_on_heads": self.on_heads,
            "balloons_clipped": self.clipped,
            "records_incomplete": self.incomplete,
            "references_blocked": self.blocked,
        }


def labelled_panels(labels: Path, maker: Maker) -> list[Labelled]:
    """Return the labelled panels that the library holds. Raises ConfigError where it holds none."""
    targets, found = Targets(maker.library), []
    for path in sorted(labels.rglob("*.json")):
        label = PageLabel.from_json(json.loads(path.read_text("utf-8")))
        for page_id in targets.page_ids(label.image)[:1]:
            panels = maker.library.page(page_id).panels
            for panel in label.panels:
                box = Box.from_pixels(panel.box, width_px=label.size[0], height_px=label.size[1])
                best = max(panels, key=lambda one: one.box.iou(box), default=None)
                elements = frozenset(filter(None, (*panel.characters, panel.place)))
                if best is not None and best.box.iou(box) >= _LEAST_IOU and panel.caption and elements:
                    found.append(Labelled(best.panel_id, panel.caption, elements))
    if not found:
        raise ConfigError(f"no panel labelled in {labels} is in the library: index the pages it labels first")
    return found


@dataclass(slots=True)
class GenerationJudge:
    """Makes panels and scores them with an encoder that retrieval does not use."""

    maker: Maker
    encoder: PictureEncoder
    panels: Sequence[Labelled]
    finder: FigureFinder = field(default_factory=load_finder)

    def score(
        self, count: int, *, side_px: int = 768, seed: int = 1, told: Callable[[int, int], None] | None = None
    ) -> Scores:
        """Make ``count`` panels from captions drawn by chance, and score them."""
        rng = random.Random(seed)  # noqa: S311 - a choice, not a secret
        reader = self.maker.reader
        vectors = self.encoder.encode_images([reader.read(one.panel_id).picture for one in self.panels])
        scores = Scores()
        usable = set(Gate.of(self.maker.library, self.maker.register).usable)
        for number in range(count):
            asked = self.panels[rng.randrange(len(self.panels))]
            line = rng.choice(_LINES)
            request = GenerationRequest(
                f'{asked.caption}\n"{line}"', seed=number, width_px=side_px, height_px=side_px,
                excluded=(asked.panel_id,),
            )  # fmt: skip
            self._one(scores, request, asked, vectors, usable, rng)
            if told is not None:
                told(number + 1, count)
        return scores

    def _one(
        self,
        scores: Scores,
        request: GenerationRequest,
        asked: Labelled,
        vectors: FloatMatrix,
        usable: set[str],
        rng: random.Random,
    ) -> None:
        started = time.perf_counter()
        try:
            (made,) = self.maker.make(request)
            (chance,) = self.maker.make(self._at_random(request, usable, rng))
        except (GenerationError, QueryError):
            scores.failed += 1
            return
        scores.seconds.append((time.perf_counter() - started) / 2)
        scores.panels += 1
        scores.retrieved.append(self._consistency(made, asked, vectors))
        scores.at_random.append(self._consistency(chance, asked, vectors))
        empty = np.full_like(made.picture, 245)
        scores.without.append(
            self._shared(self.encoder.encode_images([empty])[0], asked, vectors, frozenset())
        )
        self._check(scores, made)

    def _at_random(
        self, request: GenerationRequest, usable: set[str], rng: random.Random
    ) -> GenerationRequest:
        open_panels = [one for one in self.panels if one.panel_id.partition("/")[0] in usable]
        first, second = rng.sample(open_panels, 2)
        return replace(
            request,
            pinned=(
                ReferenceWish(first.panel_id, ReferenceRole.BACKGROUND),
                ReferenceWish(second.panel_id, ReferenceRole.CHARACTER),
            ),
            excluded=(),
            prompt=f"Somebody{request.prompt[request.prompt.rfind(chr(10)) :]}",
        )

    def _consistency(self, made: MadePanel, asked: Labelled, vectors: FloatMatrix) -> float:
        used = frozenset(one.panel_id for one in made.record.used)
        return self._shared(self.encoder.encode_images([made.picture])[0], asked, vectors, used)

    def _shared(
        self, vector: FloatMatrix, asked: Labelled, vectors: FloatMatrix, used: frozenset[str]
    ) -> float:
        """Return the share of the nearest panels, without those used and asked, that share an element."""
        order = np.argsort(-(vectors @ vector))
        others = [self.panels[k] for k in order if self.panels[k].panel_id not in used | {asked.panel_id}]
        near = others[:NEIGHBOURS]
        return sum(bool(one.elements & asked.elements) for one in near) / max(len(near), 1)

    def _check(self, scores: Scores, made: MadePanel) -> None:
        boxes, layers = made.record.boxes, {layer.name: layer.pixels for layer in made.panel.layers}
        drawn: RgbImage = np.ascontiguousarray(layers["drawing"][..., :3])
        heads = (*boxes["head"], *self.finder.find(drawn).heads)
        for balloon in boxes["balloon"]:
            scores.balloons += 1
            scores.on_heads += any(_covers(balloon, head) for head in heads)
            scores.clipped += _is_clipped(layers["lettering"])
        data = made.record.to_json()
        needed = ("backend", "request", "references", "encoders", "picture_sha256", "credit", "longbox")
        scores.incomplete += not all(data[name] for name in needed)
        scores.blocked += sum(bool(licence_of(one.licence).obstacle) for one in made.record.used)
        reader = self.maker.reader
        parts = [crop(reader.read(one.panel_id).picture, one.box) for one in made.record.used]
        near = self.encoder.encode_images(parts) @ self.encoder.encode_images([made.picture])[0]
        scores.copied.append(float(near.max()))


def _covers(balloon: Box, head: Box) -> bool:
    """Say whether a balloon lies on a head: a head is the ellipse in its box, a corner of that is air."""
    return balloon.intersection_area(head) > 0.06 * head.area


def _is_clipped(lettering: RgbImage) -> bool:
    """Say whether letters or balloons run out of the panel."""
    alpha = lettering[..., 3]
    return bool(max(alpha[0].max(), alpha[-1].max(), alpha[:, 0].max(), alpha[:, -1].max()) > 0)
