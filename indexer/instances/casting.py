"""The cast of a book: regions of its panels, gathered by likeness; a name makes an element of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from indexer.elements.adding import Made, Wanted, add_to_library
from indexer.elements.fitting import work_out
from indexer.elements.material import Panels, read_panels
from indexer.elements.pictures import encoder_of_pictures, read_thumbnail
from models.instances.finding import FindsRegions, ProposedRegions, Region
from models.instances.likeness import MOST, Seen, appearances, cut_regions, same_people
from models.protocols import PictureEncoder
from schemas.elements import ElementFacts
from schemas.errors import ConfigError, EncoderMismatchError, NotFoundError, StoppedError

LEAST = 2
"""Panels that a group must have: what is seen once needs no gathering."""
MOST_EXAMPLES = 60
"""Crops of a group that an element learns from; its panels count all the same."""
MOST_PANELS = 3_000


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody in a panel: ``box`` is panel-relative, left, top, right, bottom."""

    panel_id: str
    box: tuple[float, float, float, float]
    kind: str

    @property
    def spoken(self) -> str:
        """How examples name it: ``PANEL@x0,y0,x1,y1``."""
        return f"{self.panel_id}@{','.join(f'{side:.4f}' for side in self.box)}"


@dataclass(frozen=True, slots=True)
class Group:
    """Regions that show the same, as far as can be seen; ``group_id`` holds as long as its members do."""

    group_id: str
    members: tuple[Shown, ...]

    @property
    def panels(self) -> int:
        """In how many panels it is."""
        return len({member.panel_id for member in self.members})


@dataclass(frozen=True, slots=True)
class BookCast:
    """Everybody in a book, those in most panels first; ``alone`` were seen once."""

    book_id: str
    found_by: str
    panels: int
    groups: tuple[Group, ...]
    alone: int

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        groups = [
            {
                "group_id": group.group_id,
                "panels": group.panels,
                "members": [asdict(one) for one in group.members],
            }
            for group in self.groups
        ]
        return {
            "book_id": self.book_id,
            "found_by": self.found_by,
            "panels": self.panels,
            "alone": self.alone,
            "groups": groups,
        }


def find_cast(
    library: Path,
    book_id: str,
    *,
    detector: FindsRegions | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> BookCast:
    """Find who is drawn in a book and gather them.

    Args:
        library: its folder.
        book_id: the book.
        detector: finds characters and faces; the figure finder's proposals without one.
        stopped: asked before each panel.

    Raises:
        NotFoundError: the library has no such book, or no panel of it.
        ConfigError: the book has too many panels.
        StoppedError: it was stopped.
    """
    from models.figures.finder import load_finder

    panels = read_panels(library, "look")
    ids = _panels_of(panels, book_id)
    finder = load_finder()
    source = detector or ProposedRegions(finder)
    shown: list[Shown] = []
    seen: list[Seen] = []
    for panel_id in ids:
        if stopped():
            raise StoppedError("the cast was not gathered: it was stopped, or took too long")
        picture = read_thumbnail(library, panel_id)
        regions = source.find(picture)
        if regions:
            shown += [_shown(panel_id, region) for region in regions]
            seen += cut_regions(picture, [one.box for one in regions], finder.find(picture).figure)
    shown, seen = _largest(shown, seen)
    clusters = same_people(appearances(seen, _encoder(panels)), [one.panel_id for one in shown])
    return _cast(book_id, source.name, len(ids), shown, clusters.tolist())


def _panels_of(panels: Panels, book_id: str) -> list[str]:
    rows = np.flatnonzero(np.array(panels.rows["book_id"].to_pylist()) == book_id)
    if not len(rows):
        raise NotFoundError(f"the library has no panels of the book {book_id[:100]!r}: take an id from a hit")
    if len(rows) > MOST_PANELS:
        raise ConfigError(f"the book has {len(rows):,} panels: at most {MOST_PANELS:,} are gathered at once")
    return panels.ids(rows)


def _encoder(panels: Panels) -> PictureEncoder | None:
    """Return the encoder of the library, None where it is not here: colours alone tell much."""
    try:
        return encoder_of_pictures(panels)
    except (EncoderMismatchError, ConfigError):
        return None


def _shown(panel_id: str, region: Region) -> Shown:
    x0, y0, x1, y1 = (round(side, 4) for side in region.box.as_tuple())
    return Shown(panel_id, (x0, y0, x1, y1), region.kind)


def _largest(shown: list[Shown], seen: list[Seen]) -> tuple[list[Shown], list[Seen]]:
    if len(shown) <= MOST:
        return shown, seen
    sizes = np.array([(one.box[2] - one.box[0]) * (one.box[3] - one.box[1]) for one in shown])
    kept = sorted(np.argsort(-sizes)[:MOST].tolist())
    return [shown[row] for row in kept], [seen[row] for row in kept]


def _cast(
    book_id: str, found_by: str, panels: int, shown: Sequence[Shown], clusters: Sequence[int]
) -> BookCast:
    sizes = Counter(clusters)
    groups = []
    for cluster in sorted(sizes, key=lambda number: (-sizes[number], number)):
        if sizes[cluster] < LEAST:
            continue
        members = tuple(one for one, mine in zip(shown, clusters, strict=True) if mine == cluster)
        told = "\n".join(one.spoken for one in members)
        groups.append(Group(sha256(told.encode()).hexdigest()[:12], members))
    alone = sum(count for count in sizes.values() if count < LEAST)
    return BookCast(book_id, found_by, panels, tuple(groups), alone)


def name_group(
    library: Path, cast: BookCast, group_id: str, name: str, *, without: Sequence[str] = ()
) -> ElementFacts:
    """Make an element of a group, or add it to one: its panels show it, and its crops are examples.

    Args:
        library: its folder.
        cast: the book's.
        group_id: which group, or its number in the list, from 1.
        name: of the element.
        without: ids of panels that do not belong.

    Raises:
        NotFoundError: there is no such group.
        ConfigError: the name is none, or nothing is left of the group.
        LibraryBusyError, LibraryError: the library cannot be written.
    """
    group = group_of(cast, group_id)
    left = [one for one in group.members if one.panel_id not in set(without)]
    if not left:
        raise ConfigError("nothing is left of this group: keep a panel of it")
    ids = tuple(dict.fromkeys(one.panel_id for one in left))
    crops = tuple(one.spoken for one in _spread(left))
    dropped = tuple(panel for panel in dict.fromkeys(without) if panel in {m.panel_id for m in group.members})
    made = _add(library, Wanted(name, (*ids, *crops), dropped, {"kind": "character"}), ids)
    return work_out(library, made.name)


def _add(library: Path, wanted: Wanted, ids: tuple[str, ...]) -> Made:
    """Add crops too where pictures can be encoded here; else the panels alone."""
    try:
        return add_to_library(library, wanted, files=False)
    except EncoderMismatchError:
        alone = Wanted(wanted.name, ids, wanted.negative, wanted.settings)
        return add_to_library(library, alone, files=False)


def _spread(members: Sequence[Shown]) -> list[Shown]:
    """Return members from all over the book, no more than an element should keep of one."""
    step = max(1, -(-len(members) // MOST_EXAMPLES))
    return list(members[::step])


def group_of(cast: BookCast, group_id: str) -> Group:
    """Return a group by its id or its number. Raises NotFoundError."""
    for number, group in enumerate(cast.groups, 1):
        if group_id in (group.group_id, str(number)):
            return group
    raise NotFoundError(
        f"the cast of this book has no group {group_id[:40]!r}: it may have been read anew, gather it again"
    )
