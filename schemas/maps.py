"""Maps of a library: the table they are kept in, and what is said of each.

A map gives panels places in the plane, in the unit square. All maps of a library share one table:
a row for each panel of each map, and one row of facts a map, which has no panel. Points belong to a
``revision`` of their map; those of a revision that no facts name do not count.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Self

import pyarrow as pa

from schemas.areas import MAP_NAME
from schemas.errors import ConfigError, LibraryFormatError
from schemas.tables import LibraryFormat

MAPS = "maps"
SIDES: Mapping[str, str] = {
    "look": "vector_picture",
    "meaning": "vector_text",
    "fused": "vector_fused",
    "description": "vector_description",
}
"""What can be mapped, and the column of ``panels`` it is in; several are joined by ``+``."""
METHODS = ("umap", "pca", "tsne")
NO_CLUSTER = -1


def check_map_name(name: str) -> str:
    """Return a name that a map can have. Raises ConfigError for any other."""
    if not MAP_NAME.fullmatch(name):
        raise ConfigError(
            f"{name[:60]!r} is no name for a map: use up to 40 small letters, digits, '-', '_' and '+'"
        )
    return name


def maps_schema(library: LibraryFormat) -> pa.Schema:
    """One row a panel and map, and one of ``facts`` (JSON) a map, whose ``panel_id`` is empty.

    ``cluster`` is -1 for none, ``is_placed`` says that a panel came after the map was made.
    """
    return pa.schema(
        [
            pa.field("map", pa.string(), nullable=False),
            pa.field("revision", pa.string(), nullable=False),
            pa.field("panel_id", pa.string(), nullable=False),
            pa.field("x", pa.float32(), nullable=False),
            pa.field("y", pa.float32(), nullable=False),
            pa.field("cluster", pa.int32(), nullable=False),
            pa.field("is_placed", pa.bool_(), nullable=False),
            pa.field("facts", pa.string()),
        ],
        metadata=library.to_metadata(),
    )


@dataclass(frozen=True, slots=True)
class MapCluster:
    """Panels that lie together. ``words`` set them apart; ``name`` is what the first of them say.

    ``x`` and ``y`` are of its middle, ``extent`` is ``(x0, y0, x1, y1)``, ``central`` are the ids of
    the panels that are most like all others in it.
    """

    number: int
    name: str
    words: tuple[str, ...]
    size: int
    x: float
    y: float
    extent: tuple[float, float, float, float]
    central: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MapFacts:
    """What is known of a map.

    ``panels`` have a place, ``places`` are different ones, ``without_vector`` panels have none;
    ``placed`` panels came after the map was made. ``parameters`` and ``versions`` say what made it;
    ``quality`` holds trustworthiness and the overlap of neighbours, in [0, 1]. ``seconds`` is what
    it took, ``cpu_seconds`` on all cores together.
    """

    name: str
    side: str
    method: str
    revision: str
    made: str
    panels: int
    places: int
    without_vector: int
    placed: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    parameters: Mapping[str, str | int | float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    quality: Mapping[str, float] = field(default_factory=dict)
    clusters: tuple[MapCluster, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read facts as they are kept. Raises LibraryFormatError."""
        try:
            told = json.loads(text)
            clusters = tuple(_cluster(one) for one in told.pop("clusters"))
            return cls(**told, clusters=clusters)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise LibraryFormatError(
                "the facts of a map are damaged: make the map anew with 'longbox map --refit'"
            ) from error


def _cluster(told: dict[str, object]) -> MapCluster:
    for name in ("words", "extent", "central"):
        told[name] = tuple(told[name])  # type: ignore[arg-type]
    return MapCluster(**told)  # type: ignore[arg-type]
