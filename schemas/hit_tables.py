"""Hits as an Arrow table, and as a pandas data frame where pandas is installed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from schemas.errors import BackendUnavailableError

if TYPE_CHECKING:
    import pandas as pd

    from schemas.answers import SearchHit

_LEG = pa.struct(
    [("leg", pa.string()), ("rank", pa.int32()), ("score", pa.float64()), ("share", pa.float64())]
)
_STEP = pa.struct([("step", pa.int32()), ("panel_id", pa.string()), ("score", pa.float64())])
HITS_SCHEMA = pa.schema(
    [
        pa.field("panel_id", pa.string()),
        pa.field("page_id", pa.string()),
        pa.field("book_id", pa.string()),
        pa.field("title", pa.string()),
        pa.field("series", pa.string()),
        pa.field("source", pa.string()),
        pa.field("page_no", pa.int32()),
        pa.field("page_file", pa.string()),
        pa.field("page_type", pa.string()),
        pa.field("story_id", pa.string()),
        pa.field("story", pa.string()),
        pa.field("panel_no", pa.int32()),
        pa.field("box", pa.list_(pa.float64(), 4)),
        pa.field("score", pa.float64()),
        pa.field("legs", pa.list_(_LEG)),
        pa.field("text", pa.string()),
        pa.field("tags", pa.list_(pa.string())),
        pa.field("description", pa.string()),
        pa.field("duplicates", pa.int32()),
        pa.field("group_size", pa.int32()),
        pa.field("aspect", pa.float64()),
        pa.field("highlights", pa.list_(pa.list_(pa.int32(), 2))),
        pa.field("before", pa.list_(pa.string())),
        pa.field("after", pa.list_(pa.string())),
        pa.field("run", pa.list_(_STEP)),
    ]
)
"""A row a hit, its fields named as in :class:`schemas.answers.SearchHit`."""


def table_of(hits: "Sequence[SearchHit]") -> pa.Table:
    """Return the hits as a table of :data:`HITS_SCHEMA`."""
    return pa.Table.from_pylist([_row(hit) for hit in hits], schema=HITS_SCHEMA)


def frame_of(hits: "Sequence[SearchHit]") -> "pd.DataFrame":
    """Return the hits as a data frame. Raises BackendUnavailableError where pandas is not installed."""
    try:
        import pandas  # noqa: F401 - asked for by Arrow
    except ImportError as error:
        raise BackendUnavailableError(
            "pandas is not installed: 'pip install pandas', or take the hits by to_arrow()"
        ) from error
    frame: pd.DataFrame = table_of(hits).to_pandas()
    return frame


def _row(hit: "SearchHit") -> dict[str, object]:
    plain = {name: getattr(hit, name) for name in HITS_SCHEMA.names}
    legs = [
        {"leg": name, "rank": leg.rank, "score": leg.score, "share": leg.share}
        for name, leg in hit.legs.items()
    ]
    run = [{"step": step.step, "panel_id": step.panel_id, "score": step.score} for step in hit.run]
    return {**plain, "box": list(hit.box.as_tuple()), "legs": legs, "run": run}
