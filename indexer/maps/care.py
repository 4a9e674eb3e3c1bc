"""Whether the maps of a library are as they were written."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from indexer.maps.table import has_maps, list_maps, read_points
from schemas.errors import LibraryError

AGAIN = "run 'longbox verify --repair', then 'longbox map' again"


def damage_of_maps(library: Path) -> str | None:
    """Say in one line what is wrong with the maps, None where they are sound or there are none."""
    if not has_maps(library):
        return None
    try:
        for facts in list_maps(library):
            points = read_points(library, facts)
            if len(points) != facts.panels or len(points["panel_id"].unique()) != len(points):
                return f"the map {facts.name!r} has not the points that it names: {AGAIN}"
            places = np.stack([points["x"].to_numpy(), points["y"].to_numpy()])
            if not ((places >= 0.0) & (places <= 1.0)).all():
                return f"the map {facts.name!r} has points that lie nowhere: {AGAIN}"
    except LibraryError as error:
        return f"the maps cannot be read ({error}): {AGAIN}"
    return None
