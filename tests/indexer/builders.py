"""Small books drawn by code, fake models, and what a library holds as plain rows."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import cv2
import lancedb
import numpy as np

from indexer.library.rows import BookVectors, Thumbnail, to_rows
from indexer.library.store import LibraryWriter
from indexer.running.indexing import Scope, index_library
from indexer.running.reports import IndexReport, Progress
from indexer.stages.models import StageModels
from models.fusion import load_fusion
from models.protocols import PageReader
from schemas.config import IndexOptions
from schemas.labels import ReadingDirection
from schemas.records import Book, Page, PageLayout, RgbImage
from schemas.tables import ASSETS, BOOKS, PAGES, PANELS, STORIES, LibraryFormat
from tests.fakes import FakeDetector, FakePictureEncoder, FakeTextEncoder, FakeTextReader

KEYS = {
    BOOKS: "book_id",
    PAGES: "page_id",
    PANELS: "panel_id",
    ASSETS: "asset_id",
    STORIES: "story_id",
}
OPTIONS = IndexOptions(workers=2)
DEFAULT = Scope()


def page_picture(seed: int, *, width: int = 60, height: int = 90) -> RgbImage:
    """A page of coarse random colours: never blank, different for each seed."""
    noise = np.random.default_rng(seed).integers(0, 256, (6, 4, 3), dtype=np.uint8)
    return np.ascontiguousarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_NEAREST))


def png(picture: RgbImage) -> bytes:
    done, data = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    assert done
    return data.tobytes()


def write_cbz(path: Path, pages: Sequence[bytes], files: Mapping[str, bytes] = {}) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, data in enumerate(pages, start=1):
            archive.writestr(zipfile.ZipInfo(f"p{number:03d}.png"), data)
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())
    return path


def write_book(path: Path, *, seed: int, pages: int = 2, files: Mapping[str, bytes] = {}) -> Path:
    return write_cbz(path, [png(page_picture(100 * seed + n)) for n in range(pages)], files)


def comic_info(**values: str) -> dict[str, bytes]:
    inner = "".join(f"<{key}>{value}</{key}>" for key, value in values.items())
    return {"ComicInfo.xml": f"<ComicInfo>{inner}</ComicInfo>".encode()}


class BrokenDetector(FakeDetector):
    def detect(self, page: RgbImage, *, direction: ReadingDirection = ReadingDirection.LTR) -> PageLayout:
        raise ZeroDivisionError


class Models:
    """Fakes behind every protocol; call it as the loader of a run. ``loads`` counts."""

    def __init__(
        self,
        *,
        detector: FakeDetector | None = None,
        reader: FakeTextReader | None = None,
        picture_encoder: FakePictureEncoder | None = None,
        page_reader: PageReader | None = None,
    ) -> None:
        self.loads = 0
        self.detector = detector or FakeDetector()
        self.reader = reader or FakeTextReader(["It was a dark", "and stormy night"])
        texts, pictures = FakeTextEncoder(), picture_encoder or FakePictureEncoder()
        self.models = StageModels(
            detector=self.detector,
            reader=self.reader,
            text_encoder=texts,
            picture_encoder=pictures,
            fusion=load_fusion(pictures.spec, texts.spec),
            page_reader=page_reader,
        )

    def __call__(self, options: IndexOptions) -> StageModels:
        self.loads += 1
        return self.models


def run_index(
    roots: Path | Sequence[Path],
    library: Path,
    models: Models | None = None,
    *,
    options: IndexOptions = OPTIONS,
    scope: Scope = DEFAULT,
    progress: Progress | None = None,
) -> IndexReport:
    given = [roots] if isinstance(roots, Path) else list(roots)
    return index_library(given, library, options, scope=scope, progress=progress, load=models or Models())


def replace_book(
    writer: LibraryWriter,
    book: Book,
    pages: Sequence[Page],
    vectors: BookVectors,
    thumbnails: Iterable[Thumbnail],
    *,
    ingest_rev: str,
    library: LibraryFormat,
    replaced: Sequence[str] = (),
) -> None:
    found = to_rows(book, pages, vectors, thumbnails, ingest_rev=ingest_rev, library=library)
    writer.replace_book(found, replaced=replaced)


def rows(library: Path, table: str) -> list[dict[str, object]]:
    """All rows of a table, ordered by key."""
    found = lancedb.connect(str(library)).open_table(table).search().limit(None).to_arrow().to_pylist()
    return sorted(found, key=lambda row: str(row[KEYS[table]]))


def contents(library: Path) -> str:
    """Everything a library holds, as one comparable text."""
    return json.dumps({table: rows(library, table) for table in KEYS}, default=_plain, indent=1)


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else float(str(value))
