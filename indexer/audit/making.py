"""One audit: read, compare, report."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from indexer.audit.books import findings_of_pages
from indexer.audit.copies import LOOKED_AT, same_pages, same_panels
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
    findings, notes = _plain(material), []
    measures: dict[str, float] = {}
    told("measuring vectors", 0.05)
    for found, measured in collapse(material):
        findings += [found] if found else []
        measures |= measured
    if with_copies:
        pages = same_pages(material, lambda share: told("comparing pages", 0.1 + 0.5 * share))
        findings += findings_of_pages(material, pages)
        findings += same_panels(material, pages, lambda share: told("comparing panels", 0.6 + 0.4 * share))
        if pages.left_out:
            notes.append(f"{pages.left_out:,} pairs of pages beyond {LOOKED_AT:,} were not compared")
    report = AuditReport(
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        books=len(material.books),
        pages=len(material.page_ids),
        panels=len(material.panels),
        findings=ordered(findings),
        measures=measures,
        seconds=round(time.monotonic() - started, 2),
        notes=tuple(notes),
    )
    write_report(library, report)
    return report


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
