"""Choosing a language by what a browser accepts."""

from collections.abc import Sequence


def best_language(accepted: str, known: Sequence[str]) -> str:
    """Return the known language that ``Accept-Language`` likes best, the first one where it likes none.

    ``it-CH`` is served by ``it``; of two that are liked alike, the one named first.
    """
    ranked = sorted(map(_liking, accepted.split(",")), key=lambda liking: -liking[1])
    for language, quality in ranked:
        if quality > 0 and language in known:
            return language
    return known[0]


def _liking(part: str) -> tuple[str, float]:
    name, _, quality = part.partition(";")
    language = name.strip().lower().partition("-")[0]
    number = quality.strip().removeprefix("q=")
    try:
        return language, float(number) if number else 1.0
    except ValueError:
        return language, 0.0
