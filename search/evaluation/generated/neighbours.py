"""What a picture's nearest labelled panels have in common with its prompt.

The encoder is another one than retrieval used. Two figures: the share of neighbours that share an element at
all, and, each element by itself, the share that has it, averaged over the elements: where nine panels of ten
show the hero, the first says little.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from schemas.records import FloatMatrix
from search.evaluation.generated.labelled import Labelled

NEIGHBOURS = 5


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Labelled panels and the vectors of their pictures."""

    panels: Sequence[Labelled]
    vectors: FloatMatrix

    def near(self, vector: FloatMatrix, left_out: frozenset[str]) -> list[Labelled]:
        """Return the nearest panels but those left out."""
        order = np.argsort(-(self.vectors @ vector), kind="stable")
        others = (self.panels[int(place)] for place in order)
        return [one for one in others if one.panel_id not in left_out][:NEIGHBOURS]

    def vector_of(self, panel_id: str) -> FloatMatrix:
        """Return the vector of a labelled panel."""
        ids = [one.panel_id for one in self.panels]
        return np.asarray(self.vectors[ids.index(panel_id)], np.float32)

    def by_chance(self, asked: Labelled) -> "Shared":
        """Return what panels drawn by chance share."""
        return shared(asked, [one for one in self.panels if one.panel_id != asked.panel_id])


@dataclass(frozen=True, slots=True)
class Shared:
    """What neighbours share with a prompt: ``any`` element, and each one by itself."""

    any: float
    each: dict[str, float]


def shared(asked: Labelled, near: Sequence[Labelled]) -> Shared:
    """Return the shares of panels that have an element of the prompt."""
    count = max(len(near), 1)
    return Shared(
        sum(bool(one.elements & asked.elements) for one in near) / count,
        {name: sum(name in one.elements for one in near) / count for name in asked.elements},
    )


@dataclass(slots=True)
class Tally:
    """Sums of :class:`Shared` over many prompts."""

    seen: list[Shared] = field(default_factory=list)

    @property
    def any(self) -> float:
        """Mean share that has some element of the prompt."""
        return mean(one.any for one in self.seen)

    @property
    def each(self) -> float:
        """Mean over the elements of the share that has that one."""
        by_name: dict[str, list[float]] = {}
        for one in self.seen:
            for name, value in one.each.items():
                by_name.setdefault(name, []).append(value)
        return mean(mean(values) for values in by_name.values())


def mean(values: Iterable[float]) -> float:
    """Return the mean, 0 of nothing."""
    found = list(values)
    return float(np.mean(found)) if found else 0.0
