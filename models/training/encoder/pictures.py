"""Training pictures: painted scenes, named drawings pasted over them, and what they show."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.encoder import wording
from models.training.encoder.cutouts import Cutout, Named, main_colour, pasted, scaled, styled
from models.training.encoder.facts import Being, Facts
from models.training.encoder.painted import AREA_PX, Sample, empty_place, painted
from models.training.encoder.people import with_article
from schemas.records import RgbImage

_SIZES = ((0.16, 0.26), (0.26, 0.45), (0.45, 0.7), (0.7, 1.05))


@dataclass(frozen=True, slots=True)
class Head:
    """A drawn head of the named characters: hers or his, and its mood."""

    picture: Cutout
    sex: str
    mood: str


@dataclass(frozen=True, slots=True)
class Drawings:
    """Everything named that may be pasted: emoji, icons (masks), heads, bodies, pictures of storybooks."""

    emoji: Sequence[Named]
    icons: Sequence[Named]
    heads: Sequence[Head]
    bodies: Sequence[tuple[str, Cutout, str]]
    storybook: Sequence[RgbImage] = ()


NO_DRAWINGS = Drawings((), (), (), ())


def make_sample(rng: random.Random, drawings: Drawings) -> Sample:
    """Draw one training picture; what kind is left to chance."""
    kind = rng.random() if drawings.emoji else 0.0
    if kind < 0.48:
        return painted(rng)
    if kind < 0.66:
        return with_drawings(
            rng, painted(rng, few=True), drawings, count=rng.choice((1, 1, 2)), size=rng.choice((0, 1, 1))
        )
    if kind < 0.81:
        return with_drawings(rng, backdrop(rng, drawings), drawings, count=rng.choice((1, 2, 2, 3, 4)))
    if kind < 0.90:
        return with_heads(rng, backdrop(rng, drawings), drawings)
    return with_drawings(rng, backdrop(rng, drawings), drawings, count=1, size=3)


def backdrop(rng: random.Random, drawings: Drawings) -> Sample:
    """Return something to paste over: an empty painted place, a storybook picture, or bare colour."""
    kind = rng.random()
    if kind < 0.45:
        return empty_place(rng)
    if kind < 0.6 and drawings.storybook:
        picture = rng.choice(drawings.storybook)
        height, width = picture.shape[:2]
        x, y = rng.randrange(width // 2), rng.randrange(height // 2)
        part = picture[y : y + rng.randint(height // 3, height), x : x + rng.randint(width // 3, width)]
        return Sample(_resized(part), Facts(tags=frozenset({"colour"})))
    return _bare_ground(rng)


def _bare_ground(rng: random.Random) -> Sample:
    aspect = math.exp(rng.gauss(0.1, 0.4))
    width, height = round(AREA_PX * aspect**0.5), round(AREA_PX * aspect**-0.5)
    colours = [np.array([rng.randrange(256) for _ in range(3)], np.float32) for _ in range(2)]
    shade = rng.random()
    if shade < 0.2:
        colours = [
            np.full(3, value, np.float32) for value in rng.choice(((255, 255), (8, 8), (250, 200), (60, 10)))
        ]
    across = np.linspace(0, 1, height, dtype=np.float32)[:, None, None] * np.ones((1, width, 1), np.float32)
    mix = across if rng.random() < 0.5 else np.zeros_like(across)
    ground = (colours[0] * (1 - mix) + colours[1] * mix).astype(np.uint8)
    name = main_colour(ground.reshape(-1, 3))
    if rng.random() < 0.2:
        _rays(ground, rng)
    places = (
        (f"{name} background", f"before a {name} background", f"on {name}") if name else ("plain background",)
    )
    return Sample(
        ground, Facts(places=places, tags=frozenset({"plain", f"{name} background"} if name else {"plain"}))
    )


def _rays(ground: RgbImage, rng: random.Random) -> None:
    height, width = ground.shape[:2]
    centre = (rng.randrange(width), rng.randrange(height))
    ink = tuple(rng.choice((0, 255)) for _ in range(3))
    for k in range(0, 360, rng.choice((6, 10, 20))):
        end = (
            round(centre[0] + 400 * math.cos(math.radians(k))),
            round(centre[1] + 400 * math.sin(math.radians(k))),
        )
        cv2.line(ground, centre, end, ink, rng.choice((1, 2)), cv2.LINE_AA)


def with_drawings(
    rng: random.Random, base: Sample, drawings: Drawings, *, count: int, size: int | None = None
) -> Sample:
    """Paste named drawings over a sample; the last ones lie in front."""
    picture, beings, things = base.picture.copy(), list(base.facts.beings), list(base.facts.things)
    tags = set(base.facts.tags)
    height, width = picture.shape[:2]
    for _ in range(count):
        icon = rng.random() < 0.25
        named = rng.choice(drawings.icons if icon else drawings.emoji)
        step = size if size is not None else rng.choices(range(4), [2, 4, 4, 1.5])[0]
        cutout, colour = styled(named.picture, rng, icon=icon)
        cutout = scaled(cutout, min(height, width) * rng.uniform(*_SIZES[step]))
        if "black and white" in tags:
            cutout[..., :3] = cv2.cvtColor(cutout[..., :3], cv2.COLOR_RGB2GRAY)[..., None]
            colour = "silhouette" if colour == "silhouette" else ""
        x, y = (round(rng.uniform(0.02, 0.98) * (side - own) + 0.15 * rng.gauss(0, 1) * own * (count > 1))
                for side, own in ((width, cutout.shape[1]), (height, cutout.shape[0])))  # fmt: skip
        pasted(picture, cutout, (x, y))
        nouns = _coloured(named.nouns, colour, step, rng)
        tags |= named.tags
        if named.tags & {"animal", "person", "monster", "face"}:
            beings.append(Being(nouns))
        else:
            things.append(rng.choice(nouns))
    things = list(dict.fromkeys(things))
    return Sample(
        picture, replace(base.facts, beings=tuple(beings), things=tuple(things), tags=frozenset(tags))
    )


def _coloured(nouns: Sequence[str], colour: str, step: int, rng: random.Random) -> tuple[str, ...]:
    """Return the nouns, some with colour or size."""
    size = {0: ("small", "tiny", "little"), 3: ("huge", "big", "giant", "large")}.get(step, ())
    out = list(nouns)
    article, _, noun = nouns[0].partition(" ")
    if article not in ("a", "an"):
        return tuple(out)
    if colour == "silhouette":
        return (
            f"a silhouette of {nouns[0]}",
            f"a {noun} silhouette",
            f"a dark shape of {nouns[0]}",
            nouns[0],
        )
    if colour:
        out.insert(0, with_article(f"{colour} {noun}"))
    if size:
        out.insert(0, with_article(f"{rng.choice(size)} {noun}"))
    return tuple(out)


def with_heads(rng: random.Random, base: Sample, drawings: Drawings) -> Sample:
    """Draw one or two of the named characters: heads from near, or whole figures."""
    picture = base.picture.copy()
    height, width = picture.shape[:2]
    near = rng.random() < 0.65
    count = rng.choice((1, 1, 2)) if near else rng.choice((1, 2))
    beings, tags = list(base.facts.beings), set(base.facts.tags)
    for k in range(count):
        head = rng.choice(drawings.heads)
        noun = {"f": ("woman", "girl", "young woman"), "m": ("man", "guy", "bearded man")}[head.sex]
        verbs: tuple[str, ...] = ()
        cutout = head.picture
        if not near:
            cutout, pose = _assembled(rng, head, drawings)
            verbs = (pose,) if pose else ()
        if rng.random() < 0.5:
            cutout = np.ascontiguousarray(cutout[:, ::-1])
        share = rng.uniform(0.6, 1.15) if near else rng.uniform(0.6, 0.98)
        cutout = scaled(cutout, height * share)
        if cutout.shape[1] > width * 1.1 / count:
            cutout = scaled(cutout, cutout.shape[0] * width * 1.1 / count / cutout.shape[1])
        x = round((k + 0.5) / count * width - cutout.shape[1] / 2 + rng.gauss(0, 0.06) * width)
        y = round((height - cutout.shape[0]) * (rng.uniform(0.2, 0.8) if near else rng.uniform(0.8, 1.1)))
        pasted(picture, cutout, (x, y))
        faces = tuple(f"the face of {with_article(n)}" for n in noun[:1]) if near else ()
        nouns = (*faces, *(with_article(n) for n in noun[: 2 if head.sex == "f" else 1]))
        mood = head.mood if head.mood in wording.MOODS else ""
        beings.append(Being(nouns, verbs, wording.MOODS.get(mood, ()), wording.TRAITS.get(mood, ())))
        tags |= {"person", "adult", "woman" if head.sex == "f" else "man", *([mood] if mood else [])}
    tags.add("close-up" if near else "wide")
    if count > 1:
        tags.add("several figures")
    shots = wording.SHOTS["close-up"] if near else ()
    return Sample(picture, replace(base.facts, beings=tuple(beings), shots=shots, tags=frozenset(tags)))


def _assembled(rng: random.Random, head: Head, drawings: Drawings) -> tuple[Cutout, str]:
    """Put a head on a body: its own height over 3.4 of the figure, as comic figures have it."""
    _, body, pose = rng.choice(drawings.bodies)
    top = scaled(head.picture, body.shape[0] * rng.uniform(0.26, 0.36))
    height, width = body.shape[0] + round(top.shape[0] * 0.86), max(body.shape[1], top.shape[1])
    figure = np.zeros((height, width, 4), np.uint8)
    figure[height - body.shape[0] :, (width - body.shape[1]) // 2 :][:, : body.shape[1]] = body
    neck = _neck_of(body) + (width - body.shape[1]) // 2
    x = min(max(neck - top.shape[1] // 2, 0), width - top.shape[1])
    part = figure[: top.shape[0], x : x + top.shape[1]]
    alpha = top[..., 3:].astype(np.float32) / 255
    part[..., :3] = (top[..., :3] * alpha + part[..., :3] * (1 - alpha)).astype(np.uint8)
    part[..., 3] = np.maximum(part[..., 3], top[..., 3])
    return figure, pose


def _neck_of(body: Cutout) -> int:
    """Return the column at which the top of a headless body stands."""
    rows = np.flatnonzero(body[..., 3].max(axis=1) > 128)
    first = rows[0] if rows.size else 0
    columns = np.flatnonzero(body[first : first + max(3, body.shape[0] // 40), :, 3].max(axis=0) > 128)
    return int(columns.mean()) if columns.size else body.shape[1] // 2


def _resized(picture: NDArray[np.uint8]) -> RgbImage:
    factor = AREA_PX / math.sqrt(picture.shape[0] * picture.shape[1])
    size = max(48, round(picture.shape[1] * factor)), max(48, round(picture.shape[0] * factor))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
