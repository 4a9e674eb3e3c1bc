"""The figures of an evaluation, and what they are to reach."""

from dataclasses import dataclass, field

import numpy as np

from search.evaluation.generated.neighbours import Tally, mean


@dataclass(slots=True)
class Scores:
    """Sums over the panels made; :meth:`to_json` gives the figures."""

    classifier: str = ""
    panels: int = 0
    failed: int = 0
    seconds: list[float] = field(default_factory=list)
    retrieved: Tally = field(default_factory=Tally)
    at_random: Tally = field(default_factory=Tally)
    without: Tally = field(default_factory=Tally)
    ceiling: Tally = field(default_factory=Tally)
    by_chance: Tally = field(default_factory=Tally)
    nearest: list[float] = field(default_factory=list)
    copy_most: list[float] = field(default_factory=list)
    copy_share: list[float] = field(default_factory=list)
    layout: list[float] = field(default_factory=list)
    layout_random: list[float] = field(default_factory=list)
    layout_followed: list[float] = field(default_factory=list)
    """1 where the reference placed the figures; a scene that shows everybody is left as it is."""
    present: list[float] = field(default_factory=list)
    present_random: list[float] = field(default_factory=list)
    palette: list[float] = field(default_factory=list)
    palette_alone: list[float] = field(default_factory=list)
    inception_score: float | None = None
    balloons: int = 0
    on_heads: int = 0
    clipped: int = 0
    incomplete: int = 0
    blocked: int = 0

    def to_json(self) -> dict[str, float | str | None]:
        """Return the figures; None where there was nothing to measure."""
        return {
            "panels": self.panels,
            "failed": self.failed,
            "seconds_median": float(np.median(self.seconds)) if self.seconds else None,
            "seconds_worst": max(self.seconds, default=None),
            **self._consistency("", "any"),
            **self._consistency("element_", "each"),
            "element_presence": _mean(self.present),
            "element_presence_random": _mean(self.present_random),
            "layout_iou": _mean(self.layout),
            "layout_iou_random": _mean(self.layout_random),
            "layout_followed": _mean(self.layout_followed),
            "sequence_palette_distance": _mean(self.palette),
            "sequence_palette_distance_alone": _mean(self.palette_alone),
            "sequence_palette_ratio": _ratio(mean(self.palette), mean(self.palette_alone)),
            "copy_paste": _mean(self.copy_most),
            "copied_share": _mean(self.copy_share),
            "nearest_reference_cosine": _mean(self.nearest),
            "inception_score": self.inception_score,
            "classifier": self.classifier or None,
            "balloons": self.balloons,
            "balloons_on_heads": self.on_heads,
            "balloons_clipped": self.clipped,
            "records_incomplete": self.incomplete,
            "references_blocked": self.blocked,
        }

    def _consistency(self, prefix: str, kind: str) -> dict[str, float | None]:
        made, chance, none, ceiling, prior = (
            float(getattr(tally, kind))
            for tally in (self.retrieved, self.at_random, self.without, self.ceiling, self.by_chance)
        )
        return {
            f"{prefix}consistency": made,
            f"{prefix}consistency_random": chance,
            f"{prefix}consistency_none": none,
            f"{prefix}consistency_ceiling": ceiling,
            f"{prefix}consistency_by_chance": prior,
            f"{prefix}consistency_over_random": _ratio(made, chance),
            f"{prefix}consistency_over_none": _ratio(made, none),
        }


def _mean(values: list[float]) -> float | None:
    return mean(values) if values else None


def _ratio(above: float, below: float) -> float | None:
    return above / below if below > 0 else None
