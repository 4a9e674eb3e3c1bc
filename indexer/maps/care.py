"""Whether the maps of a library are as they were written; damaged ones are set aside, to be made anew."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from indexer.maps.table import has_maps, list_maps, read_points
from schemas.errors import LibraryError
from schemas.maps import MAPS

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


def set_maps_aside(library: Path) -> str:
    """Take the table of maps out of a library, to be made anew; returns what was done. Raises OSError."""
    folder = library / f"{MAPS}.lance"
    aside = folder.with_suffix(".damaged")
    shutil.rmtree(aside, ignore_errors=True)
    folder.rename(aside)
    return f"set the maps aside as {aside.name}: make them anew with 'longbox map'"
