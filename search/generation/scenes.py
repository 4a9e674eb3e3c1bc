"""Panels that show what is asked for as it is: the very people, at such a place, and nobody else.

Such a panel needs no cutting and pasting: reframed, without its words, it makes the better storyboard.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from schemas.geometry import Box
from schemas.records import FloatMatrix
from search.generation.casting import Candidate
from search.generation.pixels import PanelPixels

_WORTH = 0.06
"""How much worse each of a scene's people, and its place, may fit than the best of all: it has no seams."""
_WIDE_HEAD, _CLOSE_HEAD, _GIANT_HEAD = 0.24, 0.34, 0.62
"""Heights of a head over that of the panel: a wide shot has none from the first on, a close-up one over the
second, a shot that nothing is said of none from the third on."""
_MOST_WORDS = 0.3
"""Share of a panel that words may cover: what is under them is lost."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Figures that may be somebody of the prompt, and how well each fits, whatever use it is."""

    who: str
    candidates: Sequence[Candidate]
    fits: FloatMatrix

    def in_panel(self, panel_id: str) -> Candidate | None:
        """Return the one of a panel that fits best."""
        places = [place for place, one in enumerate(self.candidates) if one.panel_id == panel_id]
        return self.candidates[max(places, key=lambda place: self.fits[place])] if places else None

    def fit_in(self, panel_id: str) -> float:
        """Return how well a panel's best fits; minus infinity where it shows none of them."""
        own = [
            float(fit)
            for one, fit in zip(self.candidates, self.fits, strict=True)
            if one.panel_id == panel_id
        ]
        return max(own, default=-np.inf)


def _shows_each(casts: Sequence[Cast], panel: PanelPixels) -> bool:
    """Say whether everybody is another figure of a panel, or one of a group with as many heads."""
    own = [cast.in_panel(panel.detail.panel.panel_id) for cast in casts]
    shown = [one for one in own if one is not None]
    return all(sum(other.box == one.box for other in shown) <= one.heads for one in shown)


def is_shot(heads: Sequence[Box], moods: Sequence[str]) -> bool:
    """Say whether a panel with such heads is such a shot as is asked: ``wide``, ``close-up`` or neither."""
    tallest = max((head.height for head in heads), default=0.0)
    if "wide" in moods:
        return tallest < _WIDE_HEAD
    return tallest > _CLOSE_HEAD if "close-up" in moods else tallest < _GIANT_HEAD


def scene_for(
    casts: Sequence[Cast], panels: Sequence[PanelPixels], place_fits: FloatMatrix, best_place: float
) -> PanelPixels | None:
    """Return the panel that shows everybody and the place nearly as well as the best of each, if any.

    Args:
        casts: Whom it must show.
        panels: Panels with so many heads.
        place_fits: How well each fits the place.
        best_place: How well the best panel of all does.
    """
    best, best_score = None, -np.inf
    wanted = sum(float(cast.fits.max()) for cast in casts) + best_place
    for panel, place_fit in zip(panels, place_fits, strict=True):
        if sum(box.area for box in panel.lettering) > _MOST_WORDS or not _shows_each(casts, panel):
            continue
        score = sum(cast.fit_in(panel.detail.panel.panel_id) for cast in casts) + float(place_fit)
        if score > best_score:
            best, best_score = panel, score
    return best if best_score >= wanted - _WORTH * (len(casts) + 1) else None
