"""Keeping a map: it is made where there is none, and brought in step where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from indexer.library.export import open_table
from indexer.maps.following import Followed, follow_map
from indexer.maps.making import MapPlan, Progress, make_map
from indexer.maps.material import columns_of, usual_side
from indexer.maps.table import find_map, map_writer
from models.mapping.layouts import SEED, check_installed
from schemas.errors import ConfigError
from schemas.maps import METHODS, MapFacts, check_map_name
from schemas.tables import PANELS

REFIT_SHARE = 0.25
"""Share of panels that came after a map was made, from which it pays to make it anew."""


@dataclass(frozen=True, slots=True)
class MapWish:
    """A map as it is asked for: what is None is as the map of that name has it, or as usual."""

    name: str | None = None
    side: str | None = None
    method: str | None = None
    seed: int = SEED
    most_at_once: int | None = None
    is_refit: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A map as it is now; ``followed`` is None where it was made anew."""

    facts: MapFacts
    followed: Followed | None = None

    @property
    def pays_refit(self) -> bool:
        """Say whether so many panels came since the map was made that it should be made anew."""
        return self.facts.placed > REFIT_SHARE * self.facts.panels


def plan_map(library: Path, wish: MapWish) -> MapPlan:
    """Return the map that is asked for, sure that it can be made.

    Raises:
        LibraryNotFoundError, LibraryFormatError: there is no library, or it is damaged.
        ConfigError: no map can have that name, side or method.
        BackendUnavailableError: a package that the method needs is not installed.
    """
    there = open_table(library, PANELS).schema.names
    known = None if wish.name is None else find_map(library, check_map_name(wish.name))
    side = wish.side or (known.side if known else usual_side(library))
    method = wish.method or (known.method if known else METHODS[0])
    if method not in METHODS:
        raise ConfigError(f"there is no method {method[:40]!r}: known are {', '.join(METHODS)}")
    columns_of(side, there)
    check_installed(method)
    usual = side if method == METHODS[0] else f"{side}-{method}"
    return MapPlan(check_map_name(wish.name or usual), side, method, wish.seed, wish.most_at_once)


def keep_map(library: Path, wish: MapWish, told: Progress | None = None) -> Kept:
    """Make the map that is asked for, or place what is new on it where it is there.

    Raises:
        LongboxError: see :func:`plan_map`, :func:`make_map` and :func:`follow_map`.
    """
    plan = plan_map(library, wish)
    found = find_map(library, plan.name)
    if found is not None and not wish.is_refit and _is_meant(found, plan, wish):
        followed = follow_map(library, plan.name)
        return Kept(followed.facts, followed)
    return Kept(make_map(library, plan, told))


def drop_map(library: Path, name: str) -> None:
    """Delete a map. Raises ConfigError where there is none of that name."""
    with map_writer(library) as writer:
        writer.delete(name)


def _is_meant(found: MapFacts, plan: MapPlan, wish: MapWish) -> bool:
    """Say whether a map of that name is of the side, and of the method if one was asked for."""
    return found.side == plan.side and (wish.method is None or found.method == plan.method)
