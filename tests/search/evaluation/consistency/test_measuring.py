"""Reports of drawn sequences: one recoloured panel stands out, the untouched ones do not."""

import cv2
import numpy as np
import pytest

from models.encoders.standby import StandbyPictureEncoder
from models.figures.finder import map_of
from schemas.geometry import Box
from search.evaluation.consistency.measuring import ConsistencyMeter
from search.evaluation.consistency.panels import PanelSequence, Part, SequencePanel

RED, GREEN, BLUE = (190, 40, 45), (60, 150, 70), (60, 90, 190)
WALLS = ((200, 205, 215), (120, 130, 150), (225, 205, 170), (90, 110, 100))


class Blind:
    """Finds nobody: then all of a crop counts."""

    name = "blind"

    def find(self, picture):
        return map_of(np.zeros((64, 64), np.float32), np.zeros((64, 64), np.float32))


def panel(number, *cloaks, absent=(), picture=True):
    """People of some cloaks side by side: Ada, then Ben."""
    drawn = np.full((160, 200, 3), WALLS[number % 4], np.uint8)
    parts = []
    for place, (name, cloak) in enumerate(zip(("Ada", "Ben"), cloaks, strict=False)):
        x = 20 + 90 * place
        cv2.rectangle(drawn, (x, 60), (x + 70, 158), cloak, cv2.FILLED)
        cv2.circle(drawn, (x + 35, 40), 22, (235, 190, 160) if place == 0 else (120, 80, 50), cv2.FILLED)
        parts.append(Part(name, "figure", Box(x / 200, 0.1, (x + 70) / 200, 1.0)))
    why = "" if picture else "p.png is not there"
    return SequencePanel(
        number, f"panel {number}", drawn if picture else None, tuple(parts), absent, why_not=why
    )


def report(*panels):
    return ConsistencyMeter(StandbyPictureEncoder(), finder=Blind()).measure(PanelSequence("Test", panels))


def test_a_recoloured_panel_stands_out_and_the_untouched_ones_do_not():
    usual = [panel(n, RED, BLUE) for n in (1, 2, 3, 5)]
    assert report(*usual).findings == ()
    (finding,) = report(*usual, panel(4, GREEN, BLUE)).findings
    assert (finding.panel, finding.element, finding.kind) == (4, "Ada", "colour")
    assert (finding.was, finding.now) == ("red", "green")
    assert finding.value > 2 * finding.usual


def test_an_element_is_told_beside_chance():
    ada, ben = report(*(panel(n, RED, BLUE) for n in (1, 2, 3))).elements
    assert ada.colours.own < 0.5 * ada.colours.chance
    assert ada.likeness.own > ada.likeness.chance
    assert [one.panel for one in ben.showings] == [1, 2, 3]
    assert ada.belief.own is None  # there is no library, so no judge


def test_who_is_named_and_not_shown_is_told():
    findings = report(panel(1, RED), panel(2, RED, absent=("Ben",))).findings
    assert [(one.panel, one.element, one.kind) for one in findings] == [(2, "Ben", "absent")]


def test_missing_pictures_are_told_and_the_rest_compared():
    told = report(panel(1, RED), panel(2, RED, picture=False), panel(3, RED))
    assert [(one.panel, one.kind) for one in told.findings] == [(2, "missing")]
    assert "p.png is not there" in told.findings[0].said
    assert [one.panel for one in told.elements[0].showings] == [1, 3]


def test_one_panel_and_nobody_are_sane():
    (alone,) = report(panel(1, RED)).elements
    assert alone.likeness.own is None
    assert alone.showings[0].is_odd is False
    nobody = report(panel(1), panel(2))
    assert (nobody.elements, nobody.findings, nobody.panels) == ((), (), 2)
    assert nobody.notes
    assert report().panels == 0


@pytest.mark.parametrize("count", [200])
def test_a_long_sequence_is_compared_as_a_whole(count):
    told = report(*(panel(n, GREEN if n == 77 else RED) for n in range(1, count + 1)))
    assert [(one.panel, one.kind) for one in told.findings] == [(77, "colour")]
    assert len(told.to_json()["elements"][0]["panels"]) == count


def test_somebody_who_changes_all_the_time_is_unsteady():
    suits = (RED, GREEN, (240, 220, 80), (20, 20, 25))
    panels = [panel(n, suit, BLUE) for n, suit in enumerate(suits, start=1)]
    for one, edge in zip(panels, ((60, 100), (20, 30), (80, 40), (20, 150)), strict=True):
        cv2.ellipse(one.picture, edge, (35, 50), 20 * one.number, 0, 360, suits[one.number - 2], cv2.FILLED)
    findings = report(*panels).findings
    assert [(one.panel, one.element, one.kind) for one in findings] == [(0, "Ada", "unsteady")]
    assert "different from panel to panel" in findings[0].said
