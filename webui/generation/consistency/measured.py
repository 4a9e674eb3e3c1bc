"""A report of consistency, measured: what the command, the API and the page share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.figures import load_finder
from models.protocols import PictureEncoder
from models.registry import load_picture_encoder
from schemas.errors import ConfigError, NoReferenceError
from schemas.records import RgbImage
from search.evaluation.consistency.measuring import ConsistencyMeter, strangers_of
from search.evaluation.consistency.panels import PanelSequence
from search.evaluation.consistency.recorded import reference_of
from search.evaluation.consistency.report import ConsistencyReport
from search.evaluation.consistency.stories import StoredSequences, is_stored
from search.generation.making import Maker
from search.generation.references import reread
from webui.generation.consistency.files import read_sequence

SECOND_ENCODER = "standby"
STRANGERS = 12
Told = Callable[[int, int], None]


@dataclass(slots=True)
class Consistency:
    """Reports on sequences beside one library, by another encoder than it searches with."""

    maker: Maker
    encoder_name: str = SECOND_ENCODER
    _encoder: PictureEncoder | None = field(default=None)

    @property
    def encoder(self) -> PictureEncoder:
        """The other encoder. Raises ConfigError where it is the library's own."""
        if self._encoder is None:
            self._encoder = load_picture_encoder(self.encoder_name)
            if self._encoder.spec == self.maker.library.encoders.picture().spec:
                raise ConfigError(
                    f"{self.encoder_name} is the library's own encoder: take another one with --encoder, "
                    "else it judges its own choice"
                )
        return self._encoder

    def of(self, target: str, *, told: Told = lambda _done, _all: None) -> ConsistencyReport:
        """Report on a record, a folder, ``story:ID`` or ``book:ID``.

        Raises:
            ConfigError, ExchangeError, NotFoundError: see what reads them.
        """
        sequence = (
            self._stored().read(target) if is_stored(target) else read_sequence(Path(target), load_finder())
        )
        return self.measure(sequence, told=told)

    def measure(self, sequence: PanelSequence, *, told: Told = lambda _done, _all: None) -> ConsistencyReport:
        """Report on a sequence that was read."""
        finder, encoder = load_finder(), self.encoder
        used = [one.panel_id for one in sequence.panels if one.panel_id]
        used += [ref.panel_id for one in sequence.panels if one.record for ref in one.record.used]
        strangers = strangers_of(self._stored().strangers(STRANGERS, used), finder)
        meter = ConsistencyMeter(encoder, self.maker.library, strangers, finder)
        return meter.measure(sequence, references=self._references(sequence), told=told)

    def _stored(self) -> StoredSequences:
        return StoredSequences(self.maker.library, self.maker.reader, load_finder())

    def _references(self, sequence: PanelSequence) -> Mapping[str, RgbImage]:
        """Return the picture that stood for each element, as it lies in the library."""
        found: dict[str, RgbImage] = {}
        for panel in sequence.panels:
            for part in panel.parts:
                if part.element in found or panel.record is None:
                    continue
                reference = reference_of(panel.record, part.element)
                if reference is None:
                    continue
                try:
                    found[part.element] = reread(self.maker.reader, reference, part.element).picture
                except NoReferenceError:
                    continue  # gone or changed since: the panels themselves can still be compared
        return found
