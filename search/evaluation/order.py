"""How well the panels of a page are ordered: by geometry, by the fusion's heads, by chance.

The true order is that of the labels, as the numbers and boxes of a query file tell it. A page counts
if each of its labelled panels was detected as one of its own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

from models.fusion import PanelParts
from models.fusion.order import kendall_tau
from models.reading_order import sort_reading_order
from schemas.geometry import Box
from schemas.labels import ReadingDirection
from schemas.queries import KnownItemQuery, PanelReference
from schemas.tables import PAGES, PANELS
from search.evaluation.targets import Targets
from search.state.snapshot import Snapshot, is_one_of

Guess = Callable[[PanelParts, ReadingDirection], Sequence[int]]
"""Returns the indices of a page's panels, given in any order, as they are read."""
_SEED = 11


@dataclass(frozen=True, slots=True)
class LabelledOrder:
    """A page with its panels in labelled order: their ids, and their boxes as detected."""

    page: str
    panel_ids: tuple[str, ...]
    boxes: tuple[Box, ...]
    direction: ReadingDirection
    aspect: float


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """Share of pages in exact order, mean of Kendall's tau, and pages unlike geometry's order."""

    exact: float
    tau: float
    pages: int
    disputed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        figures = {"exact": round(self.exact, 4), "tau": round(self.tau, 4), "pages": self.pages}
        return figures | {"disputed": list(self.disputed)}


def labelled_orders(
    queries: Iterable[KnownItemQuery], targets: Targets, snapshot: Snapshot
) -> tuple[LabelledOrder, ...]:
    """Return the pages of several panels whose labelled order can be told from a query file."""
    named: dict[str, dict[int, PanelReference]] = defaultdict(dict)
    for query in queries:
        for reference in (*query.relevant, *query.excluded):
            if reference.panel_no is not None and reference.box is not None:
                named[reference.page][reference.panel_no] = reference
    found = ((page, _matched(numbers, targets)) for page, numbers in sorted(named.items()))
    kept = {page: ids for page, ids in found if len(ids) > 1}
    return tuple(_described(kept, snapshot))


def measure_orders(
    pages: Sequence[LabelledOrder], place: Mapping[str, int], parts: PanelParts, heads: Mapping[str, Guess]
) -> dict[str, OrderFigures]:
    """Order every page by chance, by geometry and by each head.

    Panels are handed over shuffled, so that nothing is won by leaving them as they are.

    Args:
        pages: what to order.
        place: row of each panel in ``parts``.
        parts: what is known of the panels.
        heads: by name.
    """
    if not pages:
        return {}
    rng = np.random.default_rng(_SEED)
    shuffles = [rng.permutation(len(page.panel_ids)) for page in pages]
    by_place = [_by_geometry(page, shuffle) for page, shuffle in zip(pages, shuffles, strict=True)]
    chance = float(np.mean([1 / factorial(len(page.panel_ids)) for page in pages]))
    figures = {"chance": OrderFigures(chance, 0.0, len(pages)), "geometry": _figures(pages, by_place)}
    for name, guess in heads.items():
        orders = []
        for page, shuffle in zip(pages, shuffles, strict=True):
            rows = np.array([place[page.panel_ids[k]] for k in shuffle])
            own = PanelParts(parts.pictures[rows], parts.texts[rows], parts.layouts[rows])
            orders.append([int(shuffle[k]) for k in guess(own, page.direction)])
        figures[name] = _figures(pages, orders, by_place)
    return figures


def _by_geometry(page: LabelledOrder, shuffle: NDArray[np.int64]) -> list[int]:
    boxes = [page.boxes[k] for k in shuffle]
    order = sort_reading_order(boxes, direction=page.direction, aspect=page.aspect)
    return [int(shuffle[k]) for k in order]


def _figures(
    pages: Sequence[LabelledOrder],
    orders: Sequence[Sequence[int]],
    geometry: Sequence[Sequence[int]] | None = None,
) -> OrderFigures:
    taus = [kendall_tau(order) for order in orders]
    pairs = zip(pages, orders, geometry or orders, strict=True)
    disputed = tuple(page.page for page, mine, theirs in pairs if list(mine) != list(theirs))
    exact = float(np.mean([list(order) == sorted(order) for order in orders]))
    return OrderFigures(exact, float(np.mean(taus)), len(pages), disputed)


def _matched(numbers: Mapping[int, PanelReference], targets: Targets) -> tuple[str, ...]:
    """Return the panels of a page in labelled order; none if two labels fell on one, or one on none."""
    found = [sorted(targets.panel_ids(numbers[number])) for number in sorted(numbers)]
    ids = tuple(panels[0] for panels in found if panels)
    is_whole = len(ids) == len(found) == len(set(ids)) and sorted(numbers) == list(range(1, len(numbers) + 1))
    return ids if is_whole else ()


def _described(pages: Mapping[str, Sequence[str]], snapshot: Snapshot) -> Iterable[LabelledOrder]:
    wanted = sorted({panel for ids in pages.values() for panel in ids})
    columns = ["panel_id", "page_id", "box", "direction"]
    rows = snapshot.rows(PANELS, columns, is_one_of("panel_id", wanted)).to_pylist() if wanted else []
    panels = {row["panel_id"]: row for row in rows}
    sizes = snapshot.rows(PAGES, ["page_id", "width_px", "height_px"]).to_pylist()
    aspects = {row["page_id"]: row["width_px"] / row["height_px"] for row in sizes}
    for page, ids in pages.items():
        first = panels[ids[0]]
        yield LabelledOrder(
            page,
            tuple(ids),
            tuple(Box.clipped(*panels[panel]["box"]) for panel in ids),
            ReadingDirection(first["direction"]),
            aspects[first["page_id"]],
        )
