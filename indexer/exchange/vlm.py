"""Page analyses as vision-language models give them, from a library and back.

What a library knows is written as version 2: boxes of panels and lettering, no descriptions. Reading
is done by :mod:`models.vlm.page_json`, which forgives what models get wrong.
"""

from collections.abc import Mapping

from indexer.exchange.library import LibraryPage
from models.alignment import Alignment, align_page
from models.vlm.page_json import page_from_json, page_to_json
from schemas.errors import ExchangeError, PageReadingError
from schemas.labels import TextKind
from schemas.records import Panel, TextRegion
from schemas.vlm import PageReading, PanelReading, ReadText

LABELS: Mapping[TextKind, str] = {
    TextKind.DIALOGUE: "dialogue",
    TextKind.CAPTION: "narration",
    TextKind.SOUND_EFFECT: "sound_effect",
    TextKind.SIGN: "sign",
    TextKind.UNKNOWN: "dialogue",  # the format has no word for it, and most lettering is said
}
"""How the format calls kinds of lettering."""


def reading_of(page: LibraryPage) -> PageReading:
    """Return what a library knows of a page as the analysis of one."""
    return PageReading(
        overall_summary="",
        panels=tuple(_panel(panel) for panel in page.panels),
        texts=tuple(_text(text) for text in page.stray_texts),
    )


def analysis_to_json(page: LibraryPage) -> dict[str, object]:
    """Return a page as JSON-ready data, with the names that DataSpec gives to page and book."""
    named: dict[str, object] = {
        "page_image_path": page.image_path,
        "page_id": page.page_id,
        "source_book": page.book_id,
    }
    return named | page_to_json(reading_of(page))


def read_analysis(data: object, *, where: str = "the analysis") -> PageReading:
    """Read a decoded page analysis of either version.

    Raises:
        ExchangeError: it is none.
    """
    try:
        return page_from_json(data)
    except PageReadingError as error:
        raise ExchangeError(f"{where} is no page analysis: {error}") from error


def align_with_library(page: LibraryPage, reading: PageReading) -> Alignment:
    """Match the panels that a library holds with those of an analysis of the same page."""
    return align_page(page.panels, reading.panels)


def _panel(panel: Panel) -> PanelReading:
    return PanelReading(
        panel.panel_no, box=panel.region.box, texts=tuple(_text(text) for text in panel.texts)
    )


def _text(text: TextRegion) -> ReadText:
    return ReadText(LABELS[text.kind], text.speaker or "", text.text, text.box)
