"""Random books without end: fresh casts, places, layouts and words, for benchmarks and training."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from models.drawing import random_words as words
from models.drawing.art import BUILDS, EFFECTS, EXTRAS, HAIR, OUTFITS, PLACES, PROPS, SPECIES
from models.drawing.dice import dice
from models.drawing.frames import bounds
from models.drawing.layout import Layout
from models.drawing.layouts import LAYOUTS
from models.drawing.scene import (
    Actor,
    Design,
    Emotion,
    Line,
    PageScript,
    PanelScript,
    Pose,
    Prop,
    Scene,
    Script,
    Shot,
    TimeOfDay,
    Weather,
)
from models.drawing.style import STYLES, ColourMode
from schemas.labels import PageType, ReadingDirection, TextKind

_MATTER = ("text", "text-vignette", "credits-art", "advert-art", "advert-side")
_SKINS = ("#f6d7b8", "#e8b98f", "#c98d60", "#9a6440", "#6f4630")
_FURS = ("#e8743b", "#8a8f9a", "#d9c7a8", "#5b4636", "#6fae5c", "#5b8fa8", "#c9b0d8")
_HAIRS = ("#241c1c", "#5a2d1a", "#b5622d", "#d9b25a", "#8d8d95", "#5c3b78")
_CLOTHES = ("#3f6fb5", "#b5483f", "#3f8f5f", "#d9a02b", "#6b4f8f", "#2f3f55", "#c46f9b", "#7a8a4a")
_HAND_PROPS = ("lantern", "book", "cup", "umbrella", "key", "letter", "map", "sword", "flower", "balloon")
# Whoever lies or flies needs a wide shot to be seen.
_UPRIGHT = tuple(pose for pose in Pose if pose not in (Pose.LYING, Pose.FALLING, Pose.FLYING))
_FRAMES = ("border",) * 12 + ("none", "none", "jagged", "round", "bleed")
# Shares of shots in stories: medium shots carry the talk.
_SHOTS = (Shot.MEDIUM,) * 5 + (Shot.WIDE,) * 3 + (Shot.CLOSE_UP,) * 2 + (Shot.NO_CHARACTER,)
_EXTRA_CHANCE, _HELD_CHANCE = 0.05, 0.25
_TINY, _SMALL = 0.09, 0.17  # panel areas, in shares of the page, that hold one short line, or two
_PAGE_PX: Mapping[ReadingDirection, tuple[int, int]] = MappingProxyType(
    {
        ReadingDirection.LTR: (1000, 1414),
        ReadingDirection.RTL: (1000, 1414),
        ReadingDirection.TTB: (800, 1280),
    }
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a random book is made of. A recipe with ``layouts`` is all story, and takes them in turn."""

    layouts: tuple[str, ...] = ()
    frames: tuple[str, ...] = _FRAMES
    places: tuple[str, ...] = ()
    caption_chance: float = 0.25
    effect_chance: float = 0.15
    effects: tuple[str, ...] = tuple(sorted(EFFECTS))


_ANY = Recipe()


def random_script(
    seed: int, *, direction: ReadingDirection, style: str, pages: int, recipe: Recipe = _ANY
) -> Script:
    """Make up a book.

    Args:
        seed: The same seed gives the same book.
        direction: Reading direction; ``ttb`` makes a vertical strip.
        style: Name of a drawing style.
        pages: How many pages, at least 1.
        recipe: What to choose from.
    """
    rng = dice("script", seed, direction.value, style)
    cast = _cast(rng)
    places = recipe.places or rng.sample(sorted(PLACES), k=4)
    maker = _Maker(rng, cast, places, direction, replace(recipe, frames=_visible(recipe.frames, style)))
    heading = words.title(rng)
    return Script(
        slug=f"random-{seed}-{direction.value}",
        title=heading,
        direction=direction,
        style=style,
        cast=cast,
        pages=tuple(maker.page(number, pages, heading) for number in range(pages)),
        series=heading,
        number=str(rng.randrange(1, 40)),
        summary=words.narration(rng),
        page_size_px=_PAGE_PX[direction],
        improvised=True,
    )


def _visible(frames: tuple[str, ...], style: str) -> tuple[str, ...]:
    """Give panels of bare paper a line around them: without one nobody could say where they end."""
    bare = STYLES[style].mode in (ColourMode.TONES, ColourMode.INK)
    return tuple("border" if bare and frame in ("none", "disc") else frame for frame in frames)


def _cast(rng: random.Random) -> tuple[Design, ...]:
    return tuple(_design(rng, name) for name in rng.sample(words.NAMES, k=rng.randint(3, 5)))


def _design(rng: random.Random, name: str) -> Design:
    species = rng.choice(("human", "human", *sorted(SPECIES)))
    return Design(
        name,
        species=species,
        build=rng.choice(sorted(BUILDS)),
        skin=rng.choice(_SKINS if species == "human" else _FURS),
        hair=rng.choice(sorted(HAIR)),
        hair_colour=rng.choice(_HAIRS),
        outfit=rng.choice(sorted(OUTFITS)),
        outfit_colour=rng.choice(_CLOTHES),
        accent_colour=rng.choice(_CLOTHES),
        extras=tuple(extra for extra in EXTRAS if rng.random() < _EXTRA_CHANCE),
    )


class _Maker:
    """Makes the pages of one book, which share cast and places."""

    def __init__(
        self,
        rng: random.Random,
        cast: Sequence[Design],
        places: Sequence[str],
        direction: ReadingDirection,
        recipe: Recipe,
    ) -> None:
        self._rng = rng
        self._cast = cast
        self._places = places
        self._direction = direction
        self._recipe = recipe
        strips = direction is ReadingDirection.TTB
        self._layouts = [
            layout
            for layout in LAYOUTS.values()
            if (layout.strip_height is not None) == strips and layout.name not in _MATTER
        ]

    def page(self, number: int, count: int, heading: str) -> PageScript:
        """Make one page; what kind it is depends on where it stands in the book."""
        if self._recipe.layouts:
            return self._story(LAYOUTS[self._recipe.layouts[number % len(self._recipe.layouts)]])
        strips = self._direction is ReadingDirection.TTB
        if count > 2 and number in (0, count - 1):
            layout = LAYOUTS["strip-1" if strips else "bleed-1"]
            kind = PageType.COVER if number == 0 else PageType.BACK_COVER
            body = (f"No. {self._rng.randrange(1, 99)}",) if number == 0 else (words.narration(self._rng),)
            return PageScript((self._panel(layout, 0, silent=True),), layout.name, kind, heading, body)
        if not strips and count > 2 and self._rng.random() < 0.12:
            return self._matter()
        return self._story(self._rng.choice(self._layouts))

    def _story(self, layout: Layout) -> PageScript:
        panels = tuple(self._panel(layout, k) for k in range(len(layout.cells)))
        return PageScript(panels, layout.name)

    def _matter(self) -> PageScript:
        rng, kind = self._rng, self._rng.choice((PageType.ADVERTISEMENT, PageType.TEXT, PageType.CREDITS))
        name = rng.choice(
            {
                PageType.ADVERTISEMENT: ("advert-art", "advert-side"),
                PageType.TEXT: ("text", "text-vignette"),
                PageType.CREDITS: ("credits-art",),
            }[kind]
        )
        if kind is PageType.ADVERTISEMENT:
            heading, body = words.offer(rng)
        elif kind is PageType.TEXT:
            heading, body = "Letters to the Editor", words.prose(rng, 4)
        else:
            heading, body = (
                "Credits",
                (f"Story: {rng.choice(words.NAMES)}", f"Art: {rng.choice(words.NAMES)}"),
            )
        layout = LAYOUTS[name]
        panels = tuple(self._panel(layout, k, silent=True) for k in range(len(layout.cells)))
        return PageScript(panels, name, kind, heading, body)

    def _panel(self, layout: Layout, index: int, *, silent: bool = False) -> PanelScript:
        rng, recipe = self._rng, self._recipe
        shot = rng.choice(_SHOTS)
        actors = self._actors(shot)
        scene = Scene(
            rng.choice(self._places),
            shot=shot,
            time=rng.choice(tuple(TimeOfDay)),
            weather=rng.choice((Weather.CLEAR, Weather.CLEAR, *Weather)),
            actors=actors,
            props=tuple(self._prop() for _ in range(rng.choice((0, 0, 1, 2)))),
            effects=(rng.choice(recipe.effects),) if rng.random() < recipe.effect_chance else (),
            viewpoint=rng.choice(("eye level",) * 4 + ("from above", "from below")),
        )
        cell = bounds(layout.cells[index])
        height = layout.strip_height or 1.0
        area = cell.width * cell.height / (height if layout.strip_height is None else 1.5)
        lines = () if silent else self._lines(actors, area)
        # Neighbours that share a line, and insets, are told apart by nothing else.
        lined = silent or index in layout.insets or (layout.gutter == 0 and not layout.strip_height)
        return PanelScript(scene, lines, frame="border" if lined else rng.choice(recipe.frames))

    def _actors(self, shot: Shot) -> tuple[Actor, ...]:
        rng = self._rng
        most = {Shot.NO_CHARACTER: 0, Shot.CLOSE_UP: 1, Shot.DETAIL: 0}.get(shot, min(3, len(self._cast)))
        count = rng.randint(1, most) if most else 0
        # The first to speak stands first in the reading direction.
        xs = [(k + 1) / (count + 1) + rng.uniform(-0.05, 0.05) for k in range(count)]
        if self._direction is ReadingDirection.RTL:
            xs.reverse()
        people = rng.sample(list(self._cast), k=count)
        return tuple(
            Actor(
                person.name,
                rng.choice(tuple(Pose) if shot is Shot.WIDE else _UPRIGHT),
                rng.choice(tuple(Emotion)),
                x=x,
                depth=rng.uniform(0.1, 0.4),
                facing=rng.choice((-1, 0, 1)),
                holding=rng.choice(_HAND_PROPS) if rng.random() < _HELD_CHANCE else None,
            )
            for person, x in zip(people, xs, strict=True)
        )

    def _prop(self) -> Prop:
        rng = self._rng
        return Prop(rng.choice(sorted(PROPS)), rng.uniform(0.05, 0.95), rng.uniform(0.2, 0.7))

    def _lines(self, actors: Sequence[Actor], area: float) -> tuple[Line, ...]:
        rng, lines = self._rng, []
        room = 1 if area < _TINY else 2 if area < _SMALL else 3
        if rng.random() < self._recipe.caption_chance and room > 1:
            lines.append(Line(words.narration(rng), TextKind.CAPTION))
        for actor in actors[: max(room - len(lines), 0)]:
            if rng.random() < 0.8:
                mood = rng.choice(("plain",) * 6 + ("shout", "whisper", "thought"))
                lines.append(
                    Line(words.speech(rng, short=area < _SMALL), TextKind.DIALOGUE, actor.character, mood)
                )
        if len(lines) < room and rng.random() < 0.15:
            noises = words.KANA_NOISES if self._direction is ReadingDirection.RTL else words.NOISES
            lines.append(Line(rng.choice(noises), TextKind.SOUND_EFFECT))
        elif len(lines) < room and rng.random() < 0.06:
            lines.append(Line(rng.choice(words.SIGNS), TextKind.SIGN))
        return tuple(lines)
