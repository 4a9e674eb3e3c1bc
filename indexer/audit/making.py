"""One audit: read, compare, report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from indexer.audit.books import findings_of_pages
from indexer.audit.copies import Looked, same_pages, same_panels
from indexer.audit.deciding import NO_STORE
from indexer.audit.files import write_report
from indexer.audit.lettering import lettering_findings
from indexer.audit.looks import plain_pages
from indexer.audit.material import Material
from indexer.audit.order import broken_orders
from indexer.audit.shapes import panel_outliers, unlike_comics
from indexer.audit.spaces import collapse
from indexer.remote.state import store_of
from schemas.audit import AuditReport, Finding, ordered
from schemas.errors import QueryError

Progress = Callable[[str, float], None]
"""Is told what is being done, and which share of all is done."""


def audit_library(
    library: Path, progress: Progress | None = None, *, with_copies: bool = True
) -> AuditReport:
    """Look through a library and keep the report beside its tables.

    Args:
        library: its folder; it may be written meanwhile, what is read is of one moment each table.
        progress: is told how far it is.
        with_copies: whether to look for pages and panels that are the same, most of the work.

    Raises:
        LibraryNotFoundError: there is no library.
        LibraryFormatError: it is damaged.
        LibraryError: the report cannot be written.
        QueryError: the tables lie on object storage.
    """
    if store_of(library) is not None:
        raise QueryError(NO_STORE)
    told = progress or (lambda _what, _share: None)
    started = time.monotonic()
    told("reading", 0.0)
    material = Material(library)
    findings = _plain(material)
    notes: list[str] = []
    measures: dict[str, float] = {}
    compared: dict[str, int] = {}
    told("measuring vectors", 0.05)
    for found, measured in collapse(material):
        findings += [found] if found else []
        measures |= measured
    if with_copies:
        pages = same_pages(material, lambda share: told("comparing pages", 0.1 + 0.5 * share))
        findings += findings_of_pages(material, pages)
        panels = same_panels(material, pages, lambda share: told("comparing panels", 0.6 + 0.4 * share))
        findings += panels.findings
        compared = _compared({"pages": pages.looked, "panels": panels.looked})
        notes += _cut({"pages": pages.looked, "panels": panels.looked})
    report = AuditReport(
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        books=len(material.books),
        pages=len(material.page_ids),
        panels=len(material.panels),
        findings=ordered(findings),
        measures=measures,
        seconds=round(time.monotonic() - started, 2),
        notes=tuple(notes),
        compared=compared,
    )
    write_report(library, report)
    return report


def _compared(looked: Mapping[str, Looked]) -> dict[str, int]:
    """Return how many pairs of each kind may be the same, and how many of them were compared."""
    return {
        f"{what} {said}": count
        for what, one in looked.items()
        for said, count in (("found", one.found), ("compared", one.compared))
    }


def _cut(looked: Mapping[str, Looked]) -> Iterator[str]:
    for what, one in looked.items():
        if one.compared < one.found:
            yield (
                f"of {one.found:,} pairs of {what} that may be the same the nearest {one.compared:,} were "
                "compared"
            )


def _plain(material: Material) -> list[Finding]:
    """Return what needs no look at pictures."""
    return [
        finding
        for found in (
            unlike_comics(material),
            plain_pages(material),
            broken_orders(material),
            panel_outliers(material),
            lettering_findings(material),
        )
        for finding in found
    ]
