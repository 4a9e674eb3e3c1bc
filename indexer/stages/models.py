"""The models of a run, and the revision that says with what a book was read."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from indexer.stages.pictures import PAGE_SIDE_PX, STRIP_WIDTH_PX
from models.fusion import Closure, load_fusion
from models.protocols import PageReader, PanelDetector, PictureEncoder, TextEncoder, TextReader
from schemas.config import IndexOptions
from schemas.tables import LibraryFormat

NO_READER = "none"
"""Name of the reader that reads nothing: a book in any language is then no failure."""
STAGES_VERSION = 4
"""Raised when a stage of this folder gives other rows for the same book."""


@dataclass(frozen=True, slots=True)
class StageModels:
    """What the stages run on. The fusion is that of the two encoders."""

    detector: PanelDetector
    reader: TextReader
    text_encoder: TextEncoder
    picture_encoder: PictureEncoder
    fusion: Closure
    page_reader: PageReader | None = None

    @property
    def library_format(self) -> LibraryFormat:
        """What a library made with these models says of itself."""
        return LibraryFormat(self.text_encoder.spec, self.picture_encoder.spec, self.fusion.spec)

    @property
    def reading_key(self) -> str:
        """Name under which lettering is cached: another reader or another picture size reads anew."""
        return f"{self.reader.name}@{PAGE_SIDE_PX}/{STRIP_WIDTH_PX}"

    def edition(self, direction: str | None) -> "Edition":
        """Return what books read with these models are an edition of."""
        return Edition(self.library_format, self.revision(direction))

    def revision(self, direction: str | None) -> str:
        """Return 16 hexadecimal digits that change whenever a book would be read differently."""
        parts = {
            "stages": STAGES_VERSION,
            "detector": self.detector.name,
            "reader": self.reading_key,
            "page_reader": self.page_reader.name if self.page_reader else None,
            "text_encoder": asdict(self.text_encoder.spec),
            "picture_encoder": asdict(self.picture_encoder.spec),
            "fusion": asdict(self.fusion.spec),
            "direction": direction,
        }
        return _digest(json.dumps(parts, sort_keys=True))


@dataclass(frozen=True, slots=True)
class Edition:
    """How books are read: what the tables say of it, and the revision that changes with any part."""

    library_format: LibraryFormat
    revision: str


def load_models(options: IndexOptions) -> StageModels:
    """Load the models that the options name.

    Raises:
        ConfigError: a name is unknown.
        BackendUnavailableError: what a model needs is not installed.
        WeightsError: weights are damaged.
    """
    from models.registry import (
        load_page_reader,
        load_panel_detector,
        load_picture_encoder,
        load_text_encoder,
        load_text_reader,
    )

    texts, pictures = load_text_encoder(options.text_encoder), load_picture_encoder(options.picture_encoder)
    return StageModels(
        detector=load_panel_detector(options.detector),
        reader=load_text_reader(options.reader),
        text_encoder=texts,
        picture_encoder=pictures,
        fusion=load_fusion(pictures.spec, texts.spec),
        page_reader=None if options.page_reader == NO_READER else load_page_reader(options.page_reader),
    )


def options_key(options: IndexOptions) -> str:
    """Name a revision without loading a model: the options' names and the state of the code.

    The code is known by size and time of its files, so that a new version of a stage is noticed
    while an unchanged library is still checked in a second.
    """
    names = [
        options.detector,
        options.reader,
        options.page_reader,
        options.text_encoder,
        options.picture_encoder,
        options.direction,
    ]
    root = Path(__file__).resolve().parents[2]
    return _digest(json.dumps([names, _code_state(root, ("indexer", "models", "schemas"))]))


def ingest_revision(book_id: str, pipeline_rev: str) -> str:
    """Return the revision of a stored book: its content read in this way."""
    return _digest(f"{book_id}:{pipeline_rev}")


def _code_state(root: Path, folders: Sequence[str]) -> list[tuple[str, int, int]]:
    files = sorted(path for folder in folders for path in (root / folder).rglob("*.py"))
    return [(str(path), (stat := path.stat()).st_size, stat.st_mtime_ns) for path in files]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
