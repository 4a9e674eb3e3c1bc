"""The backend ``storyboard``: composes a panel of parts of its references."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from models.figures import FigureFinder, FigureMap, load_finder
from models.generation.backend import Conditioning, GeneratedPanel, Layer, Placement, Progress, unwatched
from models.generation.colours import is_grey
from models.generation.fitting import ignored_of
from models.generation.prompts.beats import Beat, beats_of, merged
from models.generation.storyboard.blending import greyed, laid, matched, relit, with_shadow
from models.generation.storyboard.cutouts import Cutout, soundest
from models.generation.storyboard.grouping import Place, by_depth
from models.generation.storyboard.heads import all_crowned
from models.generation.storyboard.mood import graded, weathered
from models.generation.storyboard.plates import filled, unwanted_in
from models.generation.storyboard.rendering import WAYS, drawn_over, opened, render
from models.generation.storyboard.stage import (
    Stage,
    framed,
    lowered,
    moved_down,
    on_panel,
    opaque,
    sheet,
    surroundings,
    upper_part,
    with_headroom,
)
from models.generation.storyboard.staging import best_window, placed, slots_of
from models.generation.storyboard.words import FOLLOWED, Cast, Hand, Lettering, People, lettered
from models.pictures import crop
from schemas.errors import NoReferenceError, QueryError
from schemas.generation import (
    BackendDescription,
    Capability,
    GenerationRequest,
    ReferenceRole,
    SourceType,
)
from schemas.geometry import Box
from schemas.records import RgbImage

VERSION = "4"
RENDERS = tuple(WAYS)
DEFAULT_RENDER = "sketch"
MAX_FIGURES = 3
_HEADROOMS = (0.0, 0.16, 0.26, 0.36)
"""Shares of the panel that art makes room for, above, until its words fit without covering a head."""
_PALETTE_STRENGTH = 0.75
_LIKELY = 0.3
"""How likely a figure of a plate is where it is taken out: half a figure that stays is worse than a gap."""
_USES = frozenset(
    {
        *(Capability.PROMPT, Capability.SEED, Capability.SIZE, Capability.BOXES),
        *(
            Capability.LETTERING,
            Capability.LAYERS,
            Capability.RENDER,
            Capability.LAYOUT,
            Capability.CHARACTER,
        ),
        *(Capability.BACKGROUND, Capability.PALETTE, Capability.STRENGTH),
    }
)


class StoryboardBackend:
    """Composes panels; the same request and references give the same bytes."""

    def __init__(self, finder: FigureFinder | None = None) -> None:
        """Compose with a finder of figures, by default the one that ships."""
        self._finder = finder or load_finder()

    @property
    def description(self) -> BackendDescription:
        """See :class:`models.generation.backend.GenerationBackend`."""
        return BackendDescription(
            "storyboard", f"{VERSION}+{self._finder.name}", _USES, SourceType.COMPOSITE, is_deterministic=True
        )

    def generate(
        self,
        request: GenerationRequest,
        conditioning: Sequence[Conditioning],
        *,
        progress: Progress = unwatched,
    ) -> tuple[GeneratedPanel, ...]:
        """See :class:`models.generation.backend.GenerationBackend`.

        Raises:
            QueryError: there is no such way to draw.
            NoReferenceError: no reference can be drawn from.
            BackendUnavailableError: lettering lacks a package or a font.
        """
        way = request.render or DEFAULT_RENDER
        if way not in WAYS:
            raise QueryError(f"the storyboard is drawn as {', '.join(WAYS)}, not as {way!r}")
        if not conditioning:
            raise NoReferenceError("the storyboard is made of references, and there is none")
        progress(0.0, "reading the prompt")
        beat = merged(beats_of(request.prompt))
        panels = []
        for variant in range(request.variants):

            def told(share: float, step: str, done: int = variant) -> None:
                progress((done + share) / request.variants, step)

            panels.append(
                _Composition(request, tuple(conditioning), beat, way, self._finder, told).panel(variant)
            )
        return tuple(panels)


@dataclass(slots=True)
class _Composition:
    """One variant of one panel."""

    request: GenerationRequest
    conditioning: tuple[Conditioning, ...]
    beat: Beat
    way: str
    finder: FigureFinder
    progress: Progress

    def panel(self, variant: int) -> GeneratedPanel:
        seed = (self.request.seed + variant) % 2**32
        rng = np.random.default_rng(seed)
        self.progress(0.05, "choosing a plate")
        plate = self._plate(variant)
        self.progress(0.2, "cutting figures out")
        is_scene = self._is_scene(plate, variant)
        cutouts = [] if is_scene else self._cutouts(variant)
        self.progress(0.55, "staging")
        stage = self._staged(plate, cutouts, rng)
        self.progress(0.75, "drawing")
        picture, layers, letters, room = self._finished(stage, seed)
        self.progress(1.0, "done")
        return GeneratedPanel(
            picture,
            seed,
            ignored=ignored_of(self.request, self.conditioning, _USES),
            boxes={
                "figure": tuple(lowered(one.body, room) for one in stage.cast),
                "speaker": tuple(lowered(one.head, room) for one in stage.cast),
                "head": tuple(lowered(head, room) for head in stage.heads),
                "balloon": letters.balloons,
                FOLLOWED: stage.balloons,
            },
            layers=layers,
            notes={
                "render": self.way,
                "headroom": f"{room:g}",
                "cast": json.dumps([one.name for one in stage.cast], ensure_ascii=False),
            },
            used=tuple(dict.fromkeys(stage.used)),
            placements=tuple(one.lowered(room) for one in stage.placements),
        )

    # --- choosing ------------------------------------------------------------------------------------

    def _of(self, role: ReferenceRole) -> list[Conditioning]:
        found = [one for one in self.conditioning if one.reference.role is role]
        return sorted(found, key=lambda one: not one.reference.is_pinned)

    def _plate(self, variant: int) -> Conditioning:
        """Take a background, another one a variant unless one is pinned; else the panel staged after."""
        plates = self._of(ReferenceRole.BACKGROUND)
        if plates:
            return plates[0] if plates[0].reference.is_pinned else plates[variant % len(plates)]
        return (self._of(ReferenceRole.LAYOUT) or list(self.conditioning))[0]

    def _choices(self, variant: int) -> list[list[Conditioning]]:
        """Return, for each of those named, the references of them, another one first a variant."""
        by_element: dict[str, list[Conditioning]] = {}
        for number, one in enumerate(self._of(ReferenceRole.CHARACTER)):
            by_element.setdefault(one.element or f"#{number}", []).append(one)
        return [
            choices if choices[0].reference.is_pinned else choices[variant % len(choices) :] + choices
            for choices in list(by_element.values())[:MAX_FIGURES]
        ]

    def _is_scene(self, plate: Conditioning, variant: int) -> bool:
        """Say whether the plate shows everybody already: then they stay where they stand."""
        if plate.reference.is_pinned:
            return False
        people = [choices[0].reference.panel_id for choices in self._choices(variant)]
        return bool(people) and set(people) == {plate.reference.panel_id}

    def _cutouts(self, variant: int) -> list[Cutout]:
        """Cut out one figure for each of those named, in the order of the prompt; nobody is left out."""
        cutouts: list[Cutout] = []
        taken: dict[tuple[str, Box], int] = {}
        for turned in self._choices(variant):
            first = taken.get(_place_of(turned[0]))
            if first is not None and len(cutouts[first].heads) > len(cutouts[first].names):
                # two who touch are cut out as one
                names = (*cutouts[first].names, turned[0].element)
                cutouts[first] = replace(cutouts[first], names=names)
                continue
            free = [one for one in turned if _place_of(one) not in taken]
            found = soundest(free or turned, self.finder, is_whole="wide" in self.beat.moods)
            if found is not None:
                taken.setdefault(_place_of(found.source), len(cutouts))
                cutouts.append(found)
        return cutouts

    # --- composing -----------------------------------------------------------------------------------

    def _staged(self, plate: Conditioning, cutouts: Sequence[Cutout], rng: np.random.Generator) -> Stage:
        size = self.request.width_px, self.request.height_px
        ground, own, window = self._ground(plate, keeps_figures=not cutouts)
        has_colours = not is_grey(plate.picture)
        ground = graded(ground, self.beat.moods)
        ground = opened(ground if has_colours else greyed(ground), self.way)
        stage = Stage(ground, has_colours, used=[plate.reference])
        stage.placements.append(Placement(plate.reference, window.as_tuple(), (0.0, 0.0, 1.0, 1.0)))
        if self.request.layers:
            stage.layers.append(opaque("plate", ground))
        self._note_own(stage, own, names=() if cutouts else self._names_in(plate))
        models = self._of(ReferenceRole.LAYOUT)
        model = self.finder.find(models[0].picture) if models and cutouts else None
        shot = next((mood for mood in ("wide", "close-up") if mood in self.beat.moods), "")
        slots = slots_of(model, len(cutouts), shot)
        if slots:
            stage.used.append(models[0].reference)
            stage.balloons = models[0].lettering
        places = placed(cutouts, slots, size, shot, rng) if cutouts else []
        for number in by_depth(places):
            self._place(stage, cutouts[number], places[number])
        palettes = self._of(ReferenceRole.PALETTE)
        if palettes:
            stage.picture = matched(
                stage.picture, palettes[0].picture, _PALETTE_STRENGTH * palettes[0].reference.weight
            )
            stage.used.append(palettes[0].reference)
        return stage

    def _ground(self, plate: Conditioning, *, keeps_figures: bool) -> tuple[RgbImage, FigureMap, Box]:
        """Return the plate at the size of the panel without its words, the figures left, the part shown."""
        size = self.request.width_px, self.request.height_px
        found = self.finder.find(plate.picture)
        hole = unwanted_in(plate, heads=found.heads)
        height, width = hole.shape
        figures = np.zeros_like(hole)
        if not keeps_figures:
            likely = cv2.resize(found.figure, (width, height)) > _LIKELY
            around = np.ones((max(3, max(width, height) // 30),) * 2, np.uint8)
            figures = np.asarray(cv2.dilate(likely.astype(np.uint8) * 255, around), np.uint8)
        window = best_window(found, hole, (width, height), size[0] / size[1], keeps_figures=keeps_figures)
        clean = filled(plate.picture, hole | figures, spared=figures)
        shown = np.ascontiguousarray(crop(clean, window))
        mode = cv2.INTER_AREA if shown.shape[1] > size[0] else cv2.INTER_CUBIC
        ground = np.asarray(cv2.resize(shown, size, interpolation=mode), np.uint8)
        return ground, self.finder.find(ground), window

    def _names_in(self, plate: Conditioning) -> tuple[str, ...]:
        """Return who stands in a plate that keeps its figures, from the left."""
        own = [
            c for c in self._of(ReferenceRole.CHARACTER) if c.reference.panel_id == plate.reference.panel_id
        ]
        known = tuple(
            c.element for c in sorted(own, key=lambda one: one.reference.box.center[0]) if c.element
        )
        return known or self.beat.who or ("",)

    def _note_own(self, stage: Stage, own: FigureMap, *, names: tuple[str, ...]) -> None:
        """Remember heads that the plate itself shows: words must not cover them either."""
        stage.heads.extend(all_crowned(own.heads, own.figure))
        if not names:
            return
        people = [
            (figure.box, head) for figure in own.figures for head in all_crowned(figure.heads, own.figure)
        ]
        people += [(figure.box, upper_part(figure.box)) for figure in own.figures if not figure.heads]
        kept = sorted(people[: max(len(names), 1)], key=lambda pair: pair[1].center[0])
        for number, (box, head) in enumerate(kept):
            name = names[number] if number < len(names) else ""
            stage.cast.append(Cast(name or f"figure {number + 1}", box, head))

    def _place(self, stage: Stage, cutout: Cutout, place: Place) -> None:
        size = self.request.width_px, self.request.height_px
        around = surroundings(stage.picture, place)
        pixels = relit(cutout.pixels, around)
        pixels = pixels if stage.has_colours else greyed(pixels)
        mode = cv2.INTER_AREA if place.width < pixels.shape[1] else cv2.INTER_CUBIC
        pixels = np.asarray(
            cv2.resize(pixels, (place.width, place.height), interpolation=mode), dtype=np.uint8
        )
        if place.is_mirrored:
            pixels = np.ascontiguousarray(pixels[:, ::-1])
        if place.stands:
            foot = place.x + place.width / 2, place.y + place.height * 0.985
            stage.picture = with_shadow(stage.picture, foot, place.width * 0.8)
        stage.picture = laid(stage.picture, pixels, (place.x, place.y))
        names = cutout.names or (f"figure {len(stage.cast) + 1}",)
        if self.request.layers:
            stage.layers.append(Layer(names[0], sheet(pixels, place, size)))
        stage.placements.append(_placement(cutout, place, size))
        heads = [on_panel(head, place, size) for head in cutout.heads or (cutout.head,)]
        stage.heads.extend(heads)
        body = on_panel(Box.whole_page(), place, size)
        speaking = sorted(heads[: len(names)], key=lambda head: head.center[0])
        stage.cast += [Cast(name, body, head) for name, head in zip(names, speaking, strict=False)]
        stage.used.append(cutout.source.reference)

    def _layers(self, stage: Stage, art: RgbImage, letters: Lettering, room: float) -> tuple[Layer, ...]:
        """Return the layers where they are wanted: those of eight large variants fill a small machine."""
        if not self.request.layers:
            return ()
        own = (moved_down(layer, room) for layer in stage.layers)
        return *own, opaque("drawing", art), Layer("lettering", letters.pixels)

    # --- finishing -----------------------------------------------------------------------------------

    def _finished(self, stage: Stage, seed: int) -> tuple[RgbImage, tuple[Layer, ...], Lettering, float]:
        """Draw in one hand and letter; where words find no room, the art moves down."""
        size = self.request.width_px, self.request.height_px
        under = weathered(stage.picture, self.beat.moods, seed=seed)
        drawn = drawn_over(under, render(under, self.way, seed=seed), self.request.strength)
        cast = sorted(stage.cast, key=lambda one: one.head.center[0])
        # what looks like a head once all is drawn is none to cover either
        seen = self.finder.find(drawn)
        stage.heads.extend(all_crowned(seen.heads, seen.figure))
        hand = Hand(self.way, seed, stage.balloons)
        for room in _HEADROOMS:
            moved = [Cast(one.name, lowered(one.body, room), lowered(one.head, room)) for one in cast]
            heads = [lowered(head, room) for head in stage.heads]
            letters = lettered(self.beat, People(moved, heads), size, hand=hand)
            if letters is not None:
                art = with_headroom(drawn, room)
                layers = self._layers(stage, art, letters, room)
                return framed(laid(art, letters.pixels, (0, 0))), layers, letters, room
        words = " / ".join(line.words for line in self.beat.speech)
        raise QueryError(
            f"these words do not fit a panel of {size[0]}x{size[1]} px: shorten them, or split the panel: "
            f"{words[:200]}"
        )


def _place_of(one: Conditioning) -> tuple[str, Box]:
    return one.reference.panel_id, one.reference.box


def _placement(cutout: Cutout, place: Place, size: tuple[int, int]) -> Placement:
    width, height = size
    corners = place.x / width, place.y / height
    further = (place.x + place.width) / width, (place.y + place.height) / height
    return Placement(cutout.source.reference, cutout.part.as_tuple(), (*corners, *further), place.is_mirrored)
