"""How sure the detector is of a page, and of each panel.

Of a page: a logistic fit of "every panel found and nothing else" (IoU .5) on 97 real and drawn pages: of
pages given .80-.90, 87 % are exact; .70-.80, 78 %; below .70, 44 %.
Of a panel: a logistic fit of "it is one, with IoU .75" on 1,918 panels, real and drawn ones of equal
weight; on pages left out of the fit the expected calibration error is .01.
"""

from collections.abc import Sequence
from math import exp

INTERCEPT, WEAKEST_WEIGHT, MISSED_WEIGHT = -0.39, 2.51, -2.38
PANEL_INTERCEPT, SUPPORT_WEIGHT = -2.08, 6.46
MAX_MISSED = 0.5
"""More missed content than this is lettering or bare art, and says nothing further."""


def layout_confidence(supports: Sequence[float], missed: float) -> float:
    """Return the probability that a layout is exact.

    ``supports`` are those of its panels' outlines, at least one; ``missed`` is the share of the
    page's content that lies in no panel.
    """
    evidence = INTERCEPT + WEAKEST_WEIGHT * min(supports) + MISSED_WEIGHT * min(missed, MAX_MISSED)
    return _probability(evidence)


def panel_confidence(support: float) -> float:
    """Return the probability that a panel is one, from the support of its outline."""
    return _probability(PANEL_INTERCEPT + SUPPORT_WEIGHT * support)


def _probability(evidence: float) -> float:
    return 1.0 / (1.0 + exp(-evidence))
