"""Writes a library in the formats of other tools, page by page, in bounded memory."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TextIO

from indexer.exchange.coco import (
    CocoAnnotation,
    CocoImage,
    annotation_to_json,
    categories_to_json,
    image_to_json,
)
from indexer.exchange.dataspec import SpecPage, SpecPanel, SpecTexts, page_to_json
from indexer.exchange.fields import PixelRect
from indexer.exchange.library import LibraryPage, library_pages
from indexer.exchange.vlm import analysis_to_json
from models.detectors.categories import ComixId
from schemas.errors import LibraryError
from schemas.geometry import Box
from schemas.labels import DetectionCategory, TextKind
from schemas.records import TextRegion


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, and how many items of each kind are in it."""

    path: Path
    items: Mapping[str, int]


def export_coco(library: Path, out: Path) -> Written:
    """Write ``out/coco.json``: pictures, panels and lettering, with the category ids of CoMix.

    Raises:
        LibraryError: the library cannot be read, or the file cannot be written.
    """
    path = out / "coco.json"
    numbers: dict[str, int] = {}
    with _whole_file(path) as file:
        file.write('{"images": [')
        _write_items(file, (image_to_json(image) for image in _images(library, numbers)))
        file.write('],\n"annotations": [')
        marked = (annotation_to_json(one, ComixId) for one in _annotations(library, numbers))
        count = _write_items(file, marked)
        file.write(f'],\n"categories": {json.dumps(categories_to_json(ComixId))}}}\n')
    return Written(path, {"images": len(numbers), "annotations": count})


def export_dataspec(library: Path, out: Path) -> Written:
    """Write ``out/dataspec.json``: a list of DataSpec v0.3 pages, one a line.

    Raises:
        LibraryError: the library cannot be read, or the file cannot be written.
    """
    return _write_pages(library, out / "dataspec.json", lambda page: page_to_json(spec_page(page)))


def export_analyses(library: Path, out: Path) -> Written:
    """Write ``out/vlm.json``: a list of page analyses as vision-language models give them, one a line.

    Raises:
        LibraryError: the library cannot be read, or the file cannot be written.
    """
    return _write_pages(library, out / "vlm.json", analysis_to_json)


def spec_page(page: LibraryPage) -> SpecPage:
    """Return a page of a library as DataSpec; lettering outside of panels has no place there."""
    return SpecPage(
        image_path=page.image_path,
        panels=tuple(
            SpecPanel(
                rect=_rect(panel.region.box, page),
                texts=SpecTexts.sorted_by_kind((text.kind, text.text) for text in panel.texts),
                confidence=panel.region.confidence,
                order=panel.panel_no,
            )
            for panel in page.panels
        ),
        page_id=page.page_id,
        source_book=page.book_id,
    )


def coco_annotations(page: LibraryPage, image_id: int, first_id: int) -> Iterator[CocoAnnotation]:
    """Yield the panels of a page in reading order, then its lettering, numbered from ``first_id``."""
    number = first_id
    for panel in page.panels:
        rect, score = _rect(panel.region.box, page), panel.region.confidence
        yield CocoAnnotation(number, image_id, DetectionCategory.PANEL, rect, score, panel.panel_no)
        number += 1
    for text in chain.from_iterable([*(panel.texts for panel in page.panels), page.stray_texts]):
        rect = _rect(text.box, page)
        yield CocoAnnotation(number, image_id, _category(text), rect, text.confidence, text=text.text)
        number += 1


def _images(library: Path, numbers: dict[str, int]) -> Iterator[CocoImage]:
    """Yield the pictures and note their numbers by page."""
    for page in library_pages(library):
        number = numbers.setdefault(page.page_id, len(numbers) + 1)
        yield CocoImage(number, page.image_path, page.width_px, page.height_px)


def _annotations(library: Path, numbers: Mapping[str, int]) -> Iterator[CocoAnnotation]:
    """Yield what is marked in the pictures listed before; pages that came since are left out."""
    number = 1
    for page in library_pages(library):
        if page.page_id in numbers:
            for annotation in coco_annotations(page, numbers[page.page_id], number):
                yield annotation
                number += 1


def _category(text: TextRegion) -> DetectionCategory:
    is_sound = text.kind is TextKind.SOUND_EFFECT
    return DetectionCategory.ONOMATOPOEIA if is_sound else DetectionCategory.TEXT


def _rect(box: Box, page: LibraryPage) -> PixelRect:
    x0, y0, x1, y1 = box.to_pixels(width_px=page.width_px, height_px=page.height_px)
    return x0, y0, x1 - x0, y1 - y0


def _write_pages(
    library: Path, path: Path, to_json: Callable[[LibraryPage], Mapping[str, object]]
) -> Written:
    """Write a list of pages, and count them and their panels on the way."""
    panels = 0

    def pages() -> Iterator[Mapping[str, object]]:
        nonlocal panels
        for page in library_pages(library):
            panels += len(page.panels)
            yield to_json(page)

    with _whole_file(path) as file:
        file.write("[")
        count = _write_items(file, pages())
        file.write("]\n")
    return Written(path, {"pages": count, "panels": panels})


def _write_items(file: TextIO, items: Iterable[Mapping[str, object]]) -> int:
    """Write the items of a JSON list, one a line; return how many."""
    count = 0
    for item in items:
        file.write(",\n" if count else "\n")
        json.dump(item, file, ensure_ascii=False)
        count += 1
    return count


@contextmanager
def _whole_file(path: Path) -> Iterator[TextIO]:
    """Write beside the final name and rename at the end: the file is complete or not there.

    Raises:
        LibraryError: it cannot be written.
    """
    partial = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("w", encoding="utf-8", newline="\n") as file:
                yield file
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        if isinstance(error, LibraryError):  # no library is an OSError, too: it is not about this file
            raise
        raise LibraryError(f"cannot write {path}: {error.strerror or error}") from error
