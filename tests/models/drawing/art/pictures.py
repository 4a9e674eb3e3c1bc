"""Paint scenes into arrays, for the tests of the painter."""

import numpy as np
import numpy.typing as npt
import pytest

skia = pytest.importorskip("skia")

from models.drawing.art import PaintedScene, Rect, paint_scene  # noqa: E402
from models.drawing.scene import Design, Scene  # noqa: E402
from models.drawing.style import STYLES  # noqa: E402

CAST = {
    design.name: design
    for design in (
        Design(
            "Mina", build="child", hair="bob", hair_colour="#b5482f", outfit="coat", outfit_colour="#3f8f6b"
        ),
        Design("Ada", build="tall", hair="long", outfit="robe", extras=("glasses",)),
        Design("Bo", build="stout", hair="bald", outfit="overalls"),
        Design("Tom"),
        Design("Rook", species="cat", build="child", skin="#e8963a"),
        Design("Bolt", species="robot", outfit="spacesuit"),
    )
}
SIZE = 120


def painted(
    scene: Scene,
    *,
    style: str = "western",
    seed: int = 1,
    size: tuple[int, int] = (SIZE, SIZE),
    cast: dict[str, Design] | None = None,
) -> tuple[npt.NDArray[np.uint8], PaintedScene]:
    """Return the picture (h, w, 3) of a scene, and what the painter says about it."""
    width, height = size
    surface = skia.Surface(width, height)
    result = paint_scene(
        surface.getCanvas(),
        scene,
        Rect(0, 0, width, height),
        cast=cast or CAST,
        style=STYLES[style],
        seed=seed,
    )
    pixels = surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType)
    return pixels[..., :3].copy(), result


def changed(first: npt.NDArray[np.uint8], second: npt.NDArray[np.uint8]) -> float:
    """Return the share of pixels that differ visibly."""
    return float((np.abs(first.astype(int) - second.astype(int)).max(axis=2) > 24).mean())
