"""Small plots drawn on the server: bars whose sizes the templates write into SVG."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from schemas.facets import FacetValue

BARS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar; ``size`` is its length in percent of the longest."""

    label: str
    value: str
    count: int
    size: float


def bars(values: Sequence[FacetValue], told: Callable[[str], str] = str) -> tuple[Bar, ...]:
    """Return the first values as bars."""
    shown = values[:BARS_SHOWN]
    longest = max((value.count for value in shown), default=1)
    return tuple(_bar(value, told, longest) for value in shown)


def columns(values: Sequence[FacetValue], *, most: int = 60) -> tuple[Bar, ...]:
    """Return years as columns in a row without gaps; spans of years where there are more than ``most``."""
    if not values:
        return ()
    counts = {int(value.value): value.count for value in values}
    first, last = min(counts), max(counts)
    step = -(-(last - first + 1) // most)
    spans = [(start, min(start + step - 1, last)) for start in range(first, last + 1, step)]
    sums = [sum(counts.get(year, 0) for year in range(start, end + 1)) for start, end in spans]
    longest = max(sums)
    return tuple(
        Bar(_span(start, end), str(start), count, round(100 * count / longest, 2))
        for (start, end), count in zip(spans, sums, strict=True)
    )


def _span(start: int, end: int) -> str:
    return str(start) if start == end else f"{start}–{end}"


def _bar(value: FacetValue, told: Callable[[str], str], longest: int) -> Bar:
    return Bar(told(value.value), value.value, value.count, round(100 * value.count / longest, 2))
