"""Names of an element in lettering: who is spoken of is often near."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.elements.probe import Scores

SHORTEST = 2
"""Letters of a name; shorter ones stand everywhere."""
ON_PAGE, IN_BOOK = 0.5, 1.0
"""What a name on the same page counts beside one in the panel itself, and one in the book beside both."""
_MARKS = re.compile(r"[!-&(-/:-@\[-^`{-~]")
"""Those of ASCII, the apostrophe aside: others mean nothing in a pattern, and may not be escaped there."""
_APOSTROPHES = re.compile(r"['’]")
_NO_SPACES = re.compile(r"[぀-ヿ㐀-鿿가-힯]")


def name_pattern(names: Sequence[str]) -> str | None:
    """Return a pattern (RE2) of folded names in folded text; None where none is long enough.

    Where words are parted by blanks a name must be a whole word.
    """
    parts = []
    for name in names:
        if len(name) < SHORTEST:
            continue
        quoted = _APOSTROPHES.sub("['’]", _MARKS.sub(r"\\\g<0>", name))
        parts.append(quoted if _NO_SPACES.search(name) else rf"(?:^|[^\pL\pN]){quoted}(?:[^\pL\pN]|$)")
    return "|".join(parts) or None


def named_near(named: NDArray[np.bool_], pages: NDArray[np.int64], books: NDArray[np.int64]) -> Scores:
    """Return how surely panels are named: (n,) from 0.

    Args:
        named: which panels have a name in their lettering.
        pages: the page of each, as a number.
        books: the book of each, as a number.
    """
    own = named.astype(np.float32)
    if not named.any():
        return own
    on_page = np.bincount(pages, own)[pages] > 0
    in_book = 1.0 - np.exp(-np.bincount(books, own)[books])
    return np.asarray(own + ON_PAGE * (on_page & ~named) + IN_BOOK * in_book, np.float32)
