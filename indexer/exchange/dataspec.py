"""DataSpec v0.3: one JSON object a page, as comic analysis pipelines pass them on.

::

    {"page_image_path": "…", "page_id": "…", "source_book": "…",
     "panels": [{"panel_coords": [x, y, w, h], "confidence": .9, "reading_order": 1,
                 "text": {"dialogue": ["…"], "narration": ["…"], "sfx": ["…"]},
                 "character_coords": [[x, y, w, h], …]}]}

Pixels of the page. ``page_id``, ``source_book``, ``confidence``, ``reading_order`` and
``character_coords`` may be missing; then the order of the list is the reading order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from indexer.exchange.fields import Fields, PixelRect
from schemas.errors import ExchangeError
from schemas.labels import TextKind

_DIALOGUE_KINDS = (TextKind.DIALOGUE, TextKind.UNKNOWN)
_SFX_KINDS = (TextKind.SOUND_EFFECT, TextKind.SIGN)  # a sign is lettering of the picture, said by nobody


@dataclass(frozen=True, slots=True)
class SpecTexts:
    """The lettering of a panel, each list in reading order."""

    dialogue: tuple[str, ...] = ()
    narration: tuple[str, ...] = ()
    sfx: tuple[str, ...] = ()

    @classmethod
    def sorted_by_kind(cls, texts: Iterable[tuple[TextKind, str]]) -> Self:
        """Sort texts into the three lists; what is of no known kind counts as dialogue."""
        listed = list(texts)
        return cls(
            dialogue=tuple(text for kind, text in listed if kind in _DIALOGUE_KINDS),
            narration=tuple(text for kind, text in listed if kind is TextKind.CAPTION),
            sfx=tuple(text for kind, text in listed if kind in _SFX_KINDS),
        )


@dataclass(frozen=True, slots=True)
class SpecPanel:
    """One panel; ``confidence`` and ``order`` (from 1) where they are known."""

    rect: PixelRect
    texts: SpecTexts = SpecTexts()
    characters: tuple[PixelRect, ...] = ()
    confidence: float | None = None
    order: int | None = None


@dataclass(frozen=True, slots=True)
class SpecPage:
    """One page; ``panels`` in reading order."""

    image_path: str
    panels: tuple[SpecPanel, ...]
    page_id: str | None = None
    source_book: str | None = None


def read_page(data: object, *, where: str = "the page") -> SpecPage:
    """Read a page and put its panels into reading order.

    Raises:
        ExchangeError: a field is missing or wrong, or two panels claim one place in the order.
    """
    fields = Fields(data, where)
    values = fields.items("panels")
    panels = [_panel(Fields(value, f"{where}: panel {n}")) for n, value in enumerate(values, start=1)]
    return SpecPage(
        image_path=fields.text("page_image_path"),
        panels=_in_order(panels, where),
        page_id=fields.optional_text("page_id"),
        source_book=fields.optional_text("source_book"),
    )


def read_pages(data: object, *, where: str = "the file") -> tuple[SpecPage, ...]:
    """Read one page or a list of pages.

    Raises:
        ExchangeError: as :func:`read_page`.
    """
    values = data if isinstance(data, list) else [data]
    return tuple(read_page(value, where=f"{where}: page {n}") for n, value in enumerate(values, start=1))


def page_to_json(page: SpecPage) -> dict[str, object]:
    """Return a page as JSON-ready data; what is not known is left out."""
    data: dict[str, object] = {"page_image_path": page.image_path}
    if page.page_id is not None:
        data["page_id"] = page.page_id
    if page.source_book is not None:
        data["source_book"] = page.source_book
    return data | {"panels": [_panel_to_json(panel) for panel in page.panels]}


def _panel(fields: Fields) -> SpecPanel:
    text = fields.inner("text") if "text" in fields else Fields({}, fields.where)
    return SpecPanel(
        rect=fields.rect("panel_coords"),
        texts=SpecTexts(text.texts("dialogue"), text.texts("narration"), text.texts("sfx")),
        characters=fields.rects("character_coords"),
        confidence=fields.optional_share("confidence"),
        order=fields.optional_integer("reading_order"),
    )


def _in_order(panels: list[SpecPanel], where: str) -> tuple[SpecPanel, ...]:
    """Sort panels by their place if all have one; a list in which some have none stays as it is."""
    places = [panel.order for panel in panels if panel.order is not None]
    if len(set(places)) != len(places):
        raise ExchangeError(f"{where}: two panels have the same 'reading_order'")
    if len(places) < len(panels):
        return tuple(panels)
    return tuple(sorted(panels, key=lambda panel: panel.order or 0))


def _panel_to_json(panel: SpecPanel) -> dict[str, object]:
    data: dict[str, object] = {
        "panel_coords": list(panel.rect),
        "text": {
            "dialogue": list(panel.texts.dialogue),
            "narration": list(panel.texts.narration),
            "sfx": list(panel.texts.sfx),
        },
    }
    if panel.characters:
        data["character_coords"] = [list(rect) for rect in panel.characters]
    if panel.confidence is not None:
        data["confidence"] = panel.confidence
    if panel.order is not None:
        data["reading_order"] = panel.order
    return data
