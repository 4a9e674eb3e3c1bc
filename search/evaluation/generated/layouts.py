"""How closely figures lie where those of another panel lie."""

from collections.abc import Sequence

from schemas.geometry import Box


def layout_iou(ours: Sequence[Box], theirs: Sequence[Box]) -> float:
    """Return the mean intersection over union of boxes, each matched once, the best first.

    One without a partner counts as 0; two empty layouts agree.
    """
    if not ours and not theirs:
        return 1.0
    pairs = sorted(((a.iou(b), i, j) for i, a in enumerate(ours) for j, b in enumerate(theirs)), reverse=True)
    total, left, right = 0.0, set[int](), set[int]()
    for iou, i, j in pairs:
        if i not in left and j not in right:
            total += iou
            left.add(i)
            right.add(j)
    return total / max(len(ours), len(theirs))
