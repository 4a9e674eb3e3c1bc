"""What a page reader says of a page, given to the panels that it speaks of."""

from collections.abc import Sequence
from dataclasses import replace

from models.alignment import align_page, text_similarity
from models.protocols import PageReader
from schemas.errors import BackendUnavailableError
from schemas.records import Panel, RgbImage, TextRegion
from schemas.vlm import PageReading, PanelReading

SAME_WORDS = 0.5
"""Share of letter pairs that lettering and a line of the page reader have in common at least."""


class PatientReader:
    """A page reader that is not asked again once there is none: a long run would wait for every page."""

    def __init__(self, reader: PageReader) -> None:
        self._reader = reader
        self._gone: str | None = None

    def read_page(self, page: RgbImage) -> PageReading:
        """Return what the page reader says. Raises PageReadingError, BackendUnavailableError."""
        if self._gone is not None:
            raise BackendUnavailableError(self._gone)
        try:
            return self._reader.read_page(page)
        except BackendUnavailableError as error:
            self._gone = str(error)
            raise


def with_descriptions(panels: Sequence[Panel], reading: PageReading) -> tuple[Panel, ...]:
    """Return the panels of a page, in reading order, with descriptions and speakers.

    A panel that the reading does not speak of stays as it is.
    """
    described = list(panels)
    for match in align_page(panels, reading.panels).matches:
        panel, read = panels[match.detected], reading.panels[match.read]
        described[match.detected] = replace(
            panel,
            description=_description(read),
            texts=tuple(_with_speaker(text, read) for text in panel.texts),
        )
    return tuple(described)


def _description(read: PanelReading) -> str:
    parts = (read.caption.strip(), read.description.strip())
    return "\n".join(dict.fromkeys(part for part in parts if part))


def _with_speaker(text: TextRegion, read: PanelReading) -> TextRegion:
    """Name who says a text, if somebody says about the same in the reading."""
    said = [(speech.character, speech.dialogue) for speech in read.speakers]
    said += [(piece.speaker, piece.text) for piece in read.texts]
    likely = max(
        ((text_similarity(text.text, words), name) for name, words in said if name.strip()), default=(0.0, "")
    )
    return replace(text, speaker=likely[1].strip()) if likely[0] >= SAME_WORDS else text
