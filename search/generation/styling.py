"""From a request to what a restyling needs: the input, references of a style, examples of elements.

All of it passes the licence gate, also what only teaches a classifier: it shapes the picture too.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from models.generation.prompts.beats import Beat
from schemas.errors import NoReferenceError, QueryError
from schemas.generation import Belief, ReferenceRole
from search.generation.looks import diverse
from search.generation.references import Found, ReferenceSearch

_FAMILY: Final = re.compile(r"restyle(-by:.*)?")
STYLES = 6
"""References of a style that are looked for where none is pinned."""
SHOWN, LACKING = 24, 36
"""Examples of an element: panels that show it, and panels that lack it."""
_LOOKED_THROUGH = 100
_FOUND = 20


@dataclass(slots=True)
class StyleSearch(ReferenceSearch):
    """Looks for what one picture is restyled by."""

    def find(self, beat: Beat) -> Found:
        """Return the input where it is a panel, references of the style, examples of each element.

        Raises:
            NoReferenceError: none may be used; the message says why.
            NotFoundError: a pinned panel is not in the library.
            QueryError: an element is not known here.
        """
        if not self.gate.usable:
            raise NoReferenceError(self.gate.why_none())
        for wish in self.request.pinned:
            self._pin(wish)
        names = [self._named(belief) for belief in self.request.elements]
        if not [one for one in self._taken if one.reference.role is not ReferenceRole.LAYOUT]:
            self._style(beat)
        for belief, name in zip(self.request.elements, names, strict=True):
            self._examples(belief, name)
        return self._found()

    def _style(self, beat: Beat) -> None:
        hits = [
            hit for hit in self.seeker.hits(beat.seen or beat.text, _FOUND) if self._is_free(hit.panel_id)
        ]
        if not hits:
            raise NoReferenceError(self._why_none())
        panels = [self.reader.read(hit.panel_id) for hit in hits]
        vectors = self.looks.vectors([panel.picture for panel in panels])
        for place in diverse([hit.score for hit in hits], vectors, STYLES):
            self._take(panels[place], ReferenceRole.STYLE, weight=max(hits[place].score, 0.05))

    def _named(self, belief: Belief) -> str:
        elements = self.seeker.library.snapshot().elements
        found = elements.named(belief.name)
        if found is None:
            known = ", ".join(one.name for one in elements.facts()[:20])
            raise QueryError(
                f"no element is called {belief.name[:60]!r}; there are: "
                f"{known or 'none, teach one with longbox element add'}"
            )
        return found

    def _examples(self, belief: Belief, name: str) -> None:
        """Take panels that show an element, the surest first, and others of the same books that lack it."""
        elements = self.seeker.library.snapshot().elements
        surest = [one for one in elements.first(name, _LOOKED_THROUGH) if self._may_teach(one)][:SHOWN]
        books = tuple(dict.fromkeys(one.partition("/")[0] for one in surest))
        lacking = self._that_lack(name, books)
        if len(lacking) < LACKING:
            others = tuple(book for book in self.gate.usable if book not in books)[:50]
            lacking += self._that_lack(name, others)
        for panel_id in surest:
            self._take(self.reader.read(panel_id), ReferenceRole.CHARACTER, element=belief.name)
        for panel_id in _spread(lacking, LACKING):
            self._take(self.reader.read(panel_id), ReferenceRole.BACKGROUND, element=belief.name)

    def _that_lack(self, name: str, books: tuple[str, ...]) -> list[str]:
        hits = self.seeker.hits("", _LOOKED_THROUGH, books=books, lacking=(name,)) if books else []
        return [hit.panel_id for hit in hits if self._is_free(hit.panel_id)]

    def _may_teach(self, panel_id: str) -> bool:
        return self._is_free(panel_id) and self.seeker.may(panel_id)

    def _is_free(self, panel_id: str) -> bool:
        """Say whether a panel is of another page than the input: a classifier must not know the answer."""
        inputs = {one.reference.panel_id for one in self._of(ReferenceRole.LAYOUT)}
        return panel_id.partition("#")[0] not in {one.partition("#")[0] for one in inputs}


def _spread(items: Sequence[str], count: int) -> Iterable[str]:
    """Take so many from all over a list."""
    if len(items) <= count:
        return items
    return [items[place * len(items) // count] for place in range(count)]


def restyles(backend: str) -> bool:
    """Say whether a generator restyles a picture."""
    return _FAMILY.fullmatch(backend) is not None
