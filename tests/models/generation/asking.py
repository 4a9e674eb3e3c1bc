"""Requests and references for tests of generators."""

import hashlib
from functools import cache

import cv2
import numpy as np

from models.generation.backend import Conditioning
from schemas.generation import GenerationRequest, Reference, ReferenceRole
from schemas.geometry import Box
from schemas.records import RgbImage


@cache
def scene(number: int, width: int = 160, height: int = 128) -> RgbImage:
    """Draw a panel: sky, ground, and a figure somewhere."""
    rng = np.random.default_rng(number)
    sky, ground, figure = (tuple(map(int, rng.integers(40, 230, 3))) for _ in range(3))
    image = np.full((height, width, 3), sky, np.uint8)
    image[height // 2 :] = ground
    middle = (int(rng.integers(30, width - 30)), height // 2)
    cv2.circle(image, middle, 22, figure, -1, cv2.LINE_AA)
    cv2.circle(image, middle, 22, (0, 0, 0), 2, cv2.LINE_AA)
    return image


def reference(role: ReferenceRole, number: int = 1, *, weight: float = 1.0) -> Conditioning:
    picture = scene(number)
    return Conditioning(
        Reference(
            panel_id=f"book-{number}/1/1",
            book_id=f"book-{number}",
            title="A book",
            role=role,
            weight=weight,
            box=Box(0, 0, 1, 1),
            sha256=hashlib.sha256(picture.tobytes()).hexdigest(),
            licence="CC0-1.0",
            credit="Nobody",
            page_no=1,
        ),
        picture,
    )


def asking(prompt: str = "a knight in the rain", **more: object) -> GenerationRequest:
    size = {"width_px": 136, "height_px": 128, "steps": 2}
    return GenerationRequest(prompt=prompt, **{**size, **more})


class Watcher:
    """Keeps what it is told; ends the work at ``until``, where it is given."""

    def __init__(self, *, until: float | None = None, step: str = "") -> None:
        self.shares: list[float] = []
        self.steps: list[str] = []
        self._until, self._step = until, step

    def __call__(self, share: float, step: str) -> None:
        from schemas.errors import GenerationCancelledError

        self.shares.append(share)
        self.steps.append(step)
        if self._until is not None and share >= self._until and self._step in step:
            raise GenerationCancelledError("ended by the test")
