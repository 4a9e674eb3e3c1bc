"""Whether two letterings say the same: of one drawing lettered anew only the language may differ."""

import re

from models.text.languages import primary_code
from models.text.tongues import guess_language

LEAST_LETTERS = 12
"""Less lettering says nothing of whether two pages are the same."""
SAME_WORDS = 0.3
"""Share of letter triples that two readings of one page have in common at least, also of a bad scan."""
SAME_TITLE, TITLE_LETTERS = 0.6, 60
"""... where one has so few letters: title pages of a series have their larger part in common."""
_LETTERS = re.compile(r"[^\W_]+")


def likeness_of_words(left: str, right: str) -> float | None:
    """Return the share of letter triples in common, None where either says too little."""
    mine, other = _squashed(left), _squashed(right)
    if min(len(mine), len(other)) < LEAST_LETTERS:
        return None
    triples, others = _triples(mine), _triples(other)
    return len(triples & others) / len(triples | others)


def says_something_else(left: str, right: str, languages: tuple[str | None, str | None]) -> bool:
    """Say whether two letterings are of different pages, though the drawings may be alike.

    That is the case of strips that use a drawing again, and of title pages. Lettering of another
    language says nothing: it may be a translation.
    """
    alike = likeness_of_words(left, right)
    if alike is None or alike >= (SAME_TITLE if _is_short(left) or _is_short(right) else SAME_WORDS):
        return False
    mine, other = (
        primary_code(known) if known else guess_language(text)
        for known, text in zip(languages, (left, right), strict=True)
    )
    return mine is None or other is None or mine == other


def _is_short(text: str) -> bool:
    return len(_squashed(text)) < TITLE_LETTERS


def _squashed(text: str) -> str:
    return "".join(_LETTERS.findall(text.casefold()))


def _triples(letters: str) -> set[str]:
    return {letters[start : start + 3] for start in range(len(letters) - 2)}
