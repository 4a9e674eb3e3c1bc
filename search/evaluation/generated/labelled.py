"""Labelled panels of a library: captions become prompts, characters and places what must be seen."""

import json
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import ConfigError
from schemas.geometry import Box
from schemas.labels import PageLabel
from search.evaluation.targets import Targets
from search.library import Library

_LEAST_IOU = 0.5


@dataclass(frozen=True, slots=True)
class Labelled:
    """A panel of the library with what it shows, by its label."""

    panel_id: str
    caption: str
    elements: frozenset[str]
    characters: frozenset[str] = frozenset()

    @property
    def book_id(self) -> str:
        """The book it is in."""
        return self.panel_id.partition("/")[0]


def labelled_panels(labels: Path, library: Library) -> list[Labelled]:
    """Return the labelled panels that the library holds. Raises ConfigError where it holds none."""
    targets, found = Targets(library), []
    for path in sorted(labels.rglob("*.json")):
        label = PageLabel.from_json(json.loads(path.read_text("utf-8")))
        for page_id in targets.page_ids(label.image)[:1]:
            panels = library.page(page_id).panels
            for panel in label.panels:
                box = Box.from_pixels(panel.box, width_px=label.size[0], height_px=label.size[1])
                best = max(panels, key=lambda one: one.box.iou(box), default=None)
                elements = frozenset(filter(None, (*panel.characters, panel.place)))
                if best is not None and best.box.iou(box) >= _LEAST_IOU and panel.caption and elements:
                    shown = frozenset(panel.characters)
                    found.append(Labelled(best.panel_id, panel.caption, elements, shown))
    if not found:
        raise ConfigError(f"no panel labelled in {labels} is in the library: index the pages it labels first")
    return found
