"""Finds the panels of a library that a query file names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath

from schemas.geometry import Box
from schemas.queries import PanelReference
from schemas.tables import PAGES, PANELS
from search.library import Library

LEAST_COVER = 0.5
"""Share of a labelled panel that a detected one must hold, where none has half of both in common."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A panel of the library on its page."""

    panel_id: str
    panel_no: int
    box: Box


class Targets:
    """The pages of a library by their paths, for looking up what query files name."""

    def __init__(self, library: Library) -> None:
        """Read the keys and boxes of all pages and panels."""
        snapshot = library.snapshot()
        panels = snapshot.rows(PANELS, ["panel_id", "page_id", "panel_no", "box", "book_id", "ingest_rev"])
        self._panels: dict[str, list[_Place]] = defaultdict(list)
        for row in panels.to_pylist():
            if snapshot.is_current(row["book_id"], row["ingest_rev"]):
                place = _Place(row["panel_id"], row["panel_no"], Box.clipped(*row["box"]))
                self._panels[row["page_id"]].append(place)
        self._by_name: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for row in snapshot.rows(PAGES, ["page_id", "book_id", "page_file"]).to_pylist():
            book = snapshot.books.get(row["book_id"])
            if book is not None and row["page_id"] in self._panels:
                parts = _parts(book.source, row["page_file"])
                self._by_name[parts[-1]].append((parts, row["page_id"]))

    @property
    def panel_count(self) -> int:
        """Panels that a search can return."""
        return sum(map(len, self._panels.values()))

    def page_ids(self, page: str) -> tuple[str, ...]:
        """Return the pages whose paths end most like ``page``; several where a book lies there twice.

        Empty where no page has that name, or where pages of different paths fit equally well: a
        bare file name, which every book has, tells none of them.
        """
        wanted = _stems(PurePosixPath(page).parts)
        fits = [(_shared_tail(parts, wanted), parts, page_id) for parts, page_id in self._by_name[wanted[-1]]]
        most = max((shared for shared, _, _ in fits), default=0)
        best = [(parts, page_id) for shared, parts, page_id in fits if shared == most]
        tells = most == len(wanted) > 1
        if not tells and len({parts for parts, _ in best}) > 1:
            return ()
        return tuple(page_id for _, page_id in best)

    def panel_ids(self, reference: PanelReference) -> frozenset[str]:
        """Return the panels that are meant; empty where the library has none such."""
        pages = [self._panels[page_id] for page_id in self.page_ids(reference.page)]
        return frozenset(place.panel_id for page in pages for place in _named(page, reference))

    def missing(self, references: Iterable[PanelReference]) -> Iterator[PanelReference]:
        """Give the references whose page the library does not hold."""
        return (reference for reference in references if not self.page_ids(reference.page))


def _named(page: Sequence[_Place], reference: PanelReference) -> Sequence[_Place]:
    if reference.box is not None:
        return _like(page, reference.box)
    if reference.panel_no is None:
        return page
    return [place for place in page if place.panel_no == reference.panel_no]


def _like(page: Sequence[_Place], box: Box) -> Sequence[_Place]:
    """Return the detected panel that shows what a labelled one does."""
    best = max(page, key=lambda place: (place.box.iou(box), place.box.intersection_area(box)))
    cover = best.box.intersection_area(box) / box.area if box.area > 0 else 0.0
    return [best] if max(best.box.iou(box), cover) >= LEAST_COVER else []


def _parts(source: str, page_file: str) -> tuple[str, ...]:
    return _stems((*PurePath(source).parts, *PurePosixPath(page_file).parts))


def _stems(parts: Sequence[str]) -> tuple[str, ...]:
    """Drop the suffixes of pictures and archives: labels are named without them."""
    return tuple(_stem(part) for part in parts)


def _stem(part: str) -> str:
    path = PurePosixPath(part)
    return path.stem if path.suffix.lower() in _SUFFIXES else part


_SUFFIXES = frozenset(
    {
        *(".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff", ".jp2", ".jxl"),
        *(".cbz", ".cbr", ".cb7", ".cbt", ".zip", ".rar", ".7z", ".tar", ".pdf", ".epub"),
    }
)


def _shared_tail(left: Sequence[str], right: Sequence[str]) -> int:
    count = 0
    for mine, theirs in zip(reversed(left), reversed(right), strict=False):
        if mine != theirs:
            break
        count += 1
    return count
