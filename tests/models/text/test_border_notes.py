import pytest

from models.text.assignment import assign_to_panels
from models.text.border_notes import is_border_note
from schemas.geometry import Box
from schemas.labels import ReadingDirection
from schemas.records import PanelRegion, TextRegion

PANELS = (PanelRegion(Box(0.02, 0.05, 0.48, 0.95), 1.0), PanelRegion(Box(0.52, 0.05, 0.98, 0.95), 1.0))
GUTTER = Box(0.495, 0.1, 0.51, 0.9)
ADDRESS = "http://example.org, drawn by Nobody"


def region(box: Box, text: str = ADDRESS) -> TextRegion:
    return TextRegion(box, text, text, 0.99)


def test_address_up_a_gutter_is_in_no_panel() -> None:
    said = region(Box(0.1, 0.1, 0.4, 0.2), "WELL SAID INDEED")
    texts, stray = assign_to_panels([region(GUTTER), said], PANELS, direction=ReadingDirection.LTR)
    assert texts == ((said,), ())
    assert stray == (region(GUTTER),)


def test_address_that_shifts_a_panels_side_is_a_note_still() -> None:
    panels = (PANELS[0], PanelRegion(Box(0.497, 0.05, 0.98, 0.95), 1.0))
    assert is_border_note(region(GUTTER), panels)


@pytest.mark.parametrize(
    ("box", "text"),
    [
        (Box(0.7, 0.1, 0.73, 0.9), "GRAND HOTEL BAR"),  # a sign in a panel
        (GUTTER, "ここは静かな夜だったのに雨"),  # a column
        (GUTTER, "BANG!"),
        (Box(0.4, 0.02, 0.6, 0.06), ADDRESS),  # a caption over a gutter
    ],
)
def test_other_lettering_is_no_note(box: Box, text: str) -> None:
    assert not is_border_note(region(box, text), PANELS)


def test_without_panels_nothing_is_a_note() -> None:
    assert not is_border_note(region(GUTTER), ())
