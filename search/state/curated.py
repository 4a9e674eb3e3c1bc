"""What a curator left out of a library, by the ids that books and pages have now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.curation import CURATION_FILE, MAX_CURATION_BYTES, BookKey, Curation
from schemas.matches import MATCHES_FILE, MAX_MATCHES_BYTES, Matches
from schemas.places import Place
from schemas.tables import PAGES, page_id
from search.filtering.findings import ReportFile, report_file
from search.state.aliases import AliasFile
from search.state.beside import BesideFile

if TYPE_CHECKING:
    from search.state.snapshot import Snapshot

CurationFile = BesideFile[Curation]


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside the tables of a library: decisions on it, matches, the last report of its audit."""

    curation: CurationFile
    report: ReportFile
    matches: BesideFile[Matches]
    aliases: AliasFile

    def stamp(self) -> tuple[int, ...]:
        """Return what names the state of the decisions."""
        return (*self.curation.stamp(), *self.matches.stamp(), *self.aliases.stamp())

    @classmethod
    def of(cls, place: Place | None) -> "Beside":
        """Return the files of a library; None has none."""
        curation = BesideFile(
            place, CURATION_FILE, Curation.from_json, Curation(), max_bytes=MAX_CURATION_BYTES
        )
        matches = BesideFile(place, MATCHES_FILE, Matches.from_json, Matches(), max_bytes=MAX_MATCHES_BYTES)
        return cls(curation, report_file(place), matches, AliasFile(place))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Books and pages that searches leave out, by id."""

    books: frozenset[str] = frozenset()
    pages: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.books or self.pages)

    def has(self, panel_id: str) -> bool:
        """Say whether a panel is of a book or page that is left out."""
        if not self:
            return False
        return panel_id.partition("/")[0] in self.books or panel_id.rpartition("#")[0] in self.pages


def left_out(snapshot: "Snapshot", curation: Curation) -> LeftOut:
    """Find the books and pages of a snapshot that decisions are about.

    A copy shows again once the book it is of is gone.
    """
    if not curation:
        return LeftOut()
    by_source = {entry.source: book for book, entry in snapshot.books.items()}

    def now(key: BookKey) -> str | None:
        return key.book_id if key.book_id in snapshot.books else by_source.get(key.source)

    books: set[str] = set()
    for mark in curation.books:
        book = now(mark.book)
        original = None if mark.copy_of is None else now(mark.copy_of)
        if book is None or (mark.copy_of is not None and original in (None, book)):
            continue
        books.add(book)
    pages: set[str] = set()
    moved: dict[str, set[str]] = {}
    for page in curation.pages:
        if page.book.book_id in snapshot.books:
            pages.add(page_id(page.book.book_id, page.page_no))
        elif (there := now(page.book)) is not None:
            moved.setdefault(there, set()).add(page.sha256)
    return LeftOut(frozenset(books), frozenset(pages | _by_checksum(snapshot, moved)))


def _by_checksum(snapshot: "Snapshot", wanted: Mapping[str, Iterable[str]]) -> set[str]:
    """Return the pages of books whose content changed that still have one of the checksums."""
    from search.state.snapshot import is_one_of

    if not wanted:
        return set()
    rows = snapshot.rows(PAGES, ["page_id", "book_id", "sha256"], is_one_of("book_id", sorted(wanted)))
    return {row["page_id"] for row in rows.to_pylist() if row["sha256"] in wanted[row["book_id"]]}
