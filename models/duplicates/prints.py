"""Whether two pictures are the same print: nothing on one, lettering included, that the other has not.

At the size that drawings are compared at, lettering is dust. Where a reader says that two pictures of one
drawing have other words, either it misread a bad copy, or the words are others; twice and a half as large,
the words themselves tell: what is lettered anew disagrees wherever a word stands.
"""

import cv2
import numpy as np

from models.duplicates.likeness import SIDE_PX, overlaid, place_of, refined, sized
from models.duplicates.margins import Grey, without_rim
from schemas.records import RgbImage

LARGER = 2.5
"""How many times larger than drawings are compared; thumbnails hold no more."""
BLOCK_PX, SLACK_PX = 16, 4
SHOWS = 12.0
"""Standard deviation of grey values over which a part shows more than what compression leaves."""
DIFFERS, MOST_DIFFERING = 0.5, 0.01
"""Correlation under which a part shows something else, and the share of parts that may."""
LEAST_PARTS = 20


def print_of(image: RgbImage) -> Grey:
    """Return a picture in grey without its rim, as large as prints are compared."""
    bare = without_rim(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32))
    return sized(bare, LARGER * SIDE_PX / max(bare.shape))


def is_same_print(left: Grey, right: Grey) -> bool:
    """Compare two pictures made by :func:`print_of`; some 45 ms."""
    place = place_of(sized(left, 1 / LARGER), sized(right, 1 / LARGER))
    if place is None:
        return False
    scores = _scores(*overlaid(left, right, refined(left, right, place, LARGER)))
    return len(scores) >= LEAST_PARTS and float((np.array(scores) < DIFFERS).mean()) <= MOST_DIFFERING


def _scores(left: Grey, right: Grey) -> list[float]:
    """Return how well each part that shows something in either agrees."""
    scores = []
    for y in range(SLACK_PX, left.shape[0] - BLOCK_PX - SLACK_PX + 1, BLOCK_PX):
        for x in range(SLACK_PX, left.shape[1] - BLOCK_PX - SLACK_PX + 1, BLOCK_PX):
            mine = left[y : y + BLOCK_PX, x : x + BLOCK_PX]
            around = right[y - SLACK_PX : y + BLOCK_PX + SLACK_PX, x - SLACK_PX : x + BLOCK_PX + SLACK_PX]
            other = around[SLACK_PX:-SLACK_PX, SLACK_PX:-SLACK_PX]
            if max(float(mine.std()), float(other.std())) >= SHOWS:
                scores.append(_agreement(mine, around))
    return scores


def _agreement(mine: Grey, around: Grey) -> float:
    if float(mine.std()) < 1 or float(around.std()) < 1:  # one of the two is empty
        return 0.0
    return float(cv2.matchTemplate(around, mine, cv2.TM_CCOEFF_NORMED).max())
