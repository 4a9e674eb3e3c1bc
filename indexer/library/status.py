"""What a library holds and what is wrong with it: its ledger, and whether its tables are sound."""

from dataclasses import dataclass
from pathlib import Path

from indexer.library.checkup import table_damage
from indexer.library.entries import SourceEntry
from indexer.library.export import open_table
from indexer.library.ledger import Ledger
from indexer.library.store import has_tables
from indexer.remote.state import shown
from indexer.running.indexing import PICTURE_ENCODER_NOTE, TEXT_ENCODER_NOTE
from indexer.running.reports import failed_to_json, partial_to_json, with_remarks
from indexer.running.run import SETTLED_NOTE
from schemas.labels import BookStatus
from schemas.places import Place
from schemas.tables import BOOKS, LibraryFormat


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """The state of a library.

    ``sources`` counts files by state, ``books`` different contents in the library; ``remarked`` are
    whole books with something odd about them. ``is_settled`` is
    False while a run is going on, or after one that was killed. ``damage`` says in one line what is
    wrong with its tables, None where they are sound.
    """

    library: Place
    picture_encoder: str | None
    text_encoder: str | None
    sources: dict[BookStatus, int]
    books: int
    pages: int
    panels: int
    is_settled: bool
    partial: tuple[SourceEntry, ...]
    failed: tuple[SourceEntry, ...]
    missing: tuple[SourceEntry, ...]
    remarked: tuple[SourceEntry, ...]
    damage: str | None

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {
            "library": str(self.library),
            "encoder": {"picture": self.picture_encoder, "text": self.text_encoder},
            "sources": {status.value: count for status, count in self.sources.items()},
            "books": self.books,
            "pages": self.pages,
            "panels": self.panels,
            "settled": self.is_settled,
            "damage": self.damage,
            "partial": [partial_to_json(entry) for entry in self.partial],
            "failed": [failed_to_json(entry) for entry in self.failed],
            "missing": [entry.source for entry in self.missing],
            "remarked": [partial_to_json(entry) for entry in self.remarked],
        }


def library_status(library: Path) -> LibraryStatus:
    """Look at a library, also while it is being written.

    Raises:
        LibraryNotFoundError: there is none.
        LibraryFormatError: its ledger is damaged or of a newer version.
    """
    with Ledger.open_read_only(library) as ledger:
        entries = ledger.entries()
        picture, text = ledger.note(PICTURE_ENCODER_NOTE), ledger.note(TEXT_ENCODER_NOTE)
        was_settled = _is_settled(ledger)
        has_rows = has_tables(library) or any(entry.book_id is not None for entry in entries)
        damage = table_damage(library, is_settled=was_settled) if has_rows else None
        is_settled = _is_settled(ledger)
        if damage is not None and was_settled and not is_settled:
            damage = table_damage(library, is_settled=False)  # a run began while rows were counted
    if picture is None and text is None and has_rows and damage is None:  # as in one that was imported
        told = LibraryFormat.from_metadata(open_table(library, BOOKS).schema.metadata)
        picture, text = told.picture_encoder.name, told.text_encoder.name
    groups = {status: tuple(entry for entry in entries if entry.status is status) for status in BookStatus}
    books = {entry.book_id: entry for entry in entries if entry.book_id is not None}
    return LibraryStatus(
        library=shown(library),
        picture_encoder=picture,
        text_encoder=text,
        sources={status: len(group) for status, group in groups.items()},
        books=len(books),
        pages=sum(entry.page_count for entry in books.values()),
        panels=sum(entry.panel_count for entry in books.values()),
        is_settled=is_settled,
        partial=groups[BookStatus.PARTIAL],
        failed=groups[BookStatus.FAILED],
        missing=groups[BookStatus.MISSING],
        remarked=with_remarks(entries),
        damage=damage,
    )


def _is_settled(ledger: Ledger) -> bool:
    return ledger.note(SETTLED_NOTE) == "1"
