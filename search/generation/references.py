"""From a beat to references: per role, past the licence gate, diverse, with pins and exclusions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from models.figures import FigureFinder, FigureMap
from models.generation.backend import Conditioning
from models.generation.beats import Beat
from schemas.answers import SearchHit
from schemas.errors import NoReferenceError, NotFoundError
from schemas.filters import SearchFilters
from schemas.generation import GenerationRequest, Reference, ReferenceRole, ReferenceWish
from schemas.geometry import Box
from schemas.labels import PageType
from schemas.licences import Licence, conflict_between
from schemas.messages import SearchRequest
from schemas.records import RgbImage
from search.generation.gate import Gate
from search.generation.looks import Looks, diverse
from search.generation.memory import SequenceMemory
from search.generation.pixels import PanelPixels, PanelReader, pixels_sha256
from search.library import Library

ROLE_LIMITS = {ReferenceRole.CHARACTER: 2, ReferenceRole.BACKGROUND: 3, ReferenceRole.LAYOUT: 1}
_MOST_LOOKS = 8
"""Pages of hits that are gone through where too many books are closed to name either."""
_LOOKED_AT = {ReferenceRole.CHARACTER: 8, ReferenceRole.BACKGROUND: 8}
"""Panels that are read and looked at for a role: each costs some 30 ms."""
_SEEN_SIDES = {"words": 0.0, "meaning": 0.3}
"""References are looked for by what is drawn: ``castle`` in a balloon is no castle."""
_NO_STORY = (PageType.COVER, PageType.CREDITS, PageType.ADVERTISEMENT, PageType.TEXT, PageType.BACK_COVER)
_PAGES = tuple(kind.value for kind in _NO_STORY)
_LEAST_SIDE_PX = 120
_FIGURE_MARGIN = 0.04
_FIGURE_COST, _LETTERING_COST = 1.1, 0.5
"""What a background loses for being full of figures or of words."""
_SAME_BOOK = 0.06
"""What a panel gains for being of the book that the style comes from: one hand drew both."""
_OTHER_PAINT = 0.2
"""What it loses for being grey among coloured ones, or coloured among grey ones."""
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
    finder: FigureFinder
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
        if self.request.drawing and self._taken:
            return self._found()  # a drawing stages itself: more would water its colours down
        anchor = self._staging(beat)
        for who in beat.who:
            self._character(who, anchor)
        if (
            not any(c.reference.role is ReferenceRole.CHARACTER for c in self._taken)
            and anchor
            and not beat.who
        ):
            self._character(beat.seen, anchor)
        self._background(beat, anchor)
        if not self._taken:
            raise NoReferenceError(
                "no panel may be a reference here: all that were found are excluded or their licences do not "
                f"fit together ({next(iter(self._left_out.values()), 'nothing was found')})"
            )
        return self._found()

    def _found(self) -> Found:
        return Found(tuple(self._taken), tuple(self._left_out.items()), tuple(self.reader.notes))

    # --- roles ---------------------------------------------------------------------------------------

    def _staging(self, beat: Beat) -> str:
        """Take the panel that comes closest to the whole: it says where things are and how they are drawn."""
        pinned = [c for c in self._taken if c.reference.role in (ReferenceRole.LAYOUT, ReferenceRole.STYLE)]
        hits = self._hits(beat.seen or beat.text, 6)
        best = next((hit for hit in hits if self._may(hit.panel_id)), None)
        for one in (*self._taken, *self.memory.settled()):
            if self._is_grey is None:
                self._is_grey = _is_grey(one.picture)
        if best is not None:
            panel = self.reader.read(best.panel_id)
            if self._is_grey is None:
                self._is_grey = _is_grey(panel.picture)
            if not any(c.reference.role is ReferenceRole.LAYOUT for c in pinned):
                self._take(panel, ReferenceRole.LAYOUT, weight=max(best.score, 0.05))
        if self.memory.style_book:
            return self.memory.style_book
        if pinned:
            return pinned[0].reference.book_id
        return best.book_id if best is not None else ""

    def _character(self, who: str, anchor: str) -> None:
        known = self.memory.figures_of(who)
        if known:
            for one in known:
                self._keep(one)
            return
        if any(c.element == who for c in self._taken):
            return
        asked = re.sub(r" \d$", "", who)
        hits = [hit for hit in self._hits(asked, 28, self._books_of(asked)) if self._may(hit.panel_id)]
        figures = [
            one
            for hit in self._varied(hits, _LOOKED_AT[ReferenceRole.CHARACTER])
            for one in self._figures_in(hit)
        ]
        if not figures:
            return
        vectors = self.looks.vectors([picture for _, _, picture, _ in figures])
        fits = self.looks.fit(asked, vectors)
        scores = [
            float(fit) + quality + self._kinship(panel, anchor)
            for fit, (panel, _, _, quality) in zip(fits, figures, strict=True)
        ]
        others = {c.reference.panel_id for c in self._taken if c.reference.role is ReferenceRole.CHARACTER}
        scores = [
            score - (0.3 if one[0].detail.panel.panel_id in others else 0.0)
            for score, one in zip(scores, figures, strict=True)
        ]
        for place in diverse(scores, vectors, ROLE_LIMITS[ReferenceRole.CHARACTER]):
            panel, box, _, _ = figures[place]
            self._take(panel, ReferenceRole.CHARACTER, box=box, element=who, weight=_weight(scores[place]))

    def _background(self, beat: Beat, anchor: str) -> None:
        if any(c.reference.role is ReferenceRole.BACKGROUND for c in self._taken):
            return
        place = place_of(beat)
        known = self.memory.places_of(place)
        for one in known:
            self._keep(one)
        if known:
            return
        words = ", ".join(filter(None, (beat.where or beat.seen, *beat.moods)))
        hits = [hit for hit in self._hits(words, 28) if self._may(hit.panel_id)]
        looked = [
            (hit, self.reader.read(hit.panel_id))
            for hit in self._varied(hits, _LOOKED_AT[ReferenceRole.BACKGROUND])
        ]
        looked = [(hit, panel) for hit, panel in looked if min(panel.picture.shape[:2]) >= _LEAST_SIDE_PX]
        if not looked:
            return
        vectors = self.looks.vectors([panel.picture for _, panel in looked])
        fits = self.looks.fit(words, vectors)
        scores = [
            float(fit) - self._clutter(panel) + self._kinship(panel, anchor)
            for fit, (_, panel) in zip(fits, looked, strict=True)
        ]
        for best in diverse(scores, vectors, ROLE_LIMITS[ReferenceRole.BACKGROUND]):
            panel, weight = looked[best][1], _weight(scores[best])
            self._take(panel, ReferenceRole.BACKGROUND, element=place, weight=weight)

    def _clutter(self, panel: PanelPixels) -> float:
        words = sum(box.area for box in panel.lettering)
        dull = _FLAT if float(cv2.cvtColor(panel.picture, cv2.COLOR_RGB2GRAY).std()) < _DULL else 0.0
        return dull + 0.25 * (_FIGURE_COST * self.finder.find(panel.picture).share + _LETTERING_COST * words)

    def _kinship(self, panel: PanelPixels, anchor: str) -> float:
        """Say how well a panel goes with the others by whose hand and in what paint it is."""
        same = _SAME_BOOK if panel.detail.book_id == anchor else 0.0
        return same - (_OTHER_PAINT if _is_grey(panel.picture) is not self._is_grey else 0.0)

    # --- looking -------------------------------------------------------------------------------------

    def _hits(self, words: str, limit: int, books: Sequence[str] = ()) -> tuple[SearchHit, ...]:
        filters = self.gate.narrowed().and_also(SearchFilters(not_page_types=_PAGES))
        if books:
            filters = SearchFilters(book_ids=tuple(books), not_page_types=_PAGES)
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

    @staticmethod
    def _varied(hits: Sequence[SearchHit], count: int) -> Sequence[SearchHit]:
        """Take the best, at most two of a page."""
        seen: dict[str, int] = {}
        kept = []
        for hit in hits:
            seen[hit.page_id] = seen.get(hit.page_id, 0) + 1
            if seen[hit.page_id] <= 2:
                kept.append(hit)
        return kept[:count]

    def _figures_in(self, hit: SearchHit) -> Iterator[tuple[PanelPixels, Box, RgbImage, float]]:
        """Give the figures of a panel with how well they can be cut out."""
        panel = self.reader.read(hit.panel_id)
        if min(panel.picture.shape[:2]) < _LEAST_SIDE_PX:
            return
        found = self.finder.find(panel.picture)
        for figure in found.figures[:3]:
            box = _grown(figure.box)
            if box.width < 0.08 or box.height < 0.2:
                continue
            picture, words = panel.part(box)
            yield panel, box, picture, _quality(figure.box, len(figure.heads), found, words)

    # --- taking --------------------------------------------------------------------------------------

    def _pin(self, wish: ReferenceWish) -> None:
        panel = self.reader.read(wish.panel_id)
        why = self.gate.obstacle_of(wish.panel_id)
        if why:
            raise NoReferenceError(f"the pinned panel {wish.panel_id} may not be used: {why}")
        role, box = wish.role, wish.box or Box.whole_page()
        found = self.finder.find(panel.picture) if wish.box is None else None
        if role is None:
            role = (
                ReferenceRole.CHARACTER if found is None or found.share > 0.08 else ReferenceRole.BACKGROUND
            )
        if role is ReferenceRole.CHARACTER and found is not None and found.figures:
            box = _grown(found.figures[0].box)
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
        picture, words = panel.part(whole)
        reference = Reference(
            detail.panel.panel_id, detail.book_id, detail.title, role, min(max(weight, 0.01), 1.0), whole,
            pixels_sha256(picture), rights.licence.name, rights.credit, detail.panel.page_no, is_pinned,
        )  # fmt: skip
        self._licences.append(rights.licence)
        self._taken.append(Conditioning(reference, picture, words, element))
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
        picture, words = reader.read(reference.panel_id).part(reference.box)
    except NotFoundError as error:
        raise NoReferenceError(f"the reference {reference.panel_id} is no longer in the library") from error
    if pixels_sha256(picture) != reference.sha256:
        raise NoReferenceError(
            f"the reference {reference.panel_id} has changed since: its pixels are others now"
        )
    return Conditioning(reference, picture, words, element)


def _grown(box: Box) -> Box:
    x, y = _FIGURE_MARGIN, _FIGURE_MARGIN
    return Box.clipped(box.x0 - x, box.y0 - y, box.x1 + x, box.y1 + y)


def _quality(box: Box, heads: int, found: FigureMap, words: Sequence[Box]) -> float:
    """Say how well a figure stands alone: one head, not cut at the sides or the top, not lettered over."""
    at_side = (box.x0 < 0.015) + (box.x1 > 0.985) + (box.y0 < 0.01)
    lone = 0.1 if heads == 1 else -0.06 * abs(heads - 1)
    lettered = sum(one.area for one in words)
    sure = float(np.mean(found.figure[found.figure > 0.5])) if (found.figure > 0.5).any() else 0.0
    return lone - 0.06 * at_side - 0.25 * lettered + 0.1 * (sure - 0.8) + 0.08 * min(box.height, 0.8)


def _is_grey(picture: RgbImage) -> bool:
    """Say whether a picture has no colours."""
    saturation = cv2.cvtColor(cv2.resize(picture, (64, 64)), cv2.COLOR_RGB2HSV)[..., 1]
    return float((saturation > 40).mean()) < 0.06


def _weight(score: float) -> float:
    return round(min(max(score + 0.3, 0.05), 1.0), 3)
