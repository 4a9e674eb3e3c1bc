"""What a page reader says reaches the panel it speaks of."""

import numpy as np
import pytest

from indexer.stages.descriptions import PatientReader, with_descriptions
from schemas.errors import BackendUnavailableError, PageReadingError
from schemas.geometry import Box
from schemas.records import Panel, PanelRegion, RgbImage, TextRegion
from schemas.vlm import PageReading, PanelReading, ReadSpeech, ReadText

PAGE = np.zeros((8, 8, 3), np.uint8)
UPPER, LOWER = Box(0, 0, 1, 0.5), Box(0, 0.5, 1, 1)


def panel(number: int, box: Box, *texts: str) -> Panel:
    regions = tuple(TextRegion(box, text, text, 0.9) for text in texts)
    return Panel(1, number, PanelRegion(box, 1.0), regions)


def test_each_panel_gets_the_description_of_its_own_box() -> None:
    read = (
        PanelReading(1, caption="The end.", description="She leaves.", box=LOWER),
        PanelReading(2, description="A woman in a kitchen.", box=UPPER),
    )
    upper, lower = with_descriptions([panel(1, UPPER), panel(2, LOWER)], PageReading("", read))
    assert upper.description == "A woman in a kitchen."
    assert lower.description == "The end.\nShe leaves."


def test_a_panel_nobody_speaks_of_stays_as_it_is() -> None:
    panels = [panel(1, UPPER, "Hello"), panel(2, LOWER)]
    read = (PanelReading(1, description="A greeting.", box=UPPER),)
    described = with_descriptions(panels, PageReading("", read))
    assert described[0].description == "A greeting."
    assert described[1] == panels[1]


def test_speakers_are_named_by_what_they_say_despite_slips_of_ocr() -> None:
    read = PanelReading(
        1,
        box=UPPER,
        speakers=(ReadSpeech("Rosa", "Where is my letter?"), ReadSpeech("", "BANG")),
        texts=(ReadText("dialogue", "Tom", "I have not seen it."),),
    )
    [described] = with_descriptions(
        [panel(1, UPPER, "WHERE IS MV LETTER?", "I HAVE NOT SEEN IT", "BANG", "Something else entirely")],
        PageReading("", (read,)),
    )
    assert [text.speaker for text in described.texts] == ["Rosa", "Tom", None, None]


class GoneReader:
    name = "gone"

    def __init__(self, error: Exception) -> None:
        self.asked = 0
        self._error = error

    def read_page(self, page: RgbImage) -> PageReading:
        self.asked += 1
        raise self._error


def test_a_server_that_is_gone_is_asked_once() -> None:
    gone = GoneReader(BackendUnavailableError("no server"))
    reader = PatientReader(gone)
    for _ in range(3):
        with pytest.raises(BackendUnavailableError, match="no server"):
            reader.read_page(PAGE)
    assert gone.asked == 1


def test_a_page_that_fails_does_not_end_the_reading_of_others() -> None:
    failing = GoneReader(PageReadingError("nonsense", defect="not-json"))
    reader = PatientReader(failing)
    for _ in range(2):
        with pytest.raises(PageReadingError):
            reader.read_page(PAGE)
    assert failing.asked == 2
