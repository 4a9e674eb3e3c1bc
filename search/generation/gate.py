"""Which books may give references: licences first, before anything is searched."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.filters import MAX_FACET_VALUES, SearchFilters
from schemas.licences import Licence, licence_of
from schemas.rights import RightsRegister
from search.library import Library
from search.state.catalogue import Catalogue
from search.state.snapshot import Snapshot

_SHOWN = 4


@dataclass(frozen=True, slots=True)
class BookRights:
    """What holds for a book: its licence, whom to name, and why it is not usable, empty where it is."""

    book_id: str
    title: str
    licence: Licence
    credit: str
    obstacle: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The verdict on every book, and what was refused piece by piece."""

    books: Mapping[str, BookRights]
    register: RightsRegister

    @classmethod
    def of(cls, library: Library, register: RightsRegister, *, uses_generated: bool = False) -> "Gate":
        """Look at every book that can be searched; generated ones only pass where that is asked for."""
        snapshot = library.snapshot()
        generated = frozenset() if uses_generated else snapshot.catalogue.generated
        books = {
            book_id: _rights_of(book_id, snapshot, register, is_generated=book_id in generated)
            for book_id in snapshot.books
        }
        return cls(books, register)

    @property
    def usable(self) -> tuple[str, ...]:
        """Books that may give references."""
        return tuple(sorted(book for book, rights in self.books.items() if not rights.obstacle))

    def obstacle_of(self, panel_id: str) -> str:
        """Say why a panel may not be used, empty where it may."""
        refusal = self.register.refusal_of(panel_id)
        if refusal is not None:
            return f"it was refused: {refusal}"
        rights = self.books.get(panel_id.partition("/")[0])
        return "the library has no such panel" if rights is None else rights.obstacle

    def narrowed(self) -> SearchFilters:
        """Return the filters that keep a search inside usable books; none where too many would be named."""
        usable = self.usable
        blocked = sorted(self.books.keys() - set(usable))
        if not blocked:
            return SearchFilters()
        if len(usable) <= MAX_FACET_VALUES:
            return SearchFilters(book_ids=usable)
        if len(blocked) <= MAX_FACET_VALUES:
            return SearchFilters(not_book_ids=tuple(blocked))
        return SearchFilters()

    def why_none(self) -> str:
        """Say in a line why no book is usable, and the way out."""
        if not self.books:
            return "the library is empty: index some comics first"
        reasons: dict[str, list[str]] = {}
        for rights in self.books.values():
            reasons.setdefault(rights.obstacle, []).append(rights.title)
        told = "; ".join(
            f"{', '.join(titles[:_SHOWN])}{' and others' if len(titles) > _SHOWN else ''}: {why}"
            for why, titles in sorted(reasons.items(), key=lambda pair: -len(pair[1]))[:_SHOWN]
        )
        return (
            f"no book may give references ({told}): declare a licence with "
            "'longbox rights --library LIB --declare BOOK=LICENCE', or index books that state one"
        )


def _rights_of(
    book_id: str, snapshot: Snapshot, register: RightsRegister, *, is_generated: bool
) -> BookRights:
    catalogue = snapshot.catalogue
    declared = register.declared.get(book_id)
    stated = next(iter(catalogue.values_of(book_id, "licence")), None)
    licence = licence_of(declared.licence if declared and declared.licence else stated)
    credit = declared.credit if declared and declared.credit else credit_of(catalogue, book_id)
    title = snapshot.books[book_id].title
    refusal = register.refused.get(book_id)
    if refusal is not None:
        obstacle = f"it was refused: {refusal}"
    elif is_generated:
        obstacle = "it was generated itself (allow it with --uses-generated)"
    else:
        obstacle = licence.obstacle
    return BookRights(book_id, title, licence, credit, obstacle)


def credit_of(catalogue: Catalogue, book_id: str) -> str:
    """Return whom to name for a book: its creators, else its series or title."""
    creators = catalogue.values_of(book_id, "creator")
    if creators:
        return ", ".join(dict.fromkeys(creators))
    return next(iter(catalogue.values_of(book_id, "series")), "") or catalogue.titles.get(book_id, "")
