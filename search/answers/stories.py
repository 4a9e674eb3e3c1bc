"""Listing stories: of one book, or of the whole library, by what they are called."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from schemas.errors import NotFoundError, QueryError
from schemas.labels import PageType
from schemas.streams import stories_of
from schemas.tables import page_id, story_id
from search.answers.details import PageSummary
from search.legs.words import plain_words
from search.state.snapshot import Snapshot
from search.state.stories import StoryEntry

MAX_STORIES = 500


@dataclass(frozen=True, slots=True)
class ListedStory(StoryEntry):
    """A story and its book. ``cover_id`` is the asset id of its first page."""

    book_title: str
    cover_id: str


@dataclass(frozen=True, slots=True)
class StoryList:
    """Stories ``offset`` to ``offset + limit`` of ``total``."""

    stories: tuple[ListedStory, ...]
    total: int
    offset: int

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return {
            "stories": [story.to_json() for story in self.stories],
            "total": self.total,
            "offset": self.offset,
        }


def list_stories(
    snapshot: Snapshot,
    *,
    offset: int,
    limit: int,
    matching: str = "",
    book_id: str | None = None,
    page_type: str | None = None,
) -> StoryList:
    """Return stories by title, those without one last; those of one book in order of pages.

    Args:
        snapshot: the library.
        offset: stories to skip.
        limit: stories to return.
        matching: words that the title must contain; other spellings of them count.
        book_id: the book that they are of, None for any.
        page_type: ``story`` or ``textstory``, None for either.

    Raises:
        QueryError: impossible bounds, or a library of before stories were kept.
        NotFoundError: there is no such book.
    """
    if offset < 0 or not 1 <= limit <= MAX_STORIES:
        raise QueryError(f"offset must be 0 or more and limit 1 to {MAX_STORIES}, got {offset} and {limit}")
    if not snapshot.knows_stories:
        raise QueryError(
            "this library was made before stories were kept: read its books anew with 'longbox migrate'"
        )
    if book_id is not None and book_id not in snapshot.books:
        raise NotFoundError(f"the library has no book {book_id[:100]!r}")
    shelf = snapshot.stories
    found = shelf.all if book_id is None else shelf.by_book.get(book_id, ())
    words = plain_words(matching).split()
    kept = [story for story in found if page_type in (None, story.page_type) and _is_called(story, words)]
    if book_id is None:
        kept.sort(key=lambda story: _order(story, snapshot))
    shown = tuple(listed(snapshot, story) for story in kept[offset : offset + limit])
    return StoryList(shown, len(kept), offset)


def listed(snapshot: Snapshot, story: StoryEntry) -> ListedStory:
    """Return a story as a list has it."""
    title = snapshot.books[story.book_id].title
    return ListedStory(**asdict(story), book_title=title, cover_id=page_id(story.book_id, story.first_page))


def stories_of_book(snapshot: Snapshot, book_id: str, pages: Sequence[PageSummary]) -> tuple[StoryEntry, ...]:
    """Return the stories of a book; of a library of before they were kept, as the types of its pages tell."""
    if snapshot.knows_stories:
        return snapshot.stories.of_books([book_id]).get(book_id, ())
    types: list[PageType | None] = [None] * max((page.page_no for page in pages), default=0)
    for page in pages:
        types[page.page_no - 1] = PageType(page.page_type)
    return tuple(
        StoryEntry(
            story_id=story_id(book_id, number),
            book_id=book_id,
            number=number,
            first_page=part.start + 1,
            last_page=part.end + 1,
            page_type=part.page_type.value,
            title=None,
            page_count=part.length,
            panel_count=sum(p.panel_count for p in pages if part.start < p.page_no <= part.end + 1),
            confidence=0.0,
        )
        for number, part in enumerate(stories_of(types), start=1)
    )


def _is_called(story: StoryEntry, words: Sequence[str]) -> bool:
    if not words:
        return True
    title = plain_words(story.title or "")
    return all(word in title for word in words)


def _order(story: StoryEntry, snapshot: Snapshot) -> tuple[bool, str, str, int]:
    book = snapshot.books[story.book_id].title
    return (
        story.title is None,
        plain_words(story.title or ""),
        f"{book.casefold()}{story.book_id}",
        story.number,
    )
