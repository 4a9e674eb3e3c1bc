"""Scores how lines were put together: whole balloons, their kinds, and the order between them.

A balloon is what a label knows as one text with its place. The lines that were read inside it
should make one region with nothing else in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from indexer.evaluation.scores import mean
from indexer.evaluation.transcripts import Transcript
from schemas.labels import TextKind
from schemas.records import TextLine, TextRegion


class Grouping(StrEnum):
    """What became of a balloon."""

    WHOLE = "whole"  # its lines are one region and nothing else is
    SPLIT = "split"  # its lines are in several regions, each of them its own
    FUSED = "fused"  # a region holds something else besides
    MISSED = "missed"  # no line of it was read


@dataclass(frozen=True, slots=True)
class BalloonScore:
    """One balloon: its true kind, what became of it, and the kind of the region with most of its lines.

    ``follows`` says whether its region comes after that of the balloon that is read before it in the
    same panel; None for the first of a panel and where one of the two was not read.
    """

    true_kind: TextKind
    grouping: Grouping
    found_kind: TextKind | None = None
    follows: bool | None = None


@dataclass(frozen=True, slots=True)
class KindFigures:
    """Figures of the balloons of one kind.

    ``groupings`` is the share of each :class:`Grouping`, ``found`` that of each kind they were taken
    for, unread ones left out.
    """

    balloons: int
    groupings: Mapping[str, float]
    found: Mapping[str, float]

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {"balloons": self.balloons, **self.groupings, "found": dict(self.found)}


def score_balloons(
    lines: Sequence[TextLine],
    regions: Sequence[TextRegion],
    owned: Sequence[Sequence[TextRegion]],
    transcript: Transcript,
) -> tuple[BalloonScore, ...]:
    """Score each text whose place is known; ``owned`` are the regions of each panel in reading order."""
    homes = [_home(line, regions) for line in lines]
    texts = [text_under(line, transcript) for line in lines]
    order = {id(region): place for place, region in enumerate(r for panel in owned for r in panel)}
    places: list[int | None] = []
    scores: list[BalloonScore] = []
    for index, text in enumerate(transcript.texts):
        own = [home for home, under in zip(homes, texts, strict=True) if under == index]
        kept = [home for home in own if home is not None]
        best = max(kept, key=kept.count, default=None)
        places.append(None if best is None else order.get(id(regions[best])))
        if text.box is None:
            continue
        strangers = any(home in kept and under != index for home, under in zip(homes, texts, strict=True))
        scores.append(
            BalloonScore(
                text.kind,
                _grouping(kept, strangers=strangers),
                None if best is None else regions[best].kind,
                _follows(index, places, transcript),
            )
        )
    return tuple(scores)


def text_under(line: TextLine, transcript: Transcript) -> int | None:
    """Return the smallest known text that the middle of a line lies in."""
    around = [
        (text.box.area, index)
        for index, text in enumerate(transcript.texts)
        if text.box is not None and text.box.contains(line.box.center)
    ]
    return min(around)[1] if around else None


def share_of(scores: Sequence[BalloonScore], grouping: Grouping) -> float | None:
    """Return the share of balloons of which this became, None of no balloon."""
    return mean([float(score.grouping is grouping) for score in scores])


def kind_accuracy(scores: Sequence[BalloonScore]) -> float | None:
    """Return the share of balloons read whose kind is right, None where no label says kinds."""
    return mean([float(score.found_kind is score.true_kind) for score in _with_kind(scores)])


def order_accuracy(scores: Sequence[BalloonScore]) -> float | None:
    """Return the share of balloons that follow the one before, None where no panel has two."""
    return mean([float(score.follows) for score in scores if score.follows is not None])


def figures_by_kind(scores: Sequence[BalloonScore]) -> dict[str, KindFigures]:
    """Return the figures of each kind that labels name."""
    kinds = [kind for kind in TextKind if any(score.true_kind is kind for score in scores)]
    return {
        kind.value: _figures([score for score in scores if score.true_kind is kind])
        for kind in kinds
        if kind is not TextKind.UNKNOWN
    }


def _figures(scores: Sequence[BalloonScore]) -> KindFigures:
    read = _with_kind(scores)
    shares = {grouping.value: share_of(scores, grouping) or 0.0 for grouping in Grouping}
    found = {
        kind.value: mean([float(score.found_kind is kind) for score in read]) or 0.0 for kind in TextKind
    }
    return KindFigures(len(scores), shares, found)


def _with_kind(scores: Sequence[BalloonScore]) -> list[BalloonScore]:
    return [s for s in scores if s.found_kind is not None and s.true_kind is not TextKind.UNKNOWN]


def _grouping(kept: Sequence[int], *, strangers: bool) -> Grouping:
    if not kept:
        return Grouping.MISSED
    if strangers:
        return Grouping.FUSED
    return Grouping.WHOLE if len(set(kept)) == 1 else Grouping.SPLIT


def _home(line: TextLine, regions: Sequence[TextRegion]) -> int | None:
    """Return the smallest region that holds a line; None where it was dropped as noise."""
    holders = [
        (region.box.area, index)
        for index, region in enumerate(regions)
        if region.box.contains(line.box.center) and line.text in region.raw_text.split("\n")
    ]
    return min(holders)[1] if holders else None


def _follows(index: int, places: Sequence[int | None], transcript: Transcript) -> bool | None:
    """Say whether a text comes after the one before it in its panel; both must have been placed."""
    texts = transcript.texts
    if index == 0 or texts[index].panel is None or texts[index - 1].panel != texts[index].panel:
        return None
    before, own = places[index - 1], places[index]
    if before is None or own is None or before == own:
        return None
    return before < own
