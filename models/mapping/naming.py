"""Names for clusters: the terms that set them apart from all the others.

Class-based tf-idf (Grootendorst, 2022), by the number of panels that have a term: how many of a
cluster's panels, times how rare it is over all clusters. What half of all panels have names nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHOWN, KEPT = 3, 10
"""Terms in a name, and terms kept for each cluster."""
LEAST_PANELS = 2
LIFTS = {"word": 1.4, "tag": 1.25, "facet": 1.6, "layout": 1.35, "background": 2.0}
"""How much more common a term of each kind must be in a cluster than in the whole library."""
SHARES = {"word": 0.0, "tag": 0.12, "facet": 0.45, "layout": 0.45, "background": 0.6}
"""Share of a cluster's panels that must have a term of each kind for it to name the cluster."""
WEIGHTS = {"word": 1.0, "tag": 1.3, "facet": 1.4, "layout": 1.4, "background": 0.8}
"""What panels show says more at a glance than a word that some of them hold, and that more than where
they come from: languages and decades are the background."""
_WORD = re.compile(r"[^\W\d_]{3,20}")
_NOTHING_SAID = """
the and you that for are but not with this have was what your all can his her him she they them from
will who out get one our has had were been there here just about like when then how why where too did
does don isn aren won into than some its got let know now well yes hey okay per che non una uno con
del della sono mia mio est les des pas que qui dans pour der die das und ist nicht ein eine los las
por auf
"""
_STOP = frozenset(_NOTHING_SAID.split())


@dataclass(frozen=True, slots=True)
class Term:
    """What a panel says, shows or is; ``kind`` is one of :data:`SHARES`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Named:
    """A cluster's name, and its terms, the most telling first."""

    name: str
    terms: tuple[str, ...]


def words_of(*texts: str | None) -> set[Term]:
    """Return the words of texts, each once, those that say nothing left out."""
    found = (word for text in texts if text for word in _WORD.findall(text.casefold()))
    return {Term("word", word) for word in found if word not in _STOP}


def name_clusters(panels: Iterable[Iterable[Term]], labels: NDArray[np.int32], count: int) -> list[Named]:
    """Return a name for each of ``count`` clusters, no two the same.

    Args:
        panels: the terms of each panel.
        labels: the cluster of each panel (n,), -1 for none.
        count: how many clusters there are.
    """
    mine: list[Counter[Term]] = [Counter() for _ in range(count)]
    overall: Counter[Term] = Counter()
    for terms, label in zip(panels, labels.tolist(), strict=True):
        overall.update(terms)
        if label >= 0:
            mine[label].update(terms)
    sizes = np.bincount(labels[labels >= 0], minlength=count)
    ranked = [
        _ranked(counts, overall, int(size), len(labels)) for counts, size in zip(mine, sizes, strict=True)
    ]
    return _told_apart(ranked)


def _ranked(counts: Mapping[Term, int], overall: Mapping[Term, int], size: int, total: int) -> list[str]:
    scored: list[tuple[float, str]] = []
    for term, inside in counts.items():
        share, everywhere = inside / size, overall[term] / total
        if inside < LEAST_PANELS or share < SHARES[term.kind] or share < LIFTS[term.kind] * everywhere:
            continue
        rarity = np.log((1.0 - everywhere + 0.5 / total) / (everywhere + 0.5 / total) + 1.0)
        scored.append((float(WEIGHTS[term.kind] * share * rarity), term.text))
    best: dict[str, float] = {}
    for score, text in scored:
        best[text] = max(score, best.get(text, 0.0))
    return sorted(best, key=lambda text: (-best[text], text))[:KEPT]


def _told_apart(ranked: Sequence[Sequence[str]]) -> list[Named]:
    """Make names of the first terms; where two would be the same, the later one says more or counts on."""
    taken: set[str] = set()
    named = []
    for number, terms in enumerate(ranked, start=1):
        tries = [", ".join(terms[:shown]) for shown in range(min(SHOWN, len(terms)), len(terms) + 1) if shown]
        name = next((one for one in tries if one not in taken), "")
        name = name or (f"{tries[0]} ({number})" if tries else f"cluster {number}")
        taken.add(name)
        named.append(Named(name, tuple(terms)))
    return named
