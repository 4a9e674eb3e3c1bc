"""What the audit found, as a filter: from ids of books, pages and panels to rows."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from schemas.audit import AUDIT_FILE, KINDS, MAX_AUDIT_BYTES, AuditReport, level_of
from schemas.errors import NotFoundError
from schemas.places import Place
from search.state.beside import BesideFile, Stamp
from search.state.columns import PanelColumns

if TYPE_CHECKING:
    from search.state.snapshot import Snapshot

ReportFile = BesideFile[AuditReport | None]
_PAGE_BITS, _PANEL_BITS = 22, 16
"""Enough for any page of a book and any panel of a page; what is beyond names nothing."""


def report_file(place: Place | None) -> ReportFile:
    """Return the file of the last report of a library."""
    return BesideFile(place, AUDIT_FILE, AuditReport.from_json, None, max_bytes=MAX_AUDIT_BYTES)


class Findings:
    """The findings of the last audit, among the panels of one snapshot."""

    def __init__(self, snapshot: "Snapshot", file: ReportFile) -> None:
        self._snapshot, self._file = snapshot, file

    @property
    def stamp(self) -> Stamp:
        """What names the state of the report."""
        return self._file.stamp()

    def report(self) -> AuditReport | None:
        """Return the last report, None where there is none. Raises LibraryError."""
        return self._file.read()

    def row_ids(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Return the sorted ids of the rows of panels that findings, or kinds of them, name.

        Raises:
            NotFoundError: there is no report, or no such finding in it.
        """
        report = self.report()
        if report is None:
            raise NotFoundError("this library was not audited yet: run 'longbox audit'")
        items: list[str] = []
        for name in names:
            found = report.named(name)
            if not found and name not in KINDS:
                raise NotFoundError(
                    f"the last audit has no finding {name[:60]!r}: 'longbox audit' lists what it found"
                )
            items += [item for finding in found for item in finding.items]
        columns = self._snapshot.columns
        shown = np.zeros(len(columns.row_ids), np.bool_)
        shown[self._snapshot.current_rows] = True
        return columns.row_ids[are_of(columns, items) & shown]


def are_of(columns: PanelColumns, items: Iterable[str]) -> NDArray[np.bool_]:
    """Say which rows are panels that ids of books, pages and panels name."""
    codes = {book: code for code, book in enumerate(columns.books.values)}
    wanted: dict[str, list[int]] = {"book": [], "page": [], "panel": []}
    for item in items:
        key = _key(item, codes)
        if key is not None:
            wanted[level_of(item)].append(key)
    books = columns.books.codes.astype(np.int64)
    pages = (books << _PAGE_BITS) | columns.page_nos
    panels = (pages << _PANEL_BITS) | columns.panel_nos
    mask = np.zeros(len(books), np.bool_)
    for level, keys in (("book", books), ("page", pages), ("panel", panels)):
        if wanted[level]:
            mask |= np.isin(keys, np.array(wanted[level], np.int64))
    return mask


def _key(item: str, codes: dict[str, int]) -> int | None:
    book, _, rest = item.partition("/")
    if book not in codes:
        return None
    key = codes[book]
    page, _, panel = rest.partition("#")
    for number, bits in ((page, _PAGE_BITS), (panel, _PANEL_BITS)):
        if number:
            if not number.isdecimal() or int(number) >= 1 << bits:
                return None
            key = (key << bits) | int(number)
    return key
