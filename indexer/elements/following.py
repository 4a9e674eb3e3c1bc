"""Keeping elements in step: panels that are new, labels that changed, an encoder that was changed."""

from __future__ import annotations

import logging
from pathlib import Path

import pyarrow as pa

from indexer.elements.figures import follow_figures
from indexer.elements.fitting import fit_and_apply
from indexer.elements.labels import ELEMENTS_FILE, Elements
from indexer.elements.material import Panels, read_panels
from indexer.elements.table import element_writer, facts_where_whole, has_elements, read_found
from schemas.elements import ElementFacts
from schemas.errors import ConfigError, LongboxError

logger = logging.getLogger(__name__)
FIGURES_S = 20.0
"""How long a run, or the daemon when it is idle, reads figures; the command reads them all."""


def apply_elements(library: Path) -> list[ElementFacts]:
    """Work out all elements anew that something shows; returns what changed, by name.

    Raises:
        LibraryBusyError, LibraryError: the library cannot be read or written.
    """
    elements = Elements(library)
    known = elements.all()
    before = facts_where_whole(library)  # damaged ones are worked out anew: that is the way out
    changed = []
    by_side: dict[str, Panels] = {}
    with element_writer(library) as writer:
        for gone in before.keys() - {element.name for element in known}:
            writer.drop(gone)
        for element in known:
            try:
                panels = by_side.get(element.side) or read_panels(library, element.side)
                by_side[element.side] = panels
                facts, found = fit_and_apply(elements, element, panels)
            except ConfigError as error:  # nothing shows it, or its side is not there any more
                logger.info("the element %s stays as it is: %s", element.name, error)
                continue
            old = before.get(element.name)
            if old is not None and old.made_of == facts.made_of and _is_kept(library, element.name, found):
                continue
            writer.replace(facts, found, panels.format)
            changed.append(facts)
    return changed


def follow_elements(library: Path) -> None:
    """Bring all elements in step, as far as that can be done now: a run does not fail for them."""
    if not (library / ELEMENTS_FILE).is_file() and not has_elements(library):
        return
    try:
        if Elements(library).all():
            _follow_figures(library)
        apply_elements(library)
    except LongboxError as error:
        logger.warning("elements stay as they are: %s", error)


def _follow_figures(library: Path) -> None:
    """Read figures of new panels, for a while: elements are told by what is read so far."""
    try:
        told = follow_figures(library, seconds=FIGURES_S)
    except LongboxError as error:
        logger.info("figures were not read: %s", error)
        return
    if told.left:
        logger.info("figures of %d panels are left to 'longbox element figures'", told.left)


def _is_kept(library: Path, name: str, found: pa.Table) -> bool:
    """Say whether the table holds these very panels and scores."""
    kept = read_found(library, name).sort_by("panel_id")
    return all(kept[column].equals(found[column]) for column in ("panel_id", "score"))
