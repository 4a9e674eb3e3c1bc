"""From a beat to references: per role, past the licence gate, diverse, with pins and exclusions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2

from models.generation.backend import Conditioning
from models.generation.beats import Beat
from models.generation.colours import is_grey
from schemas.answers import SearchHit
from schemas.errors import NoReferenceError, NotFoundError
from schemas.filters import SearchFilters
from schemas.generation import GenerationRequest, Reference, ReferenceRole, ReferenceWish
from schemas.geometry import Box
from schemas.labels import PageType
from schemas.licences import Licence, conflict_between
from schemas.messages import SearchRequest
from search.generation.casting import LEAST_SIDE_PX, Casting, alike, grown, varied
from search.generation.gate import Gate
from search.generation.looks import Looks, diverse
from search.generation.memory import SequenceMemory
from search.generation.pixels import PanelPixels, PanelReader, pixels_sha256
from search.library import Library

ROLE_LIMITS = {ReferenceRole.CHARACTER: 3, ReferenceRole.BACKGROUND: 3, ReferenceRole.LAYOUT: 1}
_MOST_LOOKS = 8
"""Pages of hits that are gone through where too many books are closed to name either."""
_PLACES_LOOKED_AT = 12
"""Panels that are read and looked at for a place."""
_SEEN_SIDES = {"words": 0.0, "meaning": 0.3}
"""References are looked for by what is drawn: ``castle`` in a balloon is no castle."""
_NO_STORY = (PageType.COVER, PageType.CREDITS, PageType.ADVERTISEMENT, PageType.TEXT, PageType.BACK_COVER)
_PAGES = tuple(kind.value for kind in _NO_STORY)
_FIGURE_COST, _LETTERING_COST, _CROWDED = 0.4, 0.2, 0.35
"""What a background loses for being full of figures or of words, and the share of figures that is too much."""
_SAME_BOOK = 0.1
"""What a panel gains for being of the book that the style comes from: one hand drew both."""
_OTHER_PAINT = 0.2
"""What it loses for being grey among coloured ones, or coloured among grey ones."""
_ENOUGH_KNOWN = 6
"""Panels with an element from which up no others are looked at."""
_FLAT, _DULL = 0.12, 22.0
"""What a background loses for showing next to nothing, and the spread of light under which it does."""


@dataclass(frozen=True, slots=True)
class Found:
    """References with their pixels, what was left out and why, and remarks for people."""

    conditioning: tuple[Conditioning, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class ReferenceSearch:
    """Looks for the references of one beat."""

    library: Library
    gate: Gate
    reader: PanelReader
    looks: Looks
    request: GenerationRequest
    memory: SequenceMemory
    _taken: list[Conditioning] = field(default_factory=list)
    _licences: list[Licence] = field(default_factory=list)
    _left_out: dict[str, str] = field(default_factory=dict)
    _is_grey: bool | None = None

    def find(self, beat: Beat) -> Found:
        """Return the references of a beat.

        Raises:
            NoReferenceError: none may be used; the message says why.
            NotFoundError: a pinned panel is not in the library.
        """
        if not self.gate.usable:
            raise NoReferenceError(self.gate.why_none())
        self._licences.extend(self.memory.licences)
        for wish in self.request.pinned:
            self._pin(wish)
        anchor = self._staging(beat)
        for who in beat.who:
            anchor = self._character(who, beat.look_of(who), anchor)
        speaks_unseen = beat.speech and not beat.is_deserted and not beat.who
        if anchor and speaks_unseen and not self._of(ReferenceRole.CHARACTER):
            self._character(beat.seen, beat.seen, anchor)
        self._background(beat, anchor)
        if not self._taken:
            raise NoReferenceError(
                "no panel may be a reference here: all that were found are excluded or their licences do not "
                f"fit together ({next(iter(self._left_out.values()), 'nothing was found')})"
            )
        return Found(
            tuple(self._taken), tuple(self._left_out.items()), tuple(dict.fromkeys(self.reader.notes))
        )

    # --- roles ---------------------------------------------------------------------------------------

    def _of(self, *roles: ReferenceRole) -> list[Conditioning]:
        return [one for one in self._taken if one.reference.role in roles]

    def _staging(self, beat: Beat) -> str:
        """Take the panel that comes closest to the whole: it says where things are and how they are drawn."""
        pinned = self._of(ReferenceRole.LAYOUT, ReferenceRole.STYLE)
        hits = self._hits(beat.seen or beat.text, 6)
        best = next((hit for hit in hits if self._may(hit.panel_id)), None)
        for one in (*self._taken, *self.memory.settled()):
            if self._is_grey is None:
                self._is_grey = is_grey(one.picture)
        if best is not None and not self._of(ReferenceRole.LAYOUT):
            self._take(self.reader.read(best.panel_id), ReferenceRole.LAYOUT, weight=max(best.score, 0.05))
        if self.memory.style_book:
            return self.memory.style_book
        if pinned:
            return pinned[0].reference.book_id
        return best.book_id if best is not None else ""

    def _character(self, who: str, look: str, anchor: str) -> str:
        """Find references of somebody; returns the book that all others should go with from now on."""
        known = self.memory.figures_of(who)
        for one in known:
            self._keep(one)
        if known or any(c.element == who for c in self._taken):
            return anchor
        casting = Casting(self.reader, self.looks)
        name = re.sub(r" \d$", "", who)
        hits, elements = self._seen_with(name, look)
        candidates = casting.candidates(hits)
        if not candidates:
            return anchor
        vectors = self.looks.vectors([one.picture for one in candidates])
        scores = casting.scores(candidates, vectors, name, look, elements)
        others = {(c.reference.panel_id, c.reference.box) for c in self._of(ReferenceRole.CHARACTER)}
        for place, one in enumerate(candidates):
            scores[place] += self._kinship(one.panel, anchor)
            scores[place] -= 0.3 if (one.panel_id, one.box) in others else 0.0
        for place in alike(scores, vectors, ROLE_LIMITS[ReferenceRole.CHARACTER]):
            one, weight = candidates[place], _weight(float(scores[place]))
            self._take(one.panel, ReferenceRole.CHARACTER, box=one.box, element=who, weight=weight)
        taken = [c.reference.book_id for c in self._of(ReferenceRole.CHARACTER) if c.element == who]
        if self._is_grey is None and taken:
            self._is_grey = is_grey(self._taken[-1].picture)
        settled = self.memory.style_book or self._of(ReferenceRole.STYLE) or len({c.element for c in self._of(
            ReferenceRole.CHARACTER)}) > 1  # fmt: skip
        return anchor if settled or not taken else taken[0]

    def _background(self, beat: Beat, anchor: str) -> None:
        if self._of(ReferenceRole.BACKGROUND):
            return
        place = place_of(beat)
        known = self.memory.places_of(place)
        for one in known:
            self._keep(one)
        if known:
            return
        words = ", ".join(filter(None, (beat.where or beat.seen, *beat.moods)))
        hits = [hit for hit in self._hits(words, 28) if self._may(hit.panel_id)]
        looked = [self.reader.read(hit.panel_id) for hit in varied(hits, _PLACES_LOOKED_AT)]
        looked = [panel for panel in looked if min(panel.picture.shape[:2]) >= LEAST_SIDE_PX]
        if not looked:
            return
        vectors = self.looks.vectors([panel.picture for panel in looked])
        fits = self.looks.fit(words, vectors)
        scores = [
            float(fit) - self._clutter(panel) + self._kinship(panel, anchor)
            for fit, panel in zip(fits, looked, strict=True)
        ]
        for best in diverse(scores, vectors, ROLE_LIMITS[ReferenceRole.BACKGROUND]):
            panel, weight = looked[best], _weight(scores[best])
            self._take(panel, ReferenceRole.BACKGROUND, element=place, weight=weight)

    def _clutter(self, panel: PanelPixels) -> float:
        words = sum(box.area for box in panel.lettering)
        dull = _FLAT if float(cv2.cvtColor(panel.picture, cv2.COLOR_RGB2GRAY).std()) < _DULL else 0.0
        share = self.reader.figures(panel).share
        crowded = 0.1 if share > _CROWDED else 0.0
        return dull + crowded + _FIGURE_COST * share + _LETTERING_COST * words

    def _kinship(self, panel: PanelPixels, anchor: str) -> float:
        """Say how well a panel goes with the others by whose hand and in what paint it is."""
        same = _SAME_BOOK if panel.detail.book_id == anchor else 0.0
        is_other = self._is_grey is not None and is_grey(panel.picture) is not self._is_grey
        return same - (_OTHER_PAINT if is_other else 0.0)

    # --- looking -------------------------------------------------------------------------------------

    def _hits(
        self, words: str, limit: int, books: Sequence[str] = (), elements: tuple[str, ...] = ()
    ) -> tuple[SearchHit, ...]:
        filters = self.gate.narrowed().and_also(SearchFilters(not_page_types=_PAGES, elements=elements))
        if books:
            filters = SearchFilters(book_ids=tuple(books), not_page_types=_PAGES, elements=elements)
        asked = words[:600]
        if not asked.strip():
            return ()
        usable, hits = frozenset(self.gate.usable), list[SearchHit]()
        request = SearchRequest(text=asked, filters=filters, limit=limit, weights=_SEEN_SIDES, min_score=0.0)
        for _ in range(_MOST_LOOKS):  # one is enough where filters can name the books
            answer = self.library.search(request)
            hits += [hit for hit in answer.hits if hit.book_id in usable]
            if len(hits) >= limit or answer.cursor is None:
                break
            request = replace(request, cursor=answer.cursor)
        return tuple(hits[:limit])

    def _seen_with(self, name: str, look: str) -> tuple[list[SearchHit], frozenset[str]]:
        """Return panels that may show somebody, and those of them that an element says they are in."""
        element = self.library.snapshot().elements.named(name)
        hits: list[SearchHit] = []
        if element is not None:
            hits = [hit for hit in self._hits(look, 28, elements=(element,)) if self._may(hit.panel_id)]
        known = frozenset(hit.panel_id for hit in hits)
        if len(hits) < _ENOUGH_KNOWN:
            further = self._hits(look, 28, self._books_of(name))
            hits += [hit for hit in further if hit.panel_id not in known and self._may(hit.panel_id)]
        return hits, known

    def _books_of(self, who: str) -> tuple[str, ...]:
        """Return the usable books that name somebody so: Pepper is looked for where she is."""
        catalogue = self.library.snapshot().catalogue
        named = catalogue.books_with("character", [who]) if who[:1].isupper() else frozenset()
        return tuple(sorted(named & set(self.gate.usable)))[:50]

    def _may(self, panel_id: str) -> bool:
        why = "it is excluded" if panel_id in self.request.excluded else self.gate.obstacle_of(panel_id)
        if why:
            self._left_out.setdefault(panel_id, why)
        return not why

    # --- taking --------------------------------------------------------------------------------------

    def _pin(self, wish: ReferenceWish) -> None:
        panel = self.reader.read(wish.panel_id)
        why = self.gate.obstacle_of(wish.panel_id)
        if why:
            raise NoReferenceError(f"the pinned panel {wish.panel_id} may not be used: {why}")
        role, box = wish.role, wish.box or Box.whole_page()
        found = self.reader.figures(panel) if wish.box is None else None
        if role is None:
            role = (
                ReferenceRole.CHARACTER if found is None or found.share > 0.08 else ReferenceRole.BACKGROUND
            )
        if role is ReferenceRole.CHARACTER and found is not None and found.figures:
            box = grown(found.figures[0].box)
        if not self._take(panel, role, box=box, weight=wish.weight, is_pinned=True):
            raise NoReferenceError(
                f"the pinned panel {wish.panel_id} may not be used: {self._left_out[wish.panel_id]}"
            )

    def _take(
        self,
        panel: PanelPixels,
        role: ReferenceRole,
        *,
        box: Box | None = None,
        element: str = "",
        weight: float = 1.0,
        is_pinned: bool = False,
    ) -> bool:
        detail = panel.detail
        rights = self.gate.books[detail.book_id]
        conflict = conflict_between(self._licences, rights.licence)
        if conflict:
            self._left_out[detail.panel.panel_id] = conflict
            return False
        whole = box or Box.whole_page()
        part = panel.part(whole)
        reference = Reference(
            detail.panel.panel_id, detail.book_id, detail.title, role, min(max(weight, 0.01), 1.0), whole,
            pixels_sha256(part.picture), rights.licence.name, rights.credit, detail.panel.page_no, is_pinned,
        )  # fmt: skip
        self._licences.append(rights.licence)
        self._taken.append(Conditioning(reference, part.picture, part.lettering, element, part.foreign))
        return True

    def _keep(self, one: Conditioning) -> None:
        """Take what an earlier panel used, while it may still be used."""
        if not self._may(one.reference.panel_id):
            return
        licence = self.gate.books[one.reference.book_id].licence
        if conflict := conflict_between(self._licences, licence):
            self._left_out[one.reference.panel_id] = conflict
            return
        self._licences.append(licence)
        self._taken.append(one)


def place_of(beat: Beat) -> str:
    """Name a place at its hour: the harbour by night is drawn after another plate than by day."""
    hours = [mood for mood in beat.moods if mood in ("night", "dusk", "dawn", "day")]
    return ", ".join([beat.where, *hours]) if beat.where else ""


def reread(reader: PanelReader, reference: Reference, element: str) -> Conditioning:
    """Read a reference of a record again. Raises NoReferenceError where it is not what it was."""
    try:
        part = reader.read(reference.panel_id).part(reference.box)
    except NotFoundError as error:
        raise NoReferenceError(f"the reference {reference.panel_id} is no longer in the library") from error
    if pixels_sha256(part.picture) != reference.sha256:
        raise NoReferenceError(
            f"the reference {reference.panel_id} has changed since: its pixels are others now"
        )
    return Conditioning(reference, part.picture, part.lettering, element, part.foreign)


def _weight(score: float) -> float:
    return round(min(max(score + 0.3, 0.05), 1.0), 3)
