"""Covers as evidence: pictures of issues in a folder, compared with the first pages of books."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from indexer.library.export import current_rows, open_table
from indexer.stages.pictures import decode_page
from models.pictures import perceptual_hash
from schemas.config import PictureLimits
from schemas.errors import NotFoundError, PictureError
from schemas.tables import BOOKS, PAGES

SAME_BITS, OTHER_BITS = 12, 22
"""Of 64: up to the first covers look the same, from the second on they do not; at random it is 32."""
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")
MAX_COVERS = 100_000


@dataclass(frozen=True, slots=True)
class Covers:
    """Perceptual hashes of the covers of issues and of books, by their ids; ``unread`` are failed files."""

    of_issues: Mapping[int, int]
    of_books: Mapping[str, int]
    unread: tuple[str, ...] = ()

    def alike(self, book_id: str, issue_id: int) -> bool | None:
        """Say whether two covers look the same; None where one is missing, or it is hard to say."""
        ours, theirs = self.of_books.get(book_id), self.of_issues.get(issue_id)
        if ours is None or theirs is None:
            return None
        apart = (ours ^ theirs).bit_count()
        if apart <= SAME_BITS:
            return True
        return False if apart >= OTHER_BITS else None


def read_covers(library: Path, folder: Path) -> Covers:
    """Read the covers in a folder, each named by the id of its issue as ``1234.jpg``.

    Raises:
        NotFoundError: no picture there is named so.
    """
    hashes: dict[int, int] = {}
    unread: list[str] = []
    for path in _pictures(folder):
        try:
            picture = decode_page(path.read_bytes(), name=path.name, limits=PictureLimits())
        except (PictureError, OSError) as error:
            unread.append(f"{path.name}: {error}")
            continue
        hashes[int(path.stem)] = perceptual_hash(picture.image)
    if not hashes:
        raise NotFoundError(
            f"{folder} holds no cover that can be read: name pictures by the ids of issues, as 1234.jpg"
        )
    return Covers(hashes, _of_books(library), tuple(unread))


def _pictures(folder: Path) -> Iterable[Path]:
    named = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES and path.is_file())
    return [path for path in named if path.stem.isascii() and path.stem.isdigit()][:MAX_COVERS]


def _of_books(library: Path) -> dict[str, int]:
    from lancedb.expr import col, lit

    books = current_rows(open_table(library, BOOKS), None, ["book_id", "ingest_rev"])
    first = col("page_no").eq(lit(1))
    columns = ["book_id", "phash", "ingest_rev"]
    rows = current_rows(open_table(library, PAGES), books, columns, first).to_pylist()
    return {str(row["book_id"]): int(row["phash"]) for row in rows if row["phash"]}
