"""Who is in which panel, by labels: panels with characters, strips with speakers, pages with a list.

Folders of labels that share a character are books of one work; a character is sought within its work.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from indexer.evaluation.labelled import Skipped, find_picture, label_files, read_json, to_label
from indexer.evaluation.transcripts import STRIP_ASPECT, STRIP_PANELS
from schemas.elements import fold_name
from schemas.geometry import Box
from schemas.labels import PageLabel

NO_CHARACTERS = frozenset({"sfx", "label", "narrator", "narration", "caption", "sign", "unknown", "none", ""})
"""What transcripts call a speaker that is none."""


@dataclass(frozen=True, slots=True)
class CastPanel:
    """A picture, the part of it that counts, and who is there; ``page`` and ``book`` group panels."""

    picture: Path
    box: Box
    names: frozenset[str]
    page: str
    book: str


@dataclass(frozen=True, slots=True)
class Work:
    """The panels of one work and their groups; ``split`` says what those are: book, page or panel."""

    name: str
    panels: tuple[CastPanel, ...]
    groups: tuple[str, ...]
    split: str


def find_cast(labels: Path, images: Path, *, places: bool = False) -> list[CastPanel | Skipped]:
    """Return every panel whose label says who is there, in order of path."""
    found: list[CastPanel | Skipped] = []
    for path in label_files(labels):
        relative = path.relative_to(labels)
        data = read_json(path)
        if isinstance(data, str):
            found.append(Skipped(relative.as_posix(), data))
            continue
        picture = find_picture(images, str(data.get("image") or ""), relative)
        if picture is None:
            found.append(Skipped(relative.as_posix(), f"its picture is not in {images}"))
            continue
        page, book = relative.with_suffix("").as_posix(), relative.parent.as_posix()
        parts = list(_parts(data, places=places))
        if not parts:
            found.append(Skipped(relative.as_posix(), "says of no panel who is there"))
        found += [CastPanel(picture, box, names, page, book) for box, names in parts]
    return found


def _parts(data: Mapping[str, object], *, places: bool) -> Iterator[tuple[Box, frozenset[str]]]:
    panels = data.get("panels")
    if isinstance(panels, list) and any(isinstance(one, dict) and "characters" in one for one in panels):
        label = to_label(data)
        if isinstance(label, PageLabel):
            yield from _of_panels(label, places=places)
    elif isinstance(data.get("regions"), list):
        yield from _of_speakers(data)
    elif isinstance(data.get("characters"), list):
        yield Box(0, 0, 1, 1), _names(data["characters"])


def _of_panels(label: PageLabel, *, places: bool) -> Iterator[tuple[Box, frozenset[str]]]:
    width, height = label.size
    for panel in label.panels:
        names = _names(panel.characters)
        if places and panel.place:
            names |= {f"place: {panel.place.strip()}"}
        try:
            yield Box.from_pixels(panel.box, width_px=width, height_px=height), names
        except ValueError:  # a box without an inside
            continue


def _of_speakers(data: Mapping[str, object]) -> Iterator[tuple[Box, frozenset[str]]]:
    """Take who speaks in each third of a strip for who is there; a third without words says nothing."""
    size, regions = data.get("size"), data.get("regions")
    if not (isinstance(size, list) and len(size) == 2 and isinstance(regions, list)):
        return
    width, height = (float(side) if isinstance(side, int | float) else 0.0 for side in size)
    if height <= 0 or width / height < STRIP_ASPECT:
        return
    speakers: dict[int, set[str]] = defaultdict(set)
    for region in regions:
        box = region.get("box") if isinstance(region, dict) else None
        if isinstance(box, list) and len(box) == 4 and all(isinstance(n, int | float) for n in box):
            place = int(STRIP_PANELS * (box[0] + box[2]) / 2 / width)
            speakers[min(max(place, 0), STRIP_PANELS - 1)] |= _names([region.get("speaker")])
    for place in sorted(speakers):
        if speakers[place]:
            yield Box(place / STRIP_PANELS, 0, (place + 1) / STRIP_PANELS, 1), frozenset(speakers[place])


def _names(told: object) -> frozenset[str]:
    names = (" ".join(str(name).split()) for name in told) if isinstance(told, Sequence) else ()
    return frozenset(name for name in names if fold_name(name) not in NO_CHARACTERS)


def works_of(panels: Sequence[CastPanel], root: str = "labels") -> list[Work]:
    """Gather panels into works: folders that share somebody belong together; ``root`` holds them all."""
    books: dict[str, list[CastPanel]] = defaultdict(list)
    for panel in panels:
        books[panel.book].append(panel)
    names = {
        book: {fold_name(name) for one in mine for name in one.names if ":" not in name}
        for book, mine in books.items()
    }
    clusters: list[tuple[list[str], set[str]]] = []
    for book in books:
        near = [cluster for cluster in clusters if cluster[1] & names[book]]
        joined = [one for cluster in near for one in cluster[0]]
        known = set(names[book]).union(*(cluster[1] for cluster in near))
        clusters = [cluster for cluster in clusters if cluster not in near] + [([*joined, book], known)]
    return [_work(members, books, root) for members, _ in clusters]


def _work(members: Sequence[str], books: Mapping[str, Sequence[CastPanel]], root: str) -> Work:
    panels = tuple(panel for book in members for panel in books[book])
    shared = takewhile(
        lambda parts: len(set(parts)) == 1, zip(*(Path(one).parts for one in members), strict=False)
    )
    name = "/".join(parts[0] for parts in shared) or root
    for split, groups in (
        ("book", tuple(panel.book for panel in panels)),
        ("page", tuple(panel.page for panel in panels)),
    ):
        if len(set(groups)) > 1:
            return Work(name, panels, groups, split)
    return Work(name, panels, tuple(map(str, range(len(panels)))), "panel")
