"""Balloons on heads, and letters cut off, in composed panels: ``python -m benchmarks.lettering [PANELS]``.

Whether a balloon lies on a head is not asked of the finder that the composer uses itself: the references are
scenes that the painter drew and whose heads it names, and each panel says where their parts went.
"""

import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from models.generation.backend import Conditioning, GeneratedPanel
from models.generation.storyboard import StoryboardBackend
from schemas.errors import QueryError
from schemas.generation import GenerationRequest, Reference, ReferenceRole
from schemas.geometry import Box
from schemas.records import RgbImage

SIDE_PX, SCENE_PX = 512, 420
COVERED = 0.06
"""Share of a head from which up a balloon lies on it: less is the corner of a box."""
_STAGED = 0.7
"""Share of panels that follow the staging of another one."""
_PLACES = ("forest", "city street", "library", "harbour", "castle", "market")
_SPECIES = ("human", "cat", "fox", "robot", "owl", "dragon", "rabbit", "bear")
_LINES = (
    "Wait for me!",
    "I never said that it would be easy.",
    "Who is there?",
    "Look, over there. It moved, and then it was gone again before I could call you.",
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A scene and its heads, relative to it."""

    picture: RgbImage
    heads: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """A panel with the heads that it shows, as its sources know them."""

    panel: GeneratedPanel
    heads: tuple[Box, ...]

    @property
    def on_heads(self) -> int:
        """Balloons that lie on a head."""
        return sum(
            any(_covered(self.panel, balloon, head) > COVERED for head in self.heads)
            for balloon in self.panel.boxes["balloon"]
        )

    @property
    def is_clipped(self) -> bool:
        """Whether letters or balloons run out of the panel."""
        alpha = _lettering(self.panel)
        return bool(max(alpha[0].max(), alpha[-1].max(), alpha[:, 0].max(), alpha[:, -1].max()))


def tried(rng: random.Random, backend: StoryboardBackend) -> Tried | None:
    """Draw references and compose a panel of them; None where its words find no room, which it says."""
    people = rng.choice((1, 1, 2, 2, 3))
    is_scene = rng.random() < 0.3
    names = [f"Nobody{number}" for number in range(people)]
    plate = scene(rng, people if is_scene else rng.choice((0, 0, 1)))
    sources = {"plate": plate} if is_scene else {name: scene(rng, 1) for name in names}
    conditioning = [_reference(ReferenceRole.BACKGROUND, plate.picture, "b/00001#01")]
    for number, name in enumerate(names):
        picture = plate.picture if is_scene else sources[name].picture
        panel_id = "b/00001#01" if is_scene else f"b/00002#{number:02d}"
        conditioning.append(_reference(ReferenceRole.CHARACTER, picture, panel_id, name))
    if rng.random() < _STAGED:
        balloons = tuple(_balloon(rng) for _ in range(rng.choice((1, 2))))
        model = _reference(ReferenceRole.LAYOUT, scene(rng, people).picture, "b/00003#01")
        conditioning.append(replace(model, lettering=balloons))
    said = "\n".join(f"{rng.choice(names)}: {rng.choice(_LINES)}" for _ in range(rng.choice((1, 2, 3))))
    prompt = f"{' and '.join(names)} in the forest\n{said}"
    request = GenerationRequest(
        prompt, seed=rng.randrange(2**31), width_px=SIDE_PX, height_px=SIDE_PX, layers=True
    )
    try:
        (panel,) = backend.generate(request, conditioning)
    except QueryError:
        return None
    known = {one.reference.panel_id: one for one in conditioning}
    heads: list[Box] = []
    for placement in panel.placements:
        role = placement.reference.role
        if role is ReferenceRole.BACKGROUND and not is_scene:
            continue  # its figures are taken out
        source = plate if is_scene else sources[known[placement.reference.panel_id].element]
        heads += [box for head in source.heads if (box := placement.carried(head)) is not None]
    return Tried(panel, tuple(heads))


def scene(rng: random.Random, people: int) -> Drawn:
    """Draw a scene with so many people, each another design."""
    import skia

    from models.drawing.art import Rect, paint_scene
    from models.drawing.scene import Actor, Design, Scene, Shot
    from models.drawing.style import STYLES

    names = [f"n{number}" for number in range(people)]
    cast = {
        name: Design(name, species=rng.choice(_SPECIES), outfit_colour=f"#{rng.randrange(2**24):06x}")
        for name in names
    }
    actors = tuple(Actor(name, x=(k + 1) / (people + 1)) for k, name in enumerate(names))
    asked = Scene(
        rng.choice(_PLACES),
        shot=rng.choice((Shot.MEDIUM, Shot.WIDE)) if people else Shot.NO_CHARACTER,
        actors=actors,
    )
    pixels = np.full((SCENE_PX, SCENE_PX, 4), 255, np.uint8)
    with skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType) as canvas:
        painted = paint_scene(
            canvas, asked, Rect(0, 0, SCENE_PX, SCENE_PX), cast=cast, style=STYLES["western"],
            seed=rng.randrange(2**31),
        )  # fmt: skip
    heads = tuple(
        Box.clipped(*(value / SCENE_PX for value in (one.head.x0, one.head.y0, one.head.x1, one.head.y1)))
        for one in painted.figures
    )
    return Drawn(np.ascontiguousarray(pixels[..., :3]), heads)


def _reference(role: ReferenceRole, picture: RgbImage, panel_id: str, element: str = "") -> Conditioning:
    made = Reference(panel_id, "b", "Drawn", role, 1.0, Box.whole_page(), "0" * 64, "CC0 1.0", "Longbox", 1)
    return Conditioning(made, picture, (), element)


def _balloon(rng: random.Random) -> Box:
    """Return a balloon of a panel that the staging follows, anywhere in its upper part."""
    x, y = rng.uniform(0, 0.7), rng.uniform(0, 0.4)
    return Box(x, y, x + 0.28, y + 0.16)


def _lettering(panel: GeneratedPanel) -> RgbImage:
    return next(layer.pixels for layer in panel.layers if layer.name == "lettering")[..., 3]


def _covered(panel: GeneratedPanel, balloon: Box, head: Box) -> float:
    """Return the share of a head, an ellipse in its box, that a balloon covers."""
    alpha = _lettering(panel) > 128
    height, width = alpha.shape
    x0, y0, x1, y1 = balloon.to_pixels(width_px=width, height_px=height)
    drawn = np.zeros_like(alpha)
    drawn[y0:y1, x0:x1] = alpha[y0:y1, x0:x1]
    own = np.zeros(alpha.shape, np.uint8)
    middle = round(head.center[0] * width), round(head.center[1] * height)
    axes = max(round(head.width * width / 2), 1), max(round(head.height * height / 2), 1)
    cv2.ellipse(own, middle, axes, 0, 0, 360, 1, cv2.FILLED)
    return float(drawn[own > 0].mean()) if own.any() else 0.0


def main(arguments: Sequence[str]) -> None:
    """Print how many balloons lie on heads."""
    count = int(arguments[0]) if arguments else 200
    rng, backend = random.Random(7), StoryboardBackend()  # noqa: S311 - a choice, not a secret
    panels, refused, started = [], 0, time.perf_counter()
    for _ in range(count):
        one = tried(rng, backend)
        if one is None:
            refused += 1
        else:
            panels.append((len(one.panel.boxes["balloon"]), one.on_heads, one.is_clipped, len(one.heads)))
    seconds = (time.perf_counter() - started) / max(count, 1)
    balloons, on_heads, clipped, heads = (sum(column) for column in zip(*panels, strict=True))
    print(
        f"{len(panels)} panels, {balloons} balloons, {heads} heads: {on_heads} balloons on heads, "
        f"{clipped} panels with something cut off; {refused} said that their words do not fit; "
        f"{seconds:.1f} s a panel, drawing of its references included"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
