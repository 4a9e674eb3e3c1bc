"""The standard reader: the PP-OCRv6 networks that the ``rapidocr`` wheel carries, run lean.

Only the two model files are taken from the package. Its own driver pads each line to 320 px, pads
batches to their longest line, runs an angle classifier and downloads what it misses; reading each
line at its own width with the same networks reads more of it in about 0.6 of the time, and
nothing is ever fetched.
"""

from collections.abc import Iterator
from importlib import metadata, util
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.inference import open_session
from models.text.columns import laid_out, with_small_glyphs
from models.text.decoding import Alphabet, Reading, decode, settle
from models.text.detection import FoundLine, Quad, lines_from_map, to_detector_input
from models.text.languages import is_read_by_rapidocr
from models.text.margins import widened
from models.text.recognition import cut_line, may_be_column, to_recogniser_input
from models.text.scripts import is_cjk
from models.text.windows import windows_of
from schemas.errors import BackendUnavailableError
from schemas.geometry import Box
from schemas.records import FloatMatrix, RgbImage, TextLine

DETECTOR_FILE = "PP-OCRv6_det_small.onnx"
RECOGNISER_FILE = "PP-OCRv6_rec_small.onnx"
DETECTOR_SCALE = 0.85
"""Share of a page's long side that finds the same lines as the whole; 0.75 loses small print."""
MIN_DETECTOR_SIDE_PX, MAX_DETECTOR_SIDE_PX = 960, 1600
MIN_CONFIDENCE = 0.5
"""Mean glyph probability below which a line is a guess (rapidocr's own floor)."""
SHORT_GLYPHS = 2
"""Letters and digits up to which a text is as likely an eye, a button or a hatching."""
MIN_SHORT_EVIDENCE = 0.55
"""Detector's probability times confidence that so short a text needs."""
MIN_SIDEWAYS_CONFIDENCE = 0.95
"""Alphabets rarely run sideways: the ones that do are addresses along the border, read badly."""
SURE_LINE_PROBABILITY = 0.5
"""Detector's probability below which a line must prove itself by its reading."""
MIN_PROOF = 0.95
"""Confidence that such a line needs: texture that reads as letters stays well below."""
MAX_SHARED = 0.7
"""Intersection over union of two lines from which they are one line found twice."""
ENGINE_VERSION = 3
"""Raised when the same networks are read in another way; part of cache keys."""


class Network(Protocol):
    """An onnxruntime session as far as it is used here."""

    def run(
        self, output_names: None, input_feed: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        """Return the outputs of one forward pass."""
        ...


class RapidTextReader:
    """Reads Latin, Greek, Chinese and Japanese lettering with PP-OCRv6.

    Safe to share between threads: the networks keep no state, and each call runs on
    ``threads`` threads of its own.
    """

    def __init__(self, *, threads: int = 1, model_dir: Path | None = None) -> None:
        """Load both networks (0.4 s).

        Args:
            threads: Threads of one forward pass; 1 is best where pages are read side by side.
            model_dir: Folder of the two model files; None takes those of the rapidocr package.

        Raises:
            BackendUnavailableError: rapidocr, onnxruntime or a model file is missing.
        """
        folder = model_dir or _packaged_models()
        self._detector, _ = _load(folder / DETECTOR_FILE, threads=threads)
        self._recogniser, characters = _load(folder / RECOGNISER_FILE, threads=threads)
        self._alphabet = Alphabet(characters.splitlines())

    @property
    def name(self) -> str:
        """Networks and the version of their driver."""
        return f"pp-ocrv6-small/{ENGINE_VERSION}"

    def reads(self, language: str | None) -> bool:
        """Say whether the networks know the script of an ISO 639 language; True for None."""
        return is_read_by_rapidocr(language)

    def read_lines(self, page: RgbImage) -> tuple[TextLine, ...]:
        """Return recognised lines in no particular order; empty for a page without text."""
        found = list(self._find(page))
        spans = np.array([(*line.quad.min(axis=0), *line.quad.max(axis=0)) for line in found], np.float32)
        readings: list[tuple[FoundLine, Reading, bool]] = []
        for index, line in enumerate(found):
            reading, turned = self._read(page, line.quad, np.delete(spans, index, axis=0))
            if _is_credible(reading, line.probability, turned=turned):
                readings.append((line, reading, turned))
        texts = settle([reading for _, reading, _ in readings])
        height, width = page.shape[:2]
        lines = [
            TextLine(
                Box.from_pixels(_corners(line.quad), width_px=width, height_px=height),
                text,
                min(reading.confidence, 1.0),
                vertical=turned and is_cjk(text),
            )
            for text, (line, reading, turned) in zip(texts, readings, strict=True)
        ]
        return tuple(_each_once(lines))

    def _find(self, page: RgbImage) -> Iterator[FoundLine]:
        height, width = page.shape[:2]
        axis = 1 if height >= width else 0  # of a corner's coordinates, along the long side
        for window in windows_of(max(height, width), min(height, width)):
            part = page[window.start : window.stop] if axis else page[:, window.start : window.stop]
            for line in self._find_in(np.ascontiguousarray(part)):
                line.quad[:, axis] += window.start
                if window.core_start <= line.quad[:, axis].mean() < window.core_stop:
                    yield line

    def _find_in(self, part: RgbImage) -> list[FoundLine]:
        height, width = part.shape[:2]
        blob = to_detector_input(part, side_px=detector_side(max(height, width)))
        probability = self._detector.run(None, {"x": blob})[0][0, 0]
        return lines_from_map(probability, height_px=height, width_px=width)

    def _read(self, page: RgbImage, quad: Quad, taken: FloatMatrix) -> tuple[Reading, bool]:
        """Return the reading of a line and whether it was turned: read as a column."""
        cut = cut_line(page, quad)
        if not may_be_column(cut):
            return self._recognise(cut_line(page, widened(page, quad, taken))), False
        upright = self._recognise(cut)
        turned = self._recognise(np.ascontiguousarray(np.rot90(cut)))
        if turned.confidence <= upright.confidence:
            return upright, False
        if is_cjk(turned.text):
            whole = with_small_glyphs(turned.text, self._recognise(laid_out(cut)).text)
            return Reading(whole, turned.confidence), True
        return turned, True

    def _recognise(self, cut: RgbImage) -> Reading:
        probabilities = self._recogniser.run(None, {"x": to_recogniser_input(cut)})[0][0]
        return decode(probabilities, self._alphabet)


def _is_credible(reading: Reading, probability: float, *, turned: bool) -> bool:
    """Say whether a line is lettering; ``probability`` is the detector's."""
    glyphs = sum(glyph.isalnum() for glyph in reading.text)
    if probability < SURE_LINE_PROBABILITY and (glyphs <= SHORT_GLYPHS or reading.confidence < MIN_PROOF):
        return False
    if turned and not is_cjk(reading.text):
        return reading.confidence >= MIN_SIDEWAYS_CONFIDENCE and glyphs > SHORT_GLYPHS
    if glyphs <= SHORT_GLYPHS and reading.confidence * probability < MIN_SHORT_EVIDENCE:
        return False
    return reading.confidence >= MIN_CONFIDENCE and bool(reading.text.strip())


def _each_once(lines: list[TextLine]) -> list[TextLine]:
    """Drop the less sure one of two lines in one place: a cracked core is found as two."""
    kept: list[TextLine] = []
    for line in sorted(lines, key=lambda line: -line.confidence):
        if all(line.box.iou(other.box) < MAX_SHARED for other in kept):
            kept.append(line)
    return kept


def _corners(quad: Quad) -> tuple[float, float, float, float]:
    (x0, y0), (x1, y1) = quad.min(axis=0).tolist(), quad.max(axis=0).tolist()
    return x0, y0, x1, y1


def detector_side(long_side_px: int) -> int:
    """Return the long side of the detector's input for a page or window."""
    side = round(DETECTOR_SCALE * long_side_px)
    return min(max(side, MIN_DETECTOR_SIDE_PX), MAX_DETECTOR_SIDE_PX)


def _packaged_models() -> Path:
    # find_spec locates the package without importing it: its import takes a second.
    spec = util.find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise BackendUnavailableError(
            "the reader 'rapidocr' needs its package: pip install 'rapidocr>=3.10,<4'"
        )
    return Path(spec.origin).parent / "models"


def _load(path: Path, *, threads: int) -> tuple[Network, str]:
    """Return a session and the characters it knows ('' for a detector)."""
    if not path.is_file():
        raise BackendUnavailableError(
            f"the reader 'rapidocr' misses its model {path}: reinstall rapidocr {_rapidocr_version()}"
        )
    session = open_session(path, needed_by="the reader 'rapidocr'", threads=threads)
    return session, str(session.get_modelmeta().custom_metadata_map.get("character", ""))


def _rapidocr_version() -> str:
    try:
        return metadata.version("rapidocr")
    except metadata.PackageNotFoundError:
        return ">=3.10,<4"
