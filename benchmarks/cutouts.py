"""How well figures are cut out of panels: ``python -m benchmarks.cutouts [SCENES] [--sheet OUT.png]``.

Scenes are drawn with and without their cast: where they differ is somebody. What a cut-out brings along of
what is behind (leakage), and how far it covers the figure (IoU), is measured against that. A panel is made
with the first of some references that can be cut out well: how often that is a bad one is told too.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from models.drawing.art import Rect, paint_scene
from models.drawing.scene import Shot
from models.figures import FigureFinder, load_finder
from models.generation.backend import Conditioning
from models.generation.storyboard.cutouts import SOUND, Cutout, cut_out
from models.pictures import crop
from models.training.encoder.painted import _scene as random_scene
from models.training.encoder.painted import _style as random_style
from models.training.encoder.people import draw_person
from models.training.figures.scenes import _filled_difference
from schemas.generation import Reference, ReferenceRole
from schemas.geometry import Box
from schemas.records import RgbImage

LEAKS, MISSES = 0.12, 0.75
"""A cut-out is bad from that share of what is not the figure on, and under that IoU with it."""
_SEED = 40_000_001
_AIR = 0.04
_CELL_PX = 150


@dataclass(frozen=True, slots=True)
class Scored:
    """A cut-out beside the truth: ``leakage`` is the share of it that is nobody."""

    cutout: Cutout
    iou: float
    leakage: float

    @property
    def is_bad(self) -> bool:
        """Whether it would look wrong in a panel."""
        return self.leakage > LEAKS or self.iou < MISSES


def scenes(count: int) -> Iterator[tuple[RgbImage, NDArray[np.uint8]]]:
    """Draw scenes, each with the mask of its figures, 255 inside."""
    rng = random.Random(_SEED)  # noqa: S311 - drawings, not secrets
    for _ in range(count):
        shot = rng.choices((Shot.MEDIUM, Shot.WIDE, Shot.CLOSE_UP), (5, 4, 3))[0]
        people = [
            draw_person(rng, f"p{k}") for k in range(1 if shot is Shot.CLOSE_UP else rng.choice((1, 2)))
        ]
        scene, style, seed = random_scene(rng, shot, people), random_style(rng), rng.randrange(1 << 30)
        width, height = rng.choice(((560, 480), (480, 560), (720, 460), (420, 420)))
        pair = []
        for shows_cast in (True, False):
            pixels = np.full((height, width, 4), 255, np.uint8)
            with skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType) as canvas:
                paint_scene(
                    canvas, scene, Rect(0, 0, width, height), style=style, seed=seed, shows_cast=shows_cast,
                    cast={one.design.name: one.design for one in people},
                )  # fmt: skip
            pair.append(np.ascontiguousarray(pixels[..., :3]))
        yield pair[0], _filled_difference(pair[0], pair[1])


def scored(
    picture: RgbImage, truth: NDArray[np.uint8], finder: FigureFinder
) -> Iterator[tuple[RgbImage, Scored | None]]:
    """Cut the figures of a scene out; None for one that cannot be."""
    for figure in finder.find(picture).figures[:2]:
        box = Box.clipped(
            *(v + d for v, d in zip(figure.box.as_tuple(), (-_AIR, -_AIR, _AIR, _AIR), strict=True))
        )
        if box.width < 0.08 or box.height < 0.2:
            continue
        part, own = crop(picture, box), crop(truth, box) > 0
        made = Reference(
            "b/00001#01", "b", "Drawn", ReferenceRole.CHARACTER, 1.0, box, "0" * 64, "CC0 1.0", "Longbox", 1
        )
        cutout = cut_out(Conditioning(made, part), finder)
        yield part, None if cutout is None else _against(cutout, own)


def _against(cutout: Cutout, truth: NDArray[np.bool_]) -> Scored:
    alpha = np.zeros(truth.shape, bool)
    x0, y0, x1, y1 = cutout.part.to_pixels(width_px=truth.shape[1], height_px=truth.shape[0])
    own = cv2.resize(cutout.pixels[..., 3], (x1 - x0, y1 - y0)) > 128
    alpha[y0:y1, x0:x1] = own
    _, labels = cv2.connectedComponents(truth.astype(np.uint8))
    sizes = np.bincount(labels.ravel())
    meets = np.bincount(labels[alpha], minlength=len(sizes)) > 0.2 * sizes
    meets[0] = False
    figure = meets[labels]
    return Scored(
        cutout,
        float((alpha & figure).sum() / max((alpha | figure).sum(), 1)),
        float((alpha & ~truth).sum() / max(alpha.sum(), 1)),
    )


def _best(trio: Sequence[Scored]) -> Scored:
    return max(trio, key=lambda one: one.cutout.soundness)


def _cell(part: RgbImage, one: Scored | None) -> RgbImage:
    """Show a reference beside what was cut out of it, on a ground that no comic has."""
    cell = np.full((_CELL_PX, 2 * _CELL_PX, 3), (255, 0, 255), np.uint8)
    cell[:, :_CELL_PX] = 255
    pixels = np.dstack([part, np.full(part.shape[:2], 255, np.uint8)])
    for at, own in ((0, pixels), *(((_CELL_PX, one.cutout.pixels),) if one else ())):
        factor = (_CELL_PX - 8) / max(own.shape[:2])
        small = cv2.resize(own, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        height, width = small.shape[:2]
        under, alpha = cell[4 : 4 + height, at + 4 : at + 4 + width], small[..., 3:] / 255
        under[:] = small[..., :3] * alpha + under * (1 - alpha)
    if one is None or one.is_bad:
        cv2.rectangle(cell, (0, 0), (2 * _CELL_PX - 1, _CELL_PX - 1), (255, 0, 0), 3)
    return cell


def sheet(cells: Sequence[RgbImage], columns: int = 5) -> RgbImage:
    """Lay cells out in rows."""
    blank = np.full_like(cells[0], 255)
    rows = [[*cells[k : k + columns], *[blank] * columns][:columns] for k in range(0, len(cells), columns)]
    return np.vstack([np.hstack(row) for row in rows])


def main(arguments: Sequence[str]) -> None:
    """Print how good the cut-outs are."""
    count = int(arguments[0]) if arguments and arguments[0].isdigit() else 150
    finder, found, cells = load_finder(), list[Scored](), list[RgbImage]()
    refused = 0
    for picture, truth in scenes(count):
        for part, one in scored(picture, truth, finder):
            cells.append(_cell(part, one))
            if one is None:
                refused += 1
            else:
                found.append(one)
    if "--sheet" in arguments:
        picture = sheet(cells[:120])
        cv2.imwrite(str(Path(arguments[arguments.index("--sheet") + 1])), picture[..., ::-1])
    # as somebody is found: the soundest of three references
    trios = [found[k : k + 3] for k in range(0, len(found) - 2, 3)]
    used = [next((one for one in trio if one.cutout.soundness >= SOUND), _best(trio)) for trio in trios]
    ious, leaks = [one.iou for one in found], [one.leakage for one in found]
    bad = sum(one.is_bad for one in found)
    print(
        f"{len(found)} cut-outs, {refused} refused: IoU {np.mean(ious):.3f}, leakage {np.mean(leaks):.3f} "
        f"(p90 {np.quantile(leaks, 0.9):.3f}); bad: {bad} ({bad / len(found):.0%}), "
        f"{sum(one.leakage > LEAKS for one in found)} of them for what they bring along; of those taken from "
        f"three references each: {sum(one.is_bad for one in used) / max(len(used), 1):.0%}, "
        f"IoU {np.mean([one.iou for one in used]):.3f}, leakage {np.mean([one.leakage for one in used]):.3f}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
