"""From a beat to references: per role, past the licence gate, diverse, with pins and exclusions."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from models.generation.backend import Conditioning
from models.generation.colours import is_grey
from models.generation.prompts.beats import Beat
from models.instances.finding import people_in
from schemas.answers import SearchHit
from schemas.errors import NoReferenceError, NotFoundError
from schemas.generation import GenerationRequest, Reference, ReferenceRole, ReferenceWish
from schemas.geometry import Box
from schemas.licences import Licence, conflict_between
from schemas.records import FloatMatrix
from search.generation.casting import LEAST_SIDE_PX, Candidate, Casting, alike, grown, varied
from search.generation.gate import Gate
from search.generation.looks import Looks, diverse
from search.generation.memory import SequenceMemory
from search.generation.pixels import PanelPixels, PanelReader, pixels_sha256
from search.generation.scenes import Cast, is_shot, scene_for
from search.generation.seeking import Seeker, plain_name

ROLE_LIMITS = {ReferenceRole.CHARACTER: 3, ReferenceRole.BACKGROUND: 3, ReferenceRole.LAYOUT: 1}
_LAYOUTS_LOOKED_AT = 6
"""Panels among which one is sought that has as many people as the prompt."""
_PLACES_LOOKED_AT = 12
"""Panels that are read and looked at for a place."""
_FIGURE_COST, _LETTERING_COST, _CROWDED = 0.7, 0.2, 0.25
"""What a background loses for being full of figures or words, and the share of figures that is too much."""
_SAME_BOOK = 0.1
"""What a panel gains for being of the book that the style comes from: one hand drew both."""
_OTHER_PAINT = 0.2
"""What it loses for being grey among coloured ones, or coloured among grey ones."""
_FLAT, _DULL = 0.12, 22.0
"""What a background loses for showing next to nothing, and the spread of light under which it does."""
_TWICE, _TOGETHER = 0.3, 0.25
"""What a figure loses for being shown as somebody else already, and gains where it shows two or more."""
_BOOKS_OF_ANYTHING = 50
_WHOLE = 0.35
"""How much a background gains by fitting all that is seen, not the place alone."""


@dataclass(frozen=True, slots=True)
class Found:
    """References with their pixels, what was left out and why, and remarks for people."""

    conditioning: tuple[Conditioning, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class ReferenceSearch:
    """Looks for the references of one beat; ``is_alone`` says that no other panel is to go with it."""

    gate: Gate
    seeker: Seeker
    reader: PanelReader
    looks: Looks
    request: GenerationRequest
    memory: SequenceMemory
    is_alone: bool = True
    _taken: list[Conditioning] = field(default_factory=list)
    _licences: list[Licence] = field(default_factory=list)
    _casts: list[Cast] = field(default_factory=list)
    _is_grey: bool | None = None
    _notes: list[str] = field(default_factory=list)

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
        if self._is_drawn():
            return self._found()  # a drawing stages itself: more would water its colours down
        anchor = self._staging(beat)
        for who in beat.who:
            anchor = self._character(who, beat.look_of(who), anchor)
        speaks_unseen = beat.speech and not beat.is_deserted and not beat.who
        if anchor and speaks_unseen and not self._of(ReferenceRole.CHARACTER):
            self._character(beat.seen, beat.sought, anchor)
        self._background(beat, anchor)
        if not self._taken:
            raise NoReferenceError(self._why_none())
        return self._found()

    def _anything(self) -> list[SearchHit]:
        """Return any panels that may be used: for words of a language that nothing here is found by."""
        hits = self.seeker.hits("", books=self.gate.usable[:_BOOKS_OF_ANYTHING])
        if hits:
            self._notes.append(
                "nothing was found by these words (of another language?): any panels were taken"
            )
        return hits

    def _why_none(self) -> str:
        """Say why no panel is a reference, and the way out."""
        why = next(iter(self.seeker.left_out.values()), None)
        if why is None:
            return "no panel of the books that may be used is large enough, or of a story: index more comics"
        return f"no panel may be a reference here: all that were found are left out, the first because {why}"

    def _is_drawn(self) -> bool:
        """Say whether a drawing is to be redrawn, and panels are named to do so by."""
        return self.request.backend == "artificer" and any(
            one.reference.role is not ReferenceRole.LAYOUT for one in self._taken
        )

    def _found(self) -> Found:
        notes = tuple(dict.fromkeys((*self._notes, *self.reader.notes)))
        return Found(turned(self._taken, self._turn), tuple(self.seeker.left_out.items()), notes)

    @property
    def _turn(self) -> int:
        """What chooses among references that fit: 0 takes the best first."""
        return self.request.seed if self.memory.turn is None else self.memory.turn

    # --- roles ---------------------------------------------------------------------------------------

    def _of(self, *roles: ReferenceRole) -> list[Conditioning]:
        return [one for one in self._taken if one.reference.role in roles]

    def _staging(self, beat: Beat) -> str:
        """Take the panel that comes closest to the whole: it says where things are and how they are drawn."""
        pinned = self._of(ReferenceRole.LAYOUT, ReferenceRole.STYLE)
        hits = self.seeker.hits(beat.sought, _LAYOUTS_LOOKED_AT) or self._anything()
        best = next(iter(hits), None)
        settled = (*self._taken, *self.memory.settled())
        if best is not None and not self._of(ReferenceRole.LAYOUT):
            staged = self._staged_for(len(beat.who), hits)
            self._take(
                self.reader.read(staged.panel_id), ReferenceRole.LAYOUT, weight=max(staged.score, 0.05)
            )
        if settled or not beat.who:  # else the first figure says whether there are colours
            self._is_grey = next((is_grey(one.picture) for one in (*settled, *self._taken)), None)
        if self.memory.style_book:
            return self.memory.style_book
        if pinned:
            return pinned[0].reference.book_id
        return best.book_id if best is not None else ""

    def _staged_for(self, people: int, hits: Sequence[SearchHit]) -> SearchHit:
        """Return the first hit that has as many people as are to be placed, else the first of all.

        Other turns take, one after the other, those that come after it.
        """
        fitting = (hit for hit in hits if people and self._people_in(hit) == people)
        if not self._turn or len(hits) == 1:
            return next(fitting, hits[0])
        fits = list(fitting)
        _, *others = *fits, *(hit for hit in hits if hit not in fits)
        return others[(self._turn - 1) % len(others)]

    def _people_in(self, hit: SearchHit) -> int:
        return len(people_in(self.reader.figures(self.reader.read(hit.panel_id))))

    def _character(self, who: str, look: str, anchor: str) -> str:
        """Find references of somebody; returns the book that all others should go with from now on."""
        known = self.memory.figures_of(who)
        for one in known:
            self._keep(one)
        if known or any(c.element == who for c in self._taken):
            return anchor
        casting, name = Casting(self.reader, self.looks), plain_name(who)
        hits, elements = self.seeker.seen_with(name, look)
        candidates = casting.candidates(hits)
        if not candidates:
            return anchor
        vectors = self.looks.vectors([one.picture for one in candidates])
        fits = casting.scores(candidates, vectors, name, look, elements)
        self._casts.append(Cast(who, candidates, fits))
        scores = fits + self._use_of(candidates, anchor)
        for place in alike(scores, vectors, ROLE_LIMITS[ReferenceRole.CHARACTER]):
            chosen, weight = candidates[place], _weight(float(scores[place]))
            self._take(chosen.panel, ReferenceRole.CHARACTER, box=chosen.box, element=who, weight=weight)
        taken = [c for c in self._of(ReferenceRole.CHARACTER) if c.element == who]
        if taken and self._is_grey is None:
            self._is_grey = is_grey(taken[0].picture)
        others = {c.element for c in self._of(ReferenceRole.CHARACTER)} - {who}
        is_settled = self.memory.style_book or self._of(ReferenceRole.STYLE) or others
        return anchor if is_settled or not taken else taken[0].reference.book_id

    def _use_of(self, candidates: Sequence[Candidate], anchor: str) -> FloatMatrix:
        """Return how well figures can be used: whole, of the same hand, and not shown as somebody else.

        Two who touch are one figure: it may stand for both.
        """
        others = {(c.reference.panel_id, c.reference.box) for c in self._of(ReferenceRole.CHARACTER)}

        def again(one: Candidate) -> float:
            return _TOGETHER if one.heads > 1 else -_TWICE

        return np.array(
            [
                one.quality
                + self._kinship(one.panel, anchor)
                + (again(one) if (one.panel_id, one.box) in others else 0.0)
                for one in candidates
            ],
            np.float32,
        )

    def _background(self, beat: Beat, anchor: str) -> None:
        if self._of(ReferenceRole.BACKGROUND):
            return
        place = place_of(beat)
        known = self.memory.places_of(place)
        for one in known:
            self._keep(one)
        if known:
            return
        words = ", ".join(filter(None, (beat.where or beat.sought, *beat.moods)))
        hits = varied(self.seeker.hits(words) or self._anything(), _PLACES_LOOKED_AT)
        panels = [panel for hit in hits if _is_large(panel := self.reader.read(hit.panel_id))]
        panels = [panel for panel in panels if self._may_be_behind(panel, beat)] or panels
        scenes = self._scenes(beat)
        if not (panels or scenes):
            return
        vectors = self.looks.vectors([panel.picture for panel in (*panels, *scenes)])
        fits = self.looks.fit(words, vectors) + _WHOLE * self.looks.fit(beat.sought, vectors)
        scores = [
            float(fit) - self._clutter(panel) + self._kinship(panel, anchor)
            for fit, panel in zip(fits[: len(panels)], panels, strict=True)
        ]
        scene = scene_for(
            self._casts, scenes, fits[len(panels) :], max(map(float, fits[: len(panels)]), default=0.0)
        )
        if scene is not None:
            self._play(scene, place)
        for best in diverse(scores, vectors[: len(panels)], ROLE_LIMITS[ReferenceRole.BACKGROUND]):
            panel, weight = panels[best], _weight(scores[best])
            self._take(panel, ReferenceRole.BACKGROUND, element=place, weight=weight)

    def _may_be_behind(self, panel: PanelPixels, beat: Beat) -> bool:
        """Say whether a panel can be the place: one that people are taken from, if it shows them all."""
        first: dict[str, str] = {}
        for one in self._of(ReferenceRole.CHARACTER):
            first.setdefault(one.element, one.reference.panel_id)
        if set(first.values()) != {panel.detail.panel.panel_id}:
            return True  # it is a plate, whose people are taken out
        heads = self.reader.figures(panel).heads
        return len(heads) == len(beat.who) and is_shot(heads, beat.moods)

    def _scenes(self, beat: Beat) -> list[PanelPixels]:
        """Return panels that may show all that is asked for as it is: who, and as many."""
        if not self.is_alone or self.request.pinned or len(self._casts) != len(beat.who) or not beat.who:
            return []
        seen: dict[str, PanelPixels] = {}
        for cast in self._casts:
            for place in np.argsort(-cast.fits)[:6]:
                panel = cast.candidates[int(place)].panel
                heads = self.reader.figures(panel).heads
                if len(heads) == len(beat.who) and _is_large(panel) and is_shot(heads, beat.moods):
                    seen.setdefault(panel.detail.panel.panel_id, panel)
        return list(seen.values())

    def _play(self, scene: PanelPixels, place: str) -> None:
        """Put a panel that shows it all first, as the place and as everybody in it."""
        before, self._taken = self._taken, []
        self._take(scene, ReferenceRole.BACKGROUND, element=place)
        for cast in self._casts:
            best = cast.in_panel(scene.detail.panel.panel_id)
            if best is not None:
                self._take(scene, ReferenceRole.CHARACTER, box=best.box, element=cast.who)
        played = {(c.reference.panel_id, c.reference.role, c.element) for c in self._taken}
        self._taken += [
            c for c in before if (c.reference.panel_id, c.reference.role, c.element) not in played
        ]

    def _clutter(self, panel: PanelPixels) -> float:
        words = sum(box.area for box in panel.lettering)
        dull = _FLAT if float(cv2.cvtColor(panel.picture, cv2.COLOR_RGB2GRAY).std()) < _DULL else 0.0
        share = self.reader.figures(panel).share
        crowded = 0.15 if share > _CROWDED else 0.0
        return dull + crowded + _FIGURE_COST * share + _LETTERING_COST * words

    def _kinship(self, panel: PanelPixels, anchor: str) -> float:
        """Say how well a panel goes with the others by whose hand and in what paint it is."""
        same = _SAME_BOOK if panel.detail.book_id == anchor else 0.0
        is_other = self._is_grey is not None and is_grey(panel.picture) is not self._is_grey
        return same - (_OTHER_PAINT if is_other else 0.0)

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
        if not self._take(panel, role, box=box, element=wish.element, weight=wish.weight, is_pinned=True):
            raise NoReferenceError(
                f"the pinned panel {wish.panel_id} may not be used: {self.seeker.left_out[wish.panel_id]}"
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
            self.seeker.left_out[detail.panel.panel_id] = conflict
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
        if not self.seeker.may(one.reference.panel_id):
            return
        licence = self.gate.books[one.reference.book_id].licence
        if conflict := conflict_between(self._licences, licence):
            self.seeker.left_out[one.reference.panel_id] = conflict
            return
        self._licences.append(licence)
        self._taken.append(one)


def turned(taken: Sequence[Conditioning], turn: int) -> tuple[Conditioning, ...]:
    """Return references with those of the same role and element in another order, by ``turn``.

    What is pinned stays first; 0 leaves all as they are, best first.
    """
    order = list(taken)
    groups: dict[tuple[ReferenceRole, str], list[int]] = {}
    for place, one in enumerate(taken):
        if turn and not one.reference.is_pinned:
            groups.setdefault((one.reference.role, one.element), []).append(place)
    for (role, element), places in groups.items():
        chance = np.random.default_rng([turn, zlib.crc32(f"{role} {element}".encode())])
        for place, chosen in zip(places, chance.permutation(places), strict=True):
            order[place] = taken[chosen]
    return tuple(order)


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


def _is_large(panel: PanelPixels) -> bool:
    return bool(min(panel.picture.shape[:2]) >= LEAST_SIDE_PX)


def _weight(score: float) -> float:
    return round(min(max(score + 0.3, 0.05), 1.0), 3)
