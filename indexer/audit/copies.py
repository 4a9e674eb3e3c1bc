"""Pages and panels that are the same: candidates, a closer look, and whether they say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.audit import candidates
from indexer.audit.candidates import Near
from indexer.audit.looking import Told, bare_hashes, quiet, same_prints, shares_of
from indexer.audit.material import Material
from models.duplicates.grouping import groups_of
from models.duplicates.hashes import Pairs
from models.duplicates.wording import says_something_else
from schemas.audit import Finding, book_of
from schemas.tables import PAGES, PANELS

SAME = 0.5
"""Share of parts that must agree (benchmarks/duplicates.py)."""
LOOKED_AT = 400_000
"""Pairs that are looked at more closely at most: an hour's work. Those left out are told of."""
BARE_PAGES = 100_000
"""Pages up to which thumbnails are hashed without borders too."""
PANELS_BY_VECTOR = 300_000
"""Panels up to which pairs are looked for by vectors too."""


@dataclass(frozen=True, slots=True)
class Looked:
    """How many pairs may be the same, and how many of them, the nearest ones, were compared."""

    found: int
    compared: int


@dataclass(frozen=True, slots=True)
class SamePages:
    """Pairs of pages that are the same (m, 2), how alike they are (m,), and what was looked at for them."""

    pairs: Pairs
    shares: NDArray[np.float32]
    looked: Looked


@dataclass(frozen=True, slots=True)
class SamePanels:
    """Findings of panels that are the same, and what was looked at for them."""

    findings: tuple[Finding, ...]
    looked: Looked


def same_pages(material: Material, told: Told = quiet, *, most: int = LOOKED_AT) -> SamePages:
    """Find the pages that are the same, among the ``most`` nearest pairs; blank ones never are."""
    hashes = material.hashes
    vectors = _shown_vectors(material, hashes)
    twins = _of_shown(candidates.by_checksum(material.words("sha256")), hashes)
    chosen = candidates.nearest(
        candidates.apart_by_hash(hashes, candidates.by_hash(hashes)),
        _without_borders(material, hashes),
        candidates.apart_by_vector(vectors, candidates.by_vector(vectors)),
        candidates.apart(candidates.by_panels(*_panels_of_pages(material)), candidates.PANELS_APART),
        candidates.apart(twins, 0.0),
        most=most,
    )
    pairs = chosen.pairs
    shares = shares_of(material, material.page_ids, pairs, told)
    kept = shares >= SAME
    kept[kept] &= ~_are_others(material, pairs[kept])
    return SamePages(pairs[kept], shares[kept], Looked(chosen.found, len(pairs)))


def _are_others(material: Material, pairs: Pairs) -> NDArray[np.bool_]:
    """Say which pairs of one drawing have other words, and do not merely read as if they had."""
    others = _say_otherwise(pairs, material.words("text"), _languages(material))
    others[others] = ~same_prints(material, material.page_ids, pairs[others])
    return others


def _without_borders(material: Material, hashes: NDArray[np.uint64]) -> Near:
    """Return pairs that are near once even borders are cut off, one of either or of both."""
    count = len(hashes)
    if count > BARE_PAGES:
        return candidates.apart(np.zeros((0, 2), np.int64), 0.0)
    bare = bare_hashes(material, material.page_ids)
    bare[:, hashes == 0] = 0
    both = np.concatenate([hashes, *bare])
    near = candidates.apart_by_hash(both, candidates.by_hash(both))
    return Near(np.asarray(near.pairs % count, np.int64), near.distances)


def _shown_vectors(material: Material, hashes: NDArray[np.uint64]) -> NDArray[np.float32]:
    vectors = material.vectors(PAGES, "page_id", "vector_picture", material.page_ids)
    vectors[hashes == 0] = 0.0
    return vectors


def _of_shown(pairs: Pairs, hashes: NDArray[np.uint64]) -> Pairs:
    return np.asarray(pairs[(hashes[pairs] != 0).all(axis=1)], np.int64)


def _panels_of_pages(
    material: Material,
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]]:
    places = {page: place for place, page in enumerate(material.page_ids)}
    pages = np.array([places.get(page, -1) for page in material.panels["page_id"].to_pylist()], np.int64)
    hashes = material.panels["phash"].to_numpy().astype(np.uint64)
    counts = np.bincount(pages[pages >= 0], minlength=len(places)).astype(np.int64)
    return hashes[pages >= 0], pages[pages >= 0], counts


def _languages(material: Material) -> list[str | None]:
    languages = [book.language for book in material.books]
    return [languages[book] for book in material.book_of_page.tolist()]


def _say_otherwise(pairs: Pairs, texts: Sequence[str], languages: Sequence[str | None]) -> NDArray[np.bool_]:
    return np.array(
        [
            says_something_else(texts[left], texts[right], (languages[left], languages[right]))
            for left, right in pairs.tolist()
        ],
        np.bool_,
    )


def same_panels(
    material: Material, pages: SamePages, told: Told = quiet, *, most: int = LOOKED_AT
) -> SamePanels:
    """Find panels that are the same on pages that are not: art that is used again, title panels."""
    panels = material.panels
    ids: list[str] = panels["panel_id"].to_pylist()
    hashes = panels["phash"].to_numpy().astype(np.uint64)
    near = [candidates.apart_by_hash(hashes, candidates.by_hash(hashes, candidates.PANEL_BITS))]
    if len(ids) <= PANELS_BY_VECTOR:
        vectors = material.vectors(PANELS, "panel_id", "vector_picture", ids)
        vectors[hashes == 0] = 0.0
        near.append(candidates.apart_by_vector(vectors, candidates.by_vector(vectors)))
    places = {page: place for place, page in enumerate(material.page_ids)}
    page_of = np.array([places.get(page, -1) for page in panels["page_id"].to_pylist()], np.int64)
    apart = [~_on_same_pages(page_of[part.pairs], pages.pairs) for part in near]
    parts = (Near(part.pairs[own], part.distances[own]) for part, own in zip(near, apart, strict=True))
    chosen = candidates.nearest(*parts, most=most)
    pairs = chosen.pairs
    shares = shares_of(material, ids, pairs, told)
    kept = shares >= SAME
    languages = _languages(material)
    mine = [languages[page] if page >= 0 else None for page in page_of.tolist()]
    kept[kept] &= ~_say_otherwise(pairs[kept], panels["text"].to_pylist(), mine)
    findings = tuple(_of_panels(ids, pairs[kept], shares[kept]))
    return SamePanels(findings, Looked(chosen.found, len(pairs)))


def _on_same_pages(pairs: Pairs, same: Pairs) -> NDArray[np.bool_]:
    """Say which pairs of pages are one page, or pages that are the same anyway."""
    ordered = np.sort(pairs, axis=1)
    known = same[:, 0] << 32 | same[:, 1]
    is_one = ordered[:, 0] == ordered[:, 1]
    return np.asarray(is_one | np.isin(ordered[:, 0] << 32 | ordered[:, 1], known), np.bool_)


def _of_panels(ids: Sequence[str], pairs: Pairs, shares: NDArray[np.float32]) -> list[Finding]:
    least = least_shares(pairs, shares)
    return [
        Finding(
            "near-panels",
            tuple(ids[place] for place in group),
            {"panels": len(group), "books": len({book_of(ids[place]) for place in group}), "share": share},
        )
        for group, share in zip(groups_of(pairs), least, strict=True)
    ]


def least_shares(pairs: Pairs, shares: NDArray[np.float32]) -> list[str]:
    """Return how alike the least alike pair of each group is, in percent."""
    groups = groups_of(pairs)
    number = {member: place for place, group in enumerate(groups) for member in group}
    least = np.ones(len(groups))
    np.minimum.at(least, [number[left] for left in pairs[:, 0].tolist()], shares)
    return [f"{share:.0%}" for share in least]
