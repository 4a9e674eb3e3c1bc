"""Covers of issues beside a library: read once from a folder, each with hash, vector and thumbnail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.catalogue.covers import Covers, Look
from indexer.library.export import current_rows, open_table
from indexer.library.sqlite_file import FileKind, connect_read_only
from indexer.stages.pictures import decode_page
from schemas.config import PictureLimits
from schemas.errors import LongboxError, NotFoundError, PictureError
from schemas.records import FloatMatrix
from schemas.tables import BOOKS, PAGES, EncoderSpec, LibraryFormat

if TYPE_CHECKING:
    from models.protocols import PictureEncoder

COVERS_FILE = "covers.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS covers (
    issue_id INTEGER PRIMARY KEY, stamp TEXT NOT NULL, phash BLOB NOT NULL, encoder TEXT NOT NULL,
    vector BLOB NOT NULL, webp BLOB NOT NULL
);
"""
FILE = FileKind("file of covers", 1, _TABLES, "delete it, and read the covers anew")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")
MAX_COVERS = 100_000
COVER_PX = 320
_AT_A_TIME = 16


def read_covers(library: Path, folder: Path) -> tuple[int, tuple[str, ...]]:
    """Read the covers in a folder, each named by the id of its issue as ``1234.jpg``, into a library.

    Covers that were read before are not read again. Returns how many there are, and which files failed.

    Raises:
        NotFoundError: no picture there is named so.
        LibraryError: they cannot be written.
    """
    spec = LibraryFormat.from_metadata(open_table(library, BOOKS).schema.metadata).picture_encoder
    encoder = _loaded(spec)
    path, unread = library / COVERS_FILE, list[str]()
    with FILE.errors(path), closing(FILE.open_for_writing(path)) as connection:
        known = dict(connection.execute("SELECT issue_id, stamp FROM covers").fetchall())
        count = 0
        pictures = _pictures(folder)
        for start in range(0, len(pictures), _AT_A_TIME):
            some = pictures[start : start + _AT_A_TIME]
            fresh = [(one, stamp) for one in some if known.get(int(one.stem)) != (stamp := _stamp(one, spec))]
            count += len(some) - len(fresh)
            rows = list(_read(fresh, encoder, spec, unread))
            with FILE.transaction(connection, path):
                connection.executemany("INSERT OR REPLACE INTO covers VALUES (?, ?, ?, ?, ?, ?)", rows)
            count += len(rows)
    if not count:
        raise NotFoundError(
            f"{folder} holds no cover that can be read: name pictures by the ids of issues, as 1234.jpg"
        )
    return count, tuple(unread)


def covers_of(library: Path) -> Covers:
    """Return the covers that were read into a library, and those of its books. Raises LibraryError."""
    path = library / COVERS_FILE
    if not path.is_file():
        return Covers({}, {})
    encoder = _named(LibraryFormat.from_metadata(open_table(library, BOOKS).schema.metadata).picture_encoder)
    with FILE.errors(path), closing(connect_read_only(path)) as connection:
        FILE.check_version(connection, path)
        rows = connection.execute("SELECT issue_id, phash, encoder, vector FROM covers")
        looks = {
            int(issue): Look(int.from_bytes(phash, "big"), _vector(vector) if by == encoder else None)
            for issue, phash, by, vector in rows
        }
    return Covers(looks, _of_books(library))


def cover_picture(library: Path, issue_id: int) -> bytes:
    """Return the cover of an issue as WebP. Raises NotFoundError."""
    path, found = library / COVERS_FILE, None
    if path.is_file():
        with FILE.errors(path), closing(connect_read_only(path)) as connection:
            wanted = (min(issue_id, 2**63 - 1),)
            found = connection.execute("SELECT webp FROM covers WHERE issue_id = ?", wanted).fetchone()
    if found is None:
        raise NotFoundError(f"there is no cover of the issue {issue_id}: see 'longbox catalogue covers'")
    return bytes(found[0])


def covered(library: Path, issue_ids: Iterable[int]) -> frozenset[int]:
    """Return those of some issues whose cover is there."""
    path, wanted = library / COVERS_FILE, list(issue_ids)
    if not path.is_file() or not wanted:
        return frozenset()
    query = f"SELECT issue_id FROM covers WHERE issue_id IN ({', '.join('?' * len(wanted))})"  # noqa: S608 (marks)
    with FILE.errors(path), closing(connect_read_only(path)) as connection:
        return frozenset(int(issue) for (issue,) in connection.execute(query, wanted))


def _loaded(spec: EncoderSpec) -> PictureEncoder | None:
    """Return the encoder of a library; None where it is another one here: hashes alone tell then."""
    from models.registry import load_picture_encoder

    if spec.is_imported:
        return None
    try:
        encoder = load_picture_encoder(spec.name)
    except LongboxError:
        return None
    return encoder if encoder.spec == spec else None


def _read(
    files: Sequence[tuple[Path, str]], encoder: PictureEncoder | None, spec: EncoderSpec, unread: list[str]
) -> Iterator[tuple[object, ...]]:
    """Read pictures into rows of the file."""
    from models.pictures import encode_webp, perceptual_hash

    seen = []
    for path, stamp in files:
        try:
            picture = decode_page(path.read_bytes(), name=path.name, limits=PictureLimits())
        except (PictureError, OSError) as error:
            unread.append(f"{path.name}: {error}")
        else:
            seen.append((int(path.stem), stamp, picture.image))
    vectors = None if encoder is None or not seen else encoder.encode_images([one for _, _, one in seen])
    for at, (issue, stamp, image) in enumerate(seen):
        vector = b"" if vectors is None else vectors[at].astype(np.float16).tobytes()
        webp = encode_webp(image, max_side_px=COVER_PX, quality=80)[0]
        by = "" if vectors is None else _named(spec)
        yield issue, stamp, perceptual_hash(image).to_bytes(8, "big"), by, vector, webp


def _pictures(folder: Path) -> list[Path]:
    named = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES and path.is_file())
    numbered = (path for path in named if path.stem.isascii() and path.stem.isdigit())
    return [path for path in numbered if int(path.stem) < 2**63][:MAX_COVERS]


def _stamp(path: Path, spec: EncoderSpec) -> str:
    told = path.stat()
    return f"{told.st_size}:{told.st_mtime_ns}:{_named(spec)}"


def _named(spec: EncoderSpec) -> str:
    return f"{spec.name}@{spec.weights_sha256[:12]}/{spec.dim}"


def _of_books(library: Path) -> dict[str, Look]:
    from lancedb.expr import col, lit

    books = current_rows(open_table(library, BOOKS), None, ["book_id", "ingest_rev"])
    first = col("page_no").eq(lit(1))
    columns = ["book_id", "phash", "vector_picture", "ingest_rev"]
    rows = current_rows(open_table(library, PAGES), books, columns, first)
    looks = {
        str(book): Look(int(phash))
        for book, phash in zip(rows["book_id"].to_pylist(), rows["phash"].to_pylist(), strict=True)
    }
    seen = rows.filter(rows["vector_picture"].is_valid())
    for batch in seen.to_batches():
        matrix = batch["vector_picture"].flatten().to_numpy(zero_copy_only=False).reshape(batch.num_rows, -1)
        for book, vector in zip(batch["book_id"].to_pylist(), matrix.astype(np.float32), strict=True):
            looks[book] = Look(looks[book].phash, vector)
    return looks


def _vector(data: bytes) -> FloatMatrix:
    return np.frombuffer(data, np.float16).astype(np.float32)
