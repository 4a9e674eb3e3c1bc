"""A library opened for reading."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from schemas.boards import BoardPlace
from schemas.errors import LibraryFormatError
from schemas.facets import Facets
from schemas.messages import (
    NearestRequest,
    Neighbour,
    SearchFilters,
    SearchRequest,
    SearchResponse,
    Suggestion,
)
from schemas.places import Place, place_of
from schemas.records import RgbImage
from schemas.tables import LibraryFormat
from search.answers.browse import (
    BookOrder,
    list_books,
    measure,
    read_book,
    read_page,
    read_panel,
    read_thumbnail,
)
from search.answers.cards_of_books import BookCard, cards_of
from search.answers.continuing import (
    cursor_of,
    next_cursor,
    no_rankings,
    of_former_states,
    ranking_at,
    state_of,
)
from search.answers.crops import ReadsPages
from search.answers.details import BookDetail, BookList, LibraryStats, PageDetail, PanelDetail
from search.answers.hits import hits_of
from search.answers.offering import Offering
from search.answers.places import PlacedPanel, find_places, panels_by_id
from search.answers.statistics import PageCounts, count_pages
from search.answers.stories import StoryList, list_stories
from search.box.grammar import expand
from search.encoding import Encoders, check_asked_for
from search.execution import Execution
from search.filtering.facets import count_facets
from search.filtering.filters import notes_on
from search.legs.neighbours import nearest_panels
from search.query import digest
from search.state.memory import give_back_memory
from search.state.newest import Newest, version_key
from search.state.opening import REFRESH_SECONDS, connect, reading, refresh_seconds_of
from search.state.remembering import BoundedMemory
from search.state.snapshot import Snapshot
from search.state.vectors import RESIDENT_ROWS
from search.state.warmth import MEMORY_BYTES

if TYPE_CHECKING:
    from lancedb import DBConnection

_THREADS = 4


class Library:
    """The read side of one library; safe to share between threads.

    A search reads one snapshot. New books show within seconds; a book being replaced shows as it
    was until its new state is complete.
    """

    def __init__(
        self,
        path: Place,
        database: "DBConnection",
        encoders: Encoders | None,
        *,
        refresh_seconds: float = REFRESH_SECONDS,
        resident_rows: int = RESIDENT_ROWS,
        pages: ReadsPages | None = None,
    ) -> None:
        """Use :func:`open_library`."""
        self.path = path
        self._pages = pages
        self._newest = Newest(
            path,
            database,
            refresh_seconds=refresh_seconds,
            resident_rows=resident_rows,
            on_another=self._start_over,
        )
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="search")
        self._given_encoders = encoders
        self._start_over(self._newest.last)

    def _start_over(self, first: Snapshot) -> None:
        """Take up a library that was not here before: nothing worked out of a former one holds."""
        self._encoders = self._given_encoders or Encoders(first.format)
        self._forget()

    def _forget(self) -> None:
        self._rankings = no_rankings()
        self._facets: BoundedMemory[tuple[int, ...], Facets] = BoundedMemory(1)
        self._page_counts: BoundedMemory[tuple[int, ...], PageCounts] = BoundedMemory(1)
        self._offering = Offering(self._threads)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def format(self) -> LibraryFormat:
        """What the library says of itself: its format and encoders."""
        return self._newest.last.format

    @property
    def encoders(self) -> Encoders:
        """What its vectors are made with, loaded when first needed."""
        return self._encoders

    def snapshot(self) -> Snapshot:
        """Return the library as it stands, at most a second old."""
        return self._newest.get()

    def look_again(self) -> None:
        """Ask for news at the next request, however fresh the last look is."""
        self._newest.look_again()

    def warm(self, *, memory_bytes: int = MEMORY_BYTES) -> None:
        """Load encoders and read into memory what searches need; they go on meanwhile, slower.

        Args:
            memory_bytes: What vectors of a large library may take; those beyond stay on the disk.
        """
        with self._reading():
            snapshot = self.snapshot()
            self._encoders.warm()
            # First what takes much memory for a moment: beside vectors it would count twice.
            self.facets()
            self._offering.of(snapshot)
            give_back_memory()
            snapshot.warm(memory_bytes)

    def settle(self) -> None:
        """Sort what was written lately into what is held of a large library; searches go on meanwhile."""
        with self._reading():
            self.snapshot().settle()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Turn damage into one line, and look at the library anew after it."""
        try:
            with reading(self.path):
                yield
        except LibraryFormatError:
            self._newest.doubt()
            self._forget()
            raise

    def query(  # noqa: PLR0913 - what people ask by, as keywords
        self,
        words: str = "",
        *,
        picture: RgbImage | None = None,
        like: Sequence[str] = (),
        filters: SearchFilters | None = None,
        limit: int = 20,
        cursor: str | None = None,
        facets: bool = False,
        window: int = 0,
    ) -> SearchResponse:
        """Search by words as typed into the box (:mod:`search.box.grammar`), with a picture or examples.

        Raises as :meth:`search`, and QueryError, with the place, for what cannot be meant.
        """
        request = SearchRequest(
            text=words,
            picture=picture,
            like=tuple(like),
            filters=filters or SearchFilters(),
            limit=limit,
            cursor=cursor,
            facets=facets,
            window=window,
        )
        return self.search(expand(request))

    def suggest(self, box: str, *, limit: int = 10) -> tuple[Suggestion, ...]:
        """Return ways to go on from what stands in the search box. Raises QueryError for bad bounds."""
        with self._reading():
            return self._offering.suggest(self.snapshot(), box, limit=limit)

    def search(self, request: SearchRequest, *, offset: int = 0) -> SearchResponse:
        """Return the hits of a request, best first.

        Args:
            request: What to look for.
            offset: Hits to skip, for a jump to a place; ``request.cursor`` goes on from a response.

        Raises:
            QueryError: the cursor is none of this request, or its results have expired.
            NotFoundError: an example panel is not in the library.
            EncoderMismatchError: the encoder installed is not the one that made the library.
        """
        started = time.perf_counter()
        with self._reading(), of_former_states(request):
            newest = self.snapshot()
            asked = digest(request, state_of(request.filters, newest))
            cursor = cursor_of(request, asked, offset, newest.versions, self._name)
            snapshot = self._newest.at(cursor.versions, newest)
            execution = Execution(request, snapshot, self._encoders, self._threads, self._pages)
            ranking = ranking_at(cursor, execution, self._rankings)
            with execution.clock.stage("hits"):
                hits = hits_of(
                    request, snapshot, ranking.items[cursor.offset : cursor.offset + request.limit]
                )
            facets = None
            if request.facets:
                with execution.clock.stage("facets"):
                    facets = count_facets(snapshot, [hit.candidate.row_id for hit in ranking.items])
            notes = ranking.notes
            if not ranking.items:
                notes = (*notes, *notes_on(request.filters, snapshot, self.facets))
        onward = next_cursor(cursor, ranking, request.limit)
        return SearchResponse(
            hits=hits,
            took_ms=(time.perf_counter() - started) * 1000.0,
            encoder=f"{self.format.text_encoder.name}+{self.format.picture_encoder.name}",
            total=len(ranking.items),
            total_is_exact=ranking.is_complete,
            cursor=None if onward is None else onward.encode(self._name),
            notes=notes,
            timings_ms=dict(execution.clock.spent_ms),
            encoders=snapshot.format.encoder_ids,
            facets=facets,
        )

    def nearest(self, request: NearestRequest) -> list[tuple[Neighbour, ...]]:
        """Return the nearest panels to each of many vectors, best first, in the order of the vectors.

        Raises:
            QueryError: the vectors have another size than those of the library.
        """
        with self._reading():
            return nearest_panels(request, self.snapshot(), self._threads, self._encoders.dims)

    @property
    def _name(self) -> str:
        """What cursors are sealed with: another library in this folder has another name."""
        return str(self._newest.identity)

    def stats(self) -> LibraryStats:
        """Count what the library holds."""
        with self._reading():
            return measure(self.snapshot())

    def books(
        self,
        *,
        offset: int = 0,
        limit: int = 50,
        order: BookOrder = "title",
        matching: str = "",
        status: str | None = None,
        comic: bool | None = None,
    ) -> BookList:
        """List books whose title or series has all words of ``matching``. Raises QueryError."""
        with self._reading():
            return list_books(
                self.snapshot(),
                offset=offset,
                limit=limit,
                order=order,
                matching=matching,
                status=status,
                comic=comic,
            )

    def stories(
        self,
        *,
        offset: int = 0,
        limit: int = 50,
        matching: str = "",
        book_id: str | None = None,
        page_type: str | None = None,
    ) -> StoryList:
        """List stories whose title has all words of ``matching``. Raises QueryError, NotFoundError."""
        with self._reading():
            return list_stories(
                self.snapshot(),
                offset=offset,
                limit=limit,
                matching=matching,
                book_id=book_id,
                page_type=page_type,
            )

    def page_counts(self) -> PageCounts:
        """Count pages by year, language, type and series."""
        with self._reading():
            snapshot = self.snapshot()
            return self._page_counts.get(version_key(snapshot.versions), lambda: count_pages(snapshot))

    def book(self, book_id: str) -> BookDetail:
        """Return a book with its pages. Raises NotFoundError."""
        with self._reading():
            return read_book(self.snapshot(), book_id)

    def page(self, page_id: str) -> PageDetail:
        """Return a page with its panels in reading order. Raises NotFoundError."""
        with self._reading():
            return read_page(self.snapshot(), page_id)

    def panel(self, panel_id: str) -> PanelDetail:
        """Return a panel and its neighbours in reading order. Raises NotFoundError."""
        with self._reading():
            return read_panel(self.snapshot(), panel_id)

    def panels(self, panel_ids: Sequence[str]) -> list[PlacedPanel]:
        """Return panels and their places, in the order asked for. Raises NotFoundError."""
        with self._reading():
            return panels_by_id(self.snapshot(), panel_ids)

    def places(self, wanted: Sequence[BoardPlace]) -> list[PlacedPanel | None]:
        """Return the panel that lies at each place now, None where none does."""
        with self._reading():
            return find_places(self.snapshot(), wanted)

    def cards(self, book_ids: Sequence[str]) -> tuple[BookCard, ...]:
        """Return those books that are in the library, in a few words, in the order asked for."""
        with self._reading():
            return cards_of(self.snapshot(), book_ids)

    def thumbnail(self, asset_id: str) -> bytes:
        """Return the WebP thumbnail of a page or a panel, by its id. Raises NotFoundError."""
        with self._reading():
            return read_thumbnail(self.snapshot(), asset_id)

    def facets(self) -> Facets:
        """Return the values to filter by and how many panels have them."""
        with self._reading():
            snapshot = self.snapshot()
            key = (*snapshot.state, snapshot.elements.version)
            return self._facets.get(key, lambda: count_facets(snapshot))


def open_library(
    path: str | Place,
    *,
    encoder: str | None = None,
    encoders: Encoders | None = None,
    refresh_seconds: float | None = None,
    resident_rows: int = RESIDENT_ROWS,
    pages: ReadsPages | None = None,
) -> Library:
    """Open a library for reading; no model is loaded before a search needs it.

    Args:
        path: The library's folder, or its address on object storage, ``s3://bucket/prefix``.
        encoder: Name of the encoder the caller expects, checked against the library's.
        encoders: Where encoders come from, instead of the registry.
        refresh_seconds: How old a look at the library may be before a search asks for news; usually 1,
            on object storage 5.
        resident_rows: Rows up to which a table is read into memory by the first search that needs it.
        pages: Reads the pages that crops are cut from; thumbnails serve where it is None.

    Raises:
        LibraryNotFoundError: there is no library in that folder.
        StoreUnreachableError: its object storage does not answer, or refuses.
        LibraryFormatError: it is damaged, or from a newer Longbox.
        EncoderMismatchError: it was made with another encoder than ``encoder``.
    """
    place = place_of(path)
    with reading(place):
        library = Library(
            place,
            connect(place),
            encoders,
            refresh_seconds=refresh_seconds_of(place) if refresh_seconds is None else refresh_seconds,
            resident_rows=resident_rows,
            pages=pages,
        )
    if encoder is not None:
        check_asked_for(encoder, library.format)
    return library
