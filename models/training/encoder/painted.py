"""Scenes of the painter at random, and what they show."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import skia

from models.drawing.art import PLACES, PROPS, Rect, paint_scene
from models.drawing.scene import Actor, Emotion, Pose, Prop, Scene, Shot, TimeOfDay, Weather
from models.drawing.style import STYLES, ColourMode, Style
from models.training.encoder import wording
from models.training.encoder.facts import Being, Facts
from models.training.encoder.people import Person, draw_person
from schemas.records import RgbImage

AREA_PX = 150.0
"""Root of the area of a picture, before it is squashed to a square."""
_FINE = 2.4
_HELD = ("lantern", "book", "cup", "umbrella", "key", "letter", "map", "sword", "flower", "balloon", "potion",
         "wand", "camera", "phone", "guitar", "apple", "fish", "basket", "cake", "crown", "ball")  # fmt: skip
_RELATIONS: Mapping[str, tuple[Pose | None, Emotion | None]] = {
    "face": (None, None),
    "quarrel": (None, Emotion.ANGRY),
    "rejoice": (None, Emotion.HAPPY),
    "away": (None, None),
    "walk": (Pose.WALKING, None),
    "run": (Pose.RUNNING, Emotion.AFRAID),
    "chase": (Pose.RUNNING, None),
}
_NOTABLE = (Pose.FLYING, Pose.LYING, Pose.FALLING)
_MOODY = tuple(emotion for emotion in Emotion if emotion is not Emotion.NEUTRAL)


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture, RGB of some aspect, and what it shows."""

    picture: RgbImage
    facts: Facts


def painted(rng: random.Random, *, few: bool = False) -> Sample:
    """Paint a scene of the renderer."""
    shot = rng.choices(list(Shot), [4, 5, 5, 1, 1.2])[0]
    if few and shot is Shot.CLOSE_UP:
        shot = Shot.WIDE
    most = {Shot.NO_CHARACTER: 0, Shot.CLOSE_UP: 1, Shot.DETAIL: 1}.get(shot, 3)
    count = rng.choice((1, 1, 2, 2, 3)) if most == 3 else most
    people = [draw_person(rng, f"p{i}") for i in range(count)]
    if count > 1 and rng.random() < 0.3:
        people[1] = _animal(rng)
    scene, relation = _related(rng, _scene(rng, shot, people))
    style = _style(rng)
    picture = _paint(rng, scene, people, style)
    facts = replace(_facts_of(rng, scene, people, style), together=wording.TOGETHER.get(relation, ()))
    return _tinted(rng, Sample(picture, facts)) if rng.random() < 0.1 else Sample(picture, facts)


def empty_place(rng: random.Random) -> Sample:
    """Paint a place without anybody or anything in it, to lay drawings over."""
    scene = replace(_scene(rng, Shot.NO_CHARACTER, ()), props=(), effects=())
    style = _style(rng)
    facts = _facts_of(rng, scene, (), style)
    return Sample(_paint(rng, scene, (), style), replace(facts, shots=(), tags=facts.tags - {"no-character"}))


def _related(rng: random.Random, scene: Scene) -> tuple[Scene, str]:
    """Let the first two figures do something with each other, every second time; returns what."""
    if len(scene.actors) < 2 or rng.random() < 0.5:
        return scene, ""
    relation = rng.choices(list(_RELATIONS), [4, 2, 2, 1, 1, 1, 1])[0]
    pose, mood = _RELATIONS[relation]
    one, two, *others = scene.actors
    order = 1 if one.x < two.x else -1
    ahead = rng.choice((-1, 1))
    sides = {"away": (-order, order)}.get(relation, (order, -order) if pose is None else (ahead, ahead))
    pair = [
        replace(actor, facing=side, depth=one.depth, pose=pose or actor.pose, emotion=mood or actor.emotion)
        for actor, side in zip((one, two), sides, strict=True)
    ]
    return replace(scene, actors=(*pair, *others)), relation


def _tinted(rng: random.Random, sample: Sample) -> Sample:
    """Flood a picture with one colour, as comics do for mood."""
    colour, words = rng.choice(list(wording.TINTS.items()))
    grey = cv2.cvtColor(sample.picture, cv2.COLOR_RGB2GRAY)[..., None].astype(np.float32) / 255
    flood = np.array(colour, np.float32) * np.minimum(grey * 2, 1) + 255 * np.maximum(grey * 2 - 1, 0) * 0.6
    share = rng.uniform(0.6, 1.0)
    picture = np.clip(flood * share + sample.picture * (1 - share), 0, 255).astype(np.uint8)
    tags = sample.facts.tags - {"colour", "black and white"} | {words[0].split("-")[0].removeprefix("in ")}
    return Sample(
        picture, replace(sample.facts, looks=words, effects=(*sample.facts.effects, *words), tags=tags)
    )


def _animal(rng: random.Random) -> Person:
    while True:
        person = draw_person(rng, "p1")
        if "animal" in person.tags:
            return person


def _scene(rng: random.Random, shot: Shot, people: Sequence[Person]) -> Scene:
    xs = [(k + 1) / (len(people) + 1) + rng.uniform(-0.08, 0.08) for k in range(len(people))]
    rng.shuffle(xs)
    near = shot in (Shot.CLOSE_UP, Shot.MEDIUM)
    actors = tuple(
        Actor(
            person.design.name,
            _pose(rng, shot),
            rng.choice(_MOODY) if near or rng.random() < 0.6 else Emotion.NEUTRAL,
            x=min(max(x, 0.08), 0.92),
            depth=rng.uniform(0.0, 0.3) if near else rng.choice((0.0, 0.1, 0.3, 0.6)) * rng.random(),
            facing=rng.choice((-1, 0, 1)),
            holding=rng.choice(_HELD) if rng.random() < 0.28 else None,
        )
        for person, x in zip(people, xs, strict=True)
    )
    few_props = (0, 0, 0, 1) if near else (0, 0, 1, 1, 2)
    return Scene(
        rng.choice(list(PLACES)) if rng.random() < 0.96 else "plain",
        shot=shot,
        time=rng.choices(list(TimeOfDay), [1, 3, 1.5, 2.5])[0],
        weather=rng.choice((Weather.CLEAR,) * 4 + tuple(Weather)),
        actors=actors,
        props=tuple(_prop(rng) for _ in range(max(rng.choice(few_props), shot is Shot.DETAIL))),
        effects=(rng.choice(sorted(wording.EFFECTS)),) if rng.random() < 0.13 else (),
        viewpoint=rng.choice(("eye level",) * 5 + ("from above", "from below")),
    )


def _pose(rng: random.Random, shot: Shot) -> Pose:
    if shot is Shot.WIDE and rng.random() < 0.3:
        return rng.choice(_NOTABLE)
    upright = [pose for pose in Pose if pose not in _NOTABLE or shot is Shot.WIDE]
    return rng.choice(upright)


def _prop(rng: random.Random) -> Prop:
    size = rng.choice((1.0, 1.0, 1.3, 1.7))
    return Prop(rng.choice(sorted(PROPS)), rng.uniform(0.05, 0.95), rng.uniform(0.05, 0.6), size)


def _style(rng: random.Random) -> Style:
    """Vary a style of the registry: line, shade, softness, saturation and warmth."""
    style = rng.choices(
        [STYLES[n] for n in ("western", "album", "manga", "webtoon", "sketch")], [3, 3, 2, 3, 0.7]
    )[0]
    if style.mode in (ColourMode.TONES, ColourMode.INK):
        return replace(style, line_width=style.line_width * rng.uniform(0.5, 1.4))
    return replace(
        style,
        line_width=0.0 if rng.random() < 0.15 else style.line_width * rng.uniform(0.4, 1.3),
        coloured_lines=rng.choice((style.coloured_lines, rng.random())),
        softness=rng.choice((style.softness, rng.random())),
        shade=rng.uniform(0, 0.7),
        saturation=rng.uniform(0.6, 1.25),
        warmth=rng.uniform(-0.2, 0.25),
    )


def _paint(rng: random.Random, scene: Scene, people: Sequence[Person], style: Style) -> RgbImage:
    aspect = math.exp(rng.gauss(0.1, 0.4))
    width, height = (max(64, round(AREA_PX * factor)) for factor in (aspect**0.5, aspect**-0.5))
    # screentones are painted fine and shrunk, as a scan would have them
    fine = _FINE if style.mode in (ColourMode.TONES, ColourMode.INK) else 1.0
    height_px, width_px = round(height * fine), round(width * fine)
    canvas_px = np.full((height_px, width_px, 4), 255, np.uint8)
    surface = skia.Surface(canvas_px, colorType=skia.kRGBA_8888_ColorType)
    # painted as for a panel of 200 to 380 px, so that lines become as thin as in a shrunk page
    scale = height_px / rng.uniform(200, 380)
    with surface as canvas:
        canvas.scale(scale, scale)
        frame = Rect(0, 0, width_px / scale, height_px / scale)
        cast = {person.design.name: person.design for person in people}
        paint_scene(canvas, scene, frame, cast=cast, style=style, seed=rng.randrange(1 << 30))
    picture = np.ascontiguousarray(canvas_px[..., :3])
    return _shrunk(picture, (width, height)) if fine > 1 else picture


def _shrunk(picture: RgbImage, size: tuple[int, int]) -> RgbImage:
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _facts_of(rng: random.Random, scene: Scene, people: Sequence[Person], style: Style) -> Facts:
    grey = style.mode in (ColourMode.TONES, ColourMode.INK)
    place = PLACES[scene.place]
    weather = place.weather and scene.weather is not Weather.CLEAR
    detail = scene.shot is Shot.DETAIL
    seen = {Shot.NO_CHARACTER: 0, Shot.DETAIL: 0}.get(scene.shot, len(people))
    near = scene.shot is Shot.CLOSE_UP  # of a face alone nobody can tell what the body does
    shown = [replace(actor, holding=None) if near else actor for actor in scene.actors[:seen]]
    beings = tuple(_being(actor, person) for actor, person in zip(shown, people, strict=False))
    beings = tuple(replace(being, verbs=()) for being in beings) if near else beings
    things = [rng.choice(wording.PROPS[prop.kind]) for prop in scene.props]
    tags = {scene.place, scene.shot.value, scene.time.value, "black and white" if grey else "colour",
            *scene.effects}  # fmt: skip
    if scene.place != "plain":
        tags.add("indoors" if place.indoors else "outdoors")
    if detail:
        held = next((a.holding for a in scene.actors if a.holding), None) or scene.props[0].kind
        noun = rng.choice(wording.PROPS[held])
        things = [f"{noun} in a hand" if any(a.holding for a in scene.actors) else noun]
        tags |= {held, "hand"} if any(a.holding for a in scene.actors) else {held}
    else:
        tags |= {prop.kind for prop in scene.props}
    for actor, person in zip(shown, people, strict=False):
        tags |= person.tags | {actor.emotion.value} | ({actor.holding} if actor.holding else set())
        tags |= set() if near else {actor.pose.value}
    if seen > 1:
        tags.add("several figures")
    if weather:
        tags.add(scene.weather.value)
    if scene.viewpoint != "eye level":
        tags.add(scene.viewpoint)
    sides = wording.INDOORS if place.indoors else wording.OUTDOORS
    aside = () if scene.place == "plain" else (rng.choice(sides),)
    return Facts(
        beings=beings,
        things=tuple(things),
        places=(*wording.PLACES[scene.place], *aside),
        times=() if place.indoors and scene.time is not TimeOfDay.NIGHT else wording.TIMES[scene.time.value],
        weathers=wording.WEATHERS[scene.weather.value] if weather else (),
        shots=wording.SHOTS[scene.shot.value],
        views=() if scene.viewpoint == "eye level" else wording.VIEWS[scene.viewpoint],
        looks=wording.COLOURLESS if grey else wording.COLOURED,
        effects=tuple(word for effect in scene.effects for word in wording.EFFECTS[effect]),
        tags=frozenset(tags),
    )


def _being(actor: Actor, person: Person) -> Being:
    return Being(
        person.nouns,
        wording.POSES[actor.pose.value],
        wording.MOODS[actor.emotion.value] if actor.emotion is not Emotion.NEUTRAL else (),
        wording.TRAITS[actor.emotion.value] if actor.emotion is not Emotion.NEUTRAL else (),
        wording.PROPS[actor.holding][-1] if actor.holding else "",
    )
