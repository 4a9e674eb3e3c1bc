"""What pages that are the same say of books: copies, issues inside a collection, pages of many books."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from indexer.audit.copies import SamePages, least_shares
from indexer.audit.material import Material
from models.duplicates.grouping import Run, groups_of, longest_run
from models.duplicates.hashes import Pairs
from schemas.audit import Finding

WHOLE, INSIDE = 0.7, 0.6
"""Share of the pages of both that makes two books the same, and of the shorter one's that puts it inside:
each printing has its own advertisements."""
LEAST_PAGES = 3
WATERMARK_BOOKS = 3
"""Books that have nothing else in common and still the same page: a scanner's mark, an advertisement."""
EVIDENCE = 6

Couple = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Related:
    """How books hang together: pairs that are the same, and (longer, shorter) for one in another."""

    same: tuple[Couple, ...]
    inside: tuple[Couple, ...]
    runs: dict[Couple, Run]


def findings_of_pages(material: Material, found: SamePages) -> list[Finding]:
    """Report books that are the same or within others, pages of many books, and what else is double."""
    related = related_books(material, found.pairs)
    findings = [*_copies(material, related), *_contained(material, related)]
    circles = _circles(related)
    groups = groups_of(found.pairs)
    for group, share in zip(groups, least_shares(found.pairs, found.shares), strict=True):
        books = {int(material.book_of_page[page]) for page in group}
        apart = len({circles.get(book, book) for book in books})
        if apart >= WATERMARK_BOOKS:
            ids = tuple(material.page_ids[page] for page in group)
            findings.append(Finding("watermark", ids, {"pages": len(group), "books": len(books)}))
        elif apart > 1 or len(books) == 1:
            facts: dict[str, str | int] = {"pages": len(group), "share": share}
            findings.append(Finding("near-pages", _best_first(material, group), facts))
    return findings


def related_books(material: Material, pairs: Pairs) -> Related:
    """Tell from matching pages, and their order, which books are the same or inside of another."""
    places: dict[Couple, list[Couple]] = defaultdict(list)
    for left, right in pairs.tolist():
        books = int(material.book_of_page[left]), int(material.book_of_page[right])
        if books[0] != books[1]:
            places[books].append((left, right))
    same, inside, runs = [], [], {}
    for books, matches in places.items():
        run = longest_run(matches)
        sizes = [_shown_pages(material, book) for book in books]
        if run.length < min(LEAST_PAGES, *sizes):
            continue
        if run.length >= WHOLE * max(sizes):
            same.append(books)
        elif run.length >= INSIDE * min(sizes) and run.length >= LEAST_PAGES:
            inside.append(books if sizes[0] >= sizes[1] else (books[1], books[0]))
        runs[books] = run
    return Related(tuple(same), tuple(inside), runs)


def _shown_pages(material: Material, book: int) -> int:
    """Count the pages of a book that are not blank."""
    there = material.books[book]
    return int((material.hashes[there.first : there.last] != 0).sum())


def _copies(material: Material, related: Related) -> list[Finding]:
    findings = []
    runs_from: dict[int, list[Run]] = defaultdict(list)
    for books in related.same:
        runs_from[books[0]].append(related.runs[books])
    for group in groups_of(np.array(related.same, np.int64).reshape(-1, 2)):
        group.sort(key=lambda book: (-_pixels(material, book), material.books[book].book_id))
        runs = [run for book in group for run in runs_from[book]]
        evidence = [page for run in runs[:1] for match in run.places[: EVIDENCE // 2] for page in match]
        findings.append(
            Finding(
                "near-books",
                tuple(material.books[book].book_id for book in group),
                {"books": len(group), "pages": min(run.length for run in runs)},
                tuple(material.page_ids[page] for page in evidence),
            )
        )
    return findings


def _contained(material: Material, related: Related) -> list[Finding]:
    findings = []
    for longer, shorter in related.inside:
        run = related.runs.get((shorter, longer)) or _turned(related.runs[longer, shorter])
        first, last = (page - material.books[longer].first + 1 for page in run.ends)
        evidence = [page for match in run.places[: EVIDENCE // 2] for page in match]
        findings.append(
            Finding(
                "contained-book",
                (material.books[longer].book_id, material.books[shorter].book_id),
                {"first": first, "last": last, "pages": run.length},
                tuple(material.page_ids[page] for page in evidence),
            )
        )
    return findings


def _turned(run: Run) -> Run:
    return Run(tuple((other, mine) for mine, other in run.places))


def _circles(related: Related) -> dict[int, int]:
    """Give books that hang together, as copies or one inside the other, the same number."""
    pairs = np.array([*related.same, *related.inside], np.int64).reshape(-1, 2)
    return {book: group[0] for group in groups_of(pairs) for book in group}


def _pixels(material: Material, book: int) -> int:
    there = material.books[book]
    return int(material.pixels[there.first : there.last].sum())


def _best_first(material: Material, group: list[int]) -> tuple[str, ...]:
    ordered = sorted(group, key=lambda page: (-int(material.pixels[page]), page))
    return tuple(material.page_ids[page] for page in ordered)
