"""Which of several that should be alike stand out."""

import numpy as np
from numpy.typing import NDArray

_FARTHER = 1.7
"""How many times as far as the others lie from each other one lies that stands out."""
_SPREAD = 3.0
"""And how many usual spreads above the usual distance."""


def odd_ones(apart: NDArray[np.float64], *, least: float, pair: float) -> list[int]:
    """Return those that lie far from all others, the farthest first.

    One is taken at a time and the rest judged anew without it: else one odd one makes its fellows look odd.
    Never half of them or more are: then nobody knows which are right.

    Args:
        apart: (n, n) distances.
        least: A distance under which nothing stands out.
        pair: Where there are two only, the distance from which the later one counts as odd.
    """
    count = len(apart)
    if count == 2:
        return [1] if apart[0, 1] > pair else []
    left, found = list(range(count)), list[int]()
    while len(left) > 2 and len(found) < (count - 1) / 2:
        means = {one: float(np.median([apart[one, other] for other in left if other != one])) for one in left}
        worst = max(left, key=lambda one: means[one])
        rest = [one for one in left if one != worst]
        usual = [float(apart[a, b]) for k, a in enumerate(rest) for b in rest[k + 1 :]]
        middle = float(np.median(usual))
        spread = float(np.median(np.abs(np.array(usual) - middle)))
        if means[worst] <= max(least, _FARTHER * middle, middle + _SPREAD * spread):
            break
        found.append(worst)
        left = rest
    return found
