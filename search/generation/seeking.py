"""Looks for panels that may be references: past the licence gate, not excluded, by what is drawn."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from schemas.answers import SearchHit
from schemas.filters import SearchFilters
from schemas.labels import PageType
from schemas.messages import SearchRequest
from search.generation.gate import Gate
from search.library import Library

_MOST_LOOKS = 8
"""Pages of hits that are gone through where too many books are closed to name either."""
_SEEN_SIDES = {"words": 0.0, "meaning": 0.3}
"""References are looked for by what is drawn: ``castle`` in a balloon is no castle."""
_NO_STORY = (PageType.COVER, PageType.CREDITS, PageType.ADVERTISEMENT, PageType.TEXT, PageType.BACK_COVER)
_PAGES = tuple(kind.value for kind in _NO_STORY)
_HITS, _ENOUGH_KNOWN = 28, 6
"""Hits for a role; panels with an element from which up no others are looked at."""


@dataclass(slots=True)
class Seeker:
    """Finds panels for one request; ``left_out`` says which were found and may not be used, and why."""

    library: Library
    gate: Gate
    excluded: frozenset[str]
    left_out: dict[str, str] = field(default_factory=dict)

    def hits(
        self,
        words: str,
        limit: int = _HITS,
        *,
        books: Sequence[str] = (),
        elements: tuple[str, ...] = (),
        lacking: tuple[str, ...] = (),
    ) -> list[SearchHit]:
        """Return the panels that fit words best and may be used; ``books`` and elements narrow it.

        Without words all of these are returned, in the order of the library.
        """
        asked_for = SearchFilters(not_page_types=_PAGES, elements=elements, not_elements=lacking)
        filters = (
            replace(asked_for, book_ids=tuple(books)) if books else self.gate.narrowed().and_also(asked_for)
        )
        asked = words[:600].strip()
        if not (asked or books or elements):
            return []
        usable, hits = frozenset(self.gate.usable), list[SearchHit]()
        request = SearchRequest(text=asked, filters=filters, limit=limit, weights=_SEEN_SIDES, min_score=0.0)
        for _ in range(_MOST_LOOKS):  # one is enough where filters can name the books
            answer = self.library.search(request)
            hits += [hit for hit in answer.hits if hit.book_id in usable]
            if len(hits) >= limit or answer.cursor is None:
                break
            request = replace(request, cursor=answer.cursor)
        return [hit for hit in hits[:limit] if self.may(hit.panel_id)]

    def seen_with(self, name: str, look: str) -> tuple[list[SearchHit], frozenset[str]]:
        """Return panels that may show somebody, and those of them that an element says they are in."""
        element = self.library.snapshot().elements.named(name)
        hits = self._of(look, elements=(element,)) if element is not None else []
        known = frozenset(hit.panel_id for hit in hits)
        if len(hits) < _ENOUGH_KNOWN:
            hits += [hit for hit in self._of(look, books=self._books_of(name)) if hit.panel_id not in known]
        return hits, known

    def _of(self, look: str, *, books: Sequence[str] = (), elements: tuple[str, ...] = ()) -> list[SearchHit]:
        """Return what fits a look; a name alone may look like nothing, then all that there is."""
        return self.hits(look, books=books, elements=elements) or self.hits(
            "", books=books, elements=elements
        )

    def may(self, panel_id: str) -> bool:
        """Say whether a panel may be used, and note why not."""
        why = "it is excluded" if panel_id in self.excluded else self.gate.obstacle_of(panel_id)
        if why:
            self.left_out.setdefault(panel_id, why)
        return not why

    def _books_of(self, who: str) -> tuple[str, ...]:
        """Return the usable books that name somebody so: Pepper is looked for where she is."""
        catalogue = self.library.snapshot().catalogue
        named = catalogue.books_with("character", [who]) if who[:1].isupper() else frozenset()
        return tuple(sorted(named & set(self.gate.usable)))[:50]


def plain_name(who: str) -> str:
    """Return a name without the number that tells several of a kind apart: ``friend 2`` is a friend."""
    return re.sub(r" \d$", "", who)
