"""Regions of maps that a search can be narrowed to."""

import re
from dataclasses import dataclass
from typing import Self

from schemas.errors import QueryError

MIN_CORNERS, MAX_CORNERS = 3, 500
MAX_AREAS = 16
MAP_NAME = re.compile(r"[a-z0-9][a-z0-9+_-]{0,39}")
LONGEST_AREA = 40 * MAX_CORNERS
_HELP = "write x,y;x,y;x,y with numbers from 0 to 1"


@dataclass(frozen=True, slots=True)
class MapArea:
    """A region of a map: the inside of a polygon, by the even-odd rule, or else a cluster.

    Raises QueryError for a map that cannot be, for no polygon, and for one outside of the map.
    """

    map: str
    corners: tuple[tuple[float, float], ...] = ()
    cluster: int | None = None

    def __post_init__(self) -> None:
        """Check the name, and that the corners lie on the map and around something."""
        if not MAP_NAME.fullmatch(self.map):
            raise QueryError(f"there is no map {self.map[:60]!r}: name one with map=NAME")
        if self.cluster is not None and not self.corners:
            return
        if not MIN_CORNERS <= len(self.corners) <= MAX_CORNERS:
            raise QueryError(
                f"an area has {MIN_CORNERS} to {MAX_CORNERS} corners, got {len(self.corners):,}: {_HELP}"
            )
        if not all(0.0 <= value <= 1.0 for corner in self.corners for value in corner):
            raise QueryError(f"a corner of the area lies outside of the map: {_HELP}")

    @classmethod
    def parse(cls, name: str, text: str) -> Self:
        """Read corners as ``x,y;x,y;x,y``. Raises QueryError for anything else."""
        if len(text) > LONGEST_AREA:
            raise QueryError(f"an area has at most {MAX_CORNERS} corners: draw a simpler one")
        try:
            pairs = [corner.split(",") for corner in text.strip().strip(";").split(";")]
            corners = tuple((float(x), float(y)) for x, y in pairs)
        except ValueError as error:
            raise QueryError(f"{text[:60]!r} is no area: {_HELP}") from error
        return cls(name, corners)

    def __str__(self) -> str:
        """Write the corners as :meth:`parse` reads them, or the number of the cluster."""
        if not self.corners:
            return str(self.cluster)
        return ";".join(f"{x:g},{y:g}" for x, y in self.corners)
