"""Whether somebody keeps their colours from panel to panel of a sequence."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from models.figures import load_finder
from schemas.errors import GenerationError, QueryError
from schemas.generation import GenerationRequest
from schemas.records import FloatMatrix
from search.evaluation.generated.judge import LINES
from search.evaluation.generated.labelled import Labelled
from search.evaluation.generated.palettes import palette_of, spread
from search.evaluation.generated.scores import Scores
from search.generation.making import MadePanel, Maker
from search.generation.sequences import make_sequence

PANELS = 4


@dataclass(frozen=True, slots=True)
class _Story:
    """Captions of panels of one book that name the same character."""

    who: str
    panels: tuple[Labelled, ...]


def score_sequences(
    maker: Maker,
    panels: Sequence[Labelled],
    scores: Scores,
    count: int,
    *,
    seed: int = 1,
    told: Callable[[int, int], None] | None = None,
) -> None:
    """Make ``count`` stories of four captions as sequences, and panel by panel, and compare."""
    rng = random.Random(seed)  # noqa: S311 - a choice, not a secret
    stories = list(_stories(panels))
    rng.shuffle(stories)
    for number, story in enumerate(stories[:count]):
        chosen = rng.sample(story.panels, PANELS)
        excluded = tuple(one.panel_id for one in chosen)
        template = GenerationRequest("-", excluded=excluded)
        script = "\n\n".join(f"{one.caption}\n{story.who}: {rng.choice(LINES)}" for one in chosen)
        try:
            together = make_sequence(maker, script, template, is_strip=True).panels
            alone = [maker.make(replace(template, prompt=one.record.request.prompt))[0] for one in together]
        except (GenerationError, QueryError):
            scores.failed += 1
            continue
        scores.palette += spread(_palettes(together, story.who))
        scores.palette_alone += spread(_palettes(alone, story.who))
        if told is not None:
            told(number + 1, min(count, len(stories)))


def _stories(panels: Sequence[Labelled]) -> list[_Story]:
    found: dict[tuple[str, str], list[Labelled]] = {}
    for one in panels:
        for who in one.characters:
            if who.casefold() in one.caption.casefold():
                found.setdefault((one.book_id, who), []).append(one)
    return [_Story(who, tuple(own)) for (_, who), own in sorted(found.items()) if len(own) >= PANELS]


def _palettes(made: Sequence[MadePanel], who: str) -> list[FloatMatrix]:
    found = []
    for one in made:
        cast = json.loads(one.record.notes.get("cast", "[]"))
        named = [k for k, name in enumerate(cast) if who.casefold() in name.casefold()]
        if named and named[0] < len(one.record.boxes["figure"]):
            box = one.record.boxes["figure"][named[0]]
            found.append(palette_of(one.picture, box, load_finder().find(one.picture).figure))
    return found
