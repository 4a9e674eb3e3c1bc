"""Why a hit was found, for people: each side that found it and its part of the score."""

from collections import defaultdict
from dataclasses import dataclass

from schemas.messages import SearchHit
from search.legs.sides import SIDE_OF
from webui.i18n import say
from webui.showing import labels

LEAST_SHARE = 0.03
"""A side that counts for less explains nothing."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A side of a search; ``start`` and ``width`` are its place on a bar of 100."""

    side: str
    label: str
    detail: str
    start: float
    width: float


def reasons_of(hit: SearchHit) -> tuple[Reason, ...]:
    """Return the sides that found a hit, the weightiest first."""
    shares: dict[str, float] = defaultdict(float)
    details: dict[str, list[str]] = defaultdict(list)
    for name, leg in hit.legs.items():
        side = SIDE_OF.get(name.partition("#")[0], name)
        shares[side] += max(leg.share, 0.0)
        details[side].append(say("rank {rank}, score {score}", rank=leg.rank, score=f"{leg.score:.2f}"))
    whole = sum(shares.values()) or 1.0
    ordered = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    shown = [(side, share / whole) for side, share in ordered if share / whole >= LEAST_SHARE]
    return tuple(_reason(side, share, details[side], shown[:at]) for at, (side, share) in enumerate(shown))


def _reason(side: str, share: float, details: list[str], before: list[tuple[str, float]]) -> Reason:
    start = 100 * sum(part for _, part in before)
    label = labels.side(side)
    return Reason(side, label, f"{label}: {'; '.join(details)}", round(start, 1), round(100 * share, 1))
