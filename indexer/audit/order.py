"""Books whose pages are out of order: by printed numbers, by file names, by a cover that is not first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indexer.audit.material import AuditBook, Material
from schemas.audit import Finding
from schemas.labels import PageType

LEAST_NUMBERS = 4
"""Printed page numbers from which they can tell an order."""
AGREEING = 0.5
"""Share of them that must be as far from the page's place as most are."""
EDGE = 0.1
"""How near to the upper or lower edge a page number stands."""
LATEST_COVER = 4
_NUMBER = re.compile(r"[-–—\s]*(\d{1,3})[-–—\s.]*")
_LAST_NUMBER = re.compile(r"(\d+)(?=\D*\Z)")


def broken_orders(material: Material) -> Iterator[Finding]:
    """Report books whose pages seem to be out of order, with the pages that say so."""
    files, kinds = material.words("page_file"), material.words("page_type")
    strays = material.pages["stray_texts"].to_pylist()
    for book in material.books:
        there = slice(book.first, book.last)
        for wrong, reason in (
            by_printed_numbers([_printed(stray) for stray in strays[there]]),
            by_names(files[there]),
            by_cover(kinds[there]),
        ):
            if wrong:
                yield _finding(material, book, wrong, reason)


def by_printed_numbers(numbers: Sequence[int | None]) -> tuple[list[int], str]:
    """Return the places of pages that have changed places, by the number printed on each.

    Numbers are read wrong now and then; so those that differ count only where they are the numbers of
    each other's places.
    """
    read = {place: number for place, number in enumerate(numbers) if number is not None}
    if len(read) < LEAST_NUMBERS:
        return [], ""
    (shift, most), *_ = Counter(number - place for place, number in read.items()).most_common(1)
    if most < AGREEING * len(read):
        return [], ""
    moved = {place: number - shift for place, number in read.items() if number - shift != place}
    swapped = sorted(place for place, proper in moved.items() if proper in moved and place in moved.values())
    told = ", ".join(f"{place + 1} is printed {read[place]}" for place in swapped[:4])
    return swapped, f"page numbers printed on the pages have changed places: page {told}"


def by_names(names: Sequence[str]) -> tuple[list[int], str]:
    """Return the places of pages whose file's last number is lower than one before it."""
    found = [(place, _LAST_NUMBER.search(name.rpartition(".")[0])) for place, name in enumerate(names)]
    numbered = [(place, int(match[1][:9])) for place, match in found if match]
    if len(numbered) < max(LEAST_NUMBERS, 0.8 * len(names)) or _restarts(names):
        return [], ""
    wrong, highest = [], -1
    for place, number in numbered:
        if number < highest:
            wrong.append(place)
        highest = max(highest, number)
    if not wrong or len(wrong) > len(numbered) // 2:
        return [], ""
    return wrong, f"file names count otherwise than the pages follow: {names[wrong[0]][:60]} comes late"


def _restarts(names: Sequence[str]) -> bool:
    """Say whether names come from several folders or have several beginnings, each of which counts anew."""
    return len({_LAST_NUMBER.sub("", name.rpartition(".")[0]) for name in names}) > 1


def by_cover(kinds: Sequence[str]) -> tuple[list[int], str]:
    """Return the place of a cover that does not come first."""
    covers = [place for place, kind in enumerate(kinds) if kind == PageType.COVER]
    if len(kinds) < LEAST_NUMBERS or not covers or covers[0] == 0 or covers[0] >= LATEST_COVER:
        return [], ""
    return [covers[0]], f"the cover is page {covers[0] + 1}"


def _printed(strays: Sequence[Mapping[str, Any]] | None) -> int | None:
    """Return the number that stands alone at the upper or lower edge, None for none or several."""
    found = []
    for stray in strays or ():
        match = _NUMBER.fullmatch(stray["text"] or "")
        _, top, _, bottom = stray["box"]
        if match and (bottom <= EDGE or top >= 1.0 - EDGE):
            found.append(int(match[1]))
    return found[0] if len(found) == 1 else None


def _finding(material: Material, book: AuditBook, wrong: Sequence[int], reason: str) -> Finding:
    pages = tuple(material.page_ids[book.first + place] for place in wrong)
    return Finding("broken-order", pages, {"title": book.title, "reason": reason})
