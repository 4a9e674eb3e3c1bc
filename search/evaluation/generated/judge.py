"""Makes panels from captions, and scores them.

A panel is made from a caption without the panel that it is of; its nearest labelled panels, those it was made
from left out, are found by an encoder that retrieval did not use. The same is done with references taken at
random, with an empty panel, which has none, and with the panel itself: more than that no maker can reach.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.elements.judge import ElementJudge
from models.figures import FigureFinder, load_finder
from models.generation.classifier import Classifier, inception_score
from models.instances.finding import people_in
from models.pictures import crop
from models.protocols import PictureEncoder
from schemas.elements import DEFAULT_SIDE
from schemas.errors import ConfigError, GenerationError, QueryError
from schemas.generation import GenerationRequest, ReferenceRole, ReferenceWish
from schemas.geometry import Box
from schemas.licences import licence_of
from schemas.records import FloatMatrix, RgbImage
from search.evaluation.generated.copying import copying
from search.evaluation.generated.labelled import Labelled
from search.evaluation.generated.layouts import layout_iou
from search.evaluation.generated.neighbours import Neighbourhood, Shared, shared
from search.evaluation.generated.scores import Scores
from search.generation.gate import Gate
from search.generation.making import MadePanel, Maker

LINES = (
    "Wait for me!",
    "I never said that it would be easy.",
    "Who is there?",
    "Look, over there. It moved.",
)


@dataclass(slots=True)
class GenerationJudge:
    """Makes panels and scores them with an encoder that retrieval does not use."""

    maker: Maker
    encoder: PictureEncoder
    panels: Sequence[Labelled]
    classifier: Classifier | None = None
    finder: FigureFinder = field(default_factory=load_finder)

    def score(
        self, count: int, *, side_px: int = 768, seed: int = 1, told: Callable[[int, int], None] | None = None
    ) -> Scores:
        """Make ``count`` panels from captions drawn by chance, and score them."""
        rng = random.Random(seed)  # noqa: S311 - a choice, not a secret
        pictures = [self.maker.reader.read(one.panel_id).picture for one in self.panels]
        around = Neighbourhood(self.panels, self.encoder.encode_images(pictures))
        scores = Scores(classifier=self.classifier.name if self.classifier else "")
        usable = set(Gate.of(self.maker.library, self.maker.register).usable)
        drawn: list[RgbImage] = []
        for number in range(count):
            asked = self.panels[rng.randrange(len(self.panels))]
            request = GenerationRequest(
                f'{asked.caption}\n"{rng.choice(LINES)}"', width_px=side_px, height_px=side_px,
                excluded=(asked.panel_id,), layers=True,
            )  # fmt: skip
            made = self._one(scores, request, asked, around, self._at_random(request, usable, rng))
            drawn += [made.picture] if made is not None else []
            if told is not None:
                told(number + 1, count)
        if self.classifier is not None and drawn:
            scores.inception_score = inception_score(self.classifier.classify(drawn))
        return scores

    def _one(
        self,
        scores: Scores,
        request: GenerationRequest,
        asked: Labelled,
        around: Neighbourhood,
        at_random: GenerationRequest,
    ) -> MadePanel | None:
        started = time.perf_counter()
        try:
            (made,) = self.maker.make(request)
            scores.seconds.append(time.perf_counter() - started)
            (chance,) = self.maker.make(at_random)
        except (GenerationError, QueryError):
            scores.failed += 1
            return None
        scores.panels += 1
        itself = frozenset({asked.panel_id})
        empty = np.full_like(made.picture, 245)
        nothing = around.near(self._vector(empty), itself)
        ceiling = around.near(around.vector_of(asked.panel_id), itself)
        scores.retrieved.seen.append(self._shared(made, asked, around))
        scores.at_random.seen.append(self._shared(chance, asked, around))
        scores.without.seen.append(shared(asked, nothing))
        scores.ceiling.seen.append(shared(asked, ceiling))
        scores.by_chance.seen.append(around.by_chance(asked))
        self._check(scores, made)
        self._compare(scores, made)
        self._presence(scores, made, chance, asked)
        return made

    def _vector(self, picture: RgbImage) -> FloatMatrix:
        vectors = self.encoder.encode_images([picture])
        return np.asarray(vectors[0], np.float32)

    def _at_random(
        self, request: GenerationRequest, usable: set[str], rng: random.Random
    ) -> GenerationRequest:
        open_panels = [one for one in self.panels if one.book_id in usable]
        if len(open_panels) < 2:
            raise ConfigError(
                "fewer than two labelled panels may be references: declare licences with 'longbox rights'"
            )
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

    def _shared(self, made: MadePanel, asked: Labelled, around: Neighbourhood) -> Shared:
        used = frozenset(one.panel_id for one in made.record.used) | {asked.panel_id}
        return shared(asked, around.near(self._vector(made.picture), used))

    def _check(self, scores: Scores, made: MadePanel) -> None:
        boxes, layers = made.record.boxes, {layer.name: layer.pixels for layer in made.panel.layers}
        drawn: RgbImage = np.ascontiguousarray(layers["drawing"][..., :3])
        heads = (*boxes["head"], *self.finder.find(drawn).heads)
        for balloon in boxes["balloon"]:
            scores.balloons += 1
            scores.on_heads += any(covers(balloon, head) for head in heads)
            scores.clipped += is_clipped(layers["lettering"])
        data = made.record.to_json()
        needed = ("backend", "request", "references", "encoders", "picture_sha256", "credit", "longbox")
        scores.incomplete += not all(data[name] for name in needed)
        scores.blocked += sum(bool(licence_of(one.licence).obstacle) for one in made.record.used)

    def _compare(self, scores: Scores, made: MadePanel) -> None:
        """Compare with what it was made from, and with the layout that it was to follow."""
        reader = self.maker.reader
        parts = [crop(reader.read(one.panel_id).picture, one.box) for one in made.record.used]
        near = self.encoder.encode_images(parts) @ self._vector(made.picture)
        scores.nearest.append(float(near.max()))
        most, share = copying(made.picture, parts)
        scores.copy_most.append(most)
        scores.copy_share.append(share)
        models = [one.reference for one in made.record.offered if one.reference.role is ReferenceRole.LAYOUT]
        if models:
            scores.layout_followed.append(float(models[0] in made.record.used))
            other = self.panels[(scores.panels * 37) % len(self.panels)]
            for found, panel_id in (
                (scores.layout, models[0].panel_id),
                (scores.layout_random, other.panel_id),
            ):
                people = people_in(reader.figures(reader.read(panel_id)))
                found.append(layout_iou(made.record.boxes["figure"], [one.box for one in people]))

    def _presence(self, scores: Scores, made: MadePanel, chance: MadePanel, asked: Labelled) -> None:
        """Ask the library's own judges of elements whether those of the prompt are in the picture."""
        library = self.maker.library
        encoder = f"{DEFAULT_SIDE}:{library.format.encoder_ids.get('picture', '')}"
        known = [
            one
            for one in library.snapshot().elements.facts()
            if one.encoder == encoder
            and any(one.name.casefold() == name.casefold() for name in asked.elements)
        ]
        if not known:
            return
        judge = ElementJudge.of(tuple(known))
        vectors = library.encoders.picture().encode_images([made.picture, chance.picture])
        likely = judge.likely(vectors)
        scores.present += likely[0].tolist()
        scores.present_random += likely[1].tolist()


def covers(balloon: Box, head: Box) -> bool:
    """Say whether a balloon lies on a head: a head is the ellipse in its box, a corner of that is air."""
    return balloon.intersection_area(head) > 0.06 * head.area


def is_clipped(lettering: RgbImage) -> bool:
    """Say whether letters or balloons run out of the panel."""
    alpha = lettering[..., 3]
    return bool(max(alpha[0].max(), alpha[-1].max(), alpha[:, 0].max(), alpha[:, -1].max()) > 0)
