"""Small labelled pages drawn by code."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from schemas.labels import PageLabel, PageType, PanelLabel, ReadingDirection, TextLabel

PAGE_PX = (600, 800)
GRID = ((30, 30, 285, 385), (315, 30, 570, 385), (30, 415, 285, 770), (315, 415, 570, 770))
"""Four panels with white gutters, in reading order from left to right."""


def draw_page(path: Path, panels: Sequence[tuple[int, int, int, int]] = GRID) -> None:
    """Write a white page with dark, framed, speckled panels."""
    page = Image.new("RGB", PAGE_PX, "white")
    draw = ImageDraw.Draw(page)
    random = np.random.default_rng(7)
    for x0, y0, x1, y1 in panels:
        draw.rectangle((x0, y0, x1 - 1, y1 - 1), fill=(90, 120, 160), outline="black", width=4)
        for _ in range(12):
            x, y = int(random.integers(x0 + 20, x1 - 60)), int(random.integers(y0 + 20, y1 - 60))
            colour = tuple(random.integers(0, 255, 3).tolist())
            draw.ellipse((x, y, x + 40, y + 30), fill=colour, outline="black", width=3)
    path.parent.mkdir(parents=True, exist_ok=True)
    page.save(path)


def label_of(
    image: str,
    panels: Sequence[tuple[int, int, int, int]] = GRID,
    *,
    texts: Mapping[int, Sequence[TextLabel]] | None = None,
    direction: ReadingDirection = ReadingDirection.LTR,
    page_type: PageType = PageType.STORY,
) -> PageLabel:
    """Return a label; ``texts`` by number of the panel, from 0."""
    said = texts or {}
    return PageLabel(
        image=image,
        size=PAGE_PX,
        direction=direction,
        page_type=page_type,
        panels=tuple(PanelLabel(box, texts=tuple(said.get(n, ()))) for n, box in enumerate(panels)),
    )


def write_json(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data), encoding="utf-8")


def write_page(root: Path, work: str, name: str, **label: object) -> None:
    """Write ``root/<work>/<name>.png`` and its label ``root/labels/<work>/<name>.json``."""
    draw_page(root / work / f"{name}.png")
    write_json(root / "labels" / work / f"{name}.json", label_of(f"{work}/{name}.png", **label).to_json())
