"""Stories as a filter, a facet, a fact of hits and books, and a list."""

from dataclasses import replace
from pathlib import Path

import pytest

from schemas.errors import NotFoundError, QueryError
from schemas.messages import SearchFilters, SearchRequest
from search.box.canonical import as_typed
from search.box.grammar import expand
from search.library import Library, open_library
from tests.search import builders
from tests.search.builders import BookSpec, PageSpec, PanelSpec
from tests.search.conftest import fake_encoders


def page(text: str, kind: str, title: str | None = None) -> PageSpec:
    return PageSpec((PanelSpec(text),), page_type=kind, title=title)


ANTHOLOGY = BookSpec(
    "anthology",
    (
        page("storm cover", "cover"),
        page("storm rises", "first-page", "THE LIGHTHOUSE"),
        page("storm soap", "advertisement"),
        page("storm ends", "story"),
        page("storm in prose", "textstory", "Letters from the sea"),
        page("storm again", "first-page", "The Knight"),
    ),
    comic=0.97,
)
MANUAL = BookSpec("manual", (page("storm windows", "text"),), comic=0.02)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    path = builders.create(tmp_path_factory.mktemp("stories") / "library", ANTHOLOGY, MANUAL)
    return open_library(path, encoders=fake_encoders())


def found(library: Library, box: str) -> set[str]:
    return {hit.text for hit in library.query(f"storm {box}").hits}


@pytest.mark.parametrize(
    "box", ['story:"THE LIGHTHOUSE"', "story:lighthouse", f"story:{ANTHOLOGY.book_id}~001"]
)
def test_a_story_is_asked_for_by_title_words_of_it_or_id_and_has_no_advertisements(
    library: Library, box: str
) -> None:
    assert found(library, box) == {"storm rises", "storm ends"}


def test_what_is_of_a_story_can_be_left_out(library: Library) -> None:
    texts = found(library, "-story:lighthouse -story:knight")
    assert texts == {"storm cover", "storm soap", "storm in prose", "storm windows"}


def test_a_story_that_is_not_there_is_told_with_those_that_are(library: Library) -> None:
    answer = library.query("storm story:nobody")
    assert not answer.hits
    assert any("THE LIGHTHOUSE" in note and "'nobody'" in note for note in answer.notes)


def test_hits_say_in_which_story_they_are(library: Library) -> None:
    told = {hit.text: hit.story for hit in library.query("storm").hits}
    assert told["storm ends"] == "THE LIGHTHOUSE"
    assert told["storm in prose"] == "Letters from the sea"
    assert told["storm soap"] is None
    [hit] = [hit for hit in library.query("storm").hits if hit.text == "storm again"]
    assert hit.to_json()["story_id"] == f"{ANTHOLOGY.book_id}~003"


def test_stories_and_comics_are_facets(library: Library) -> None:
    facets = library.facets()
    assert {one.value: one.count for one in facets.stories} == {
        "THE LIGHTHOUSE": 2,
        "Letters from the sea": 1,
        "The Knight": 1,
    }
    assert {one.value: one.count for one in facets.comics} == {"comic": 6, "no comic": 1}


def test_books_that_are_no_comics_are_asked_for_and_left_out(library: Library) -> None:
    assert found(library, "-is:comic") == {"storm windows"}
    assert "storm windows" not in found(library, "is:comic")
    assert [book.title for book in library.books(comic=False).books] == ["manual"]
    assert [book.title for book in library.books(comic=True).books] == ["anthology"]
    assert library.book(MANUAL.book_id).to_json()["comic"] == pytest.approx(0.02, abs=1e-3)


def test_what_was_typed_comes_back(library: Library) -> None:
    box = 'storm story:"THE LIGHTHOUSE" -is:comic'
    request = expand(SearchRequest(text=box))
    assert request.filters == SearchFilters(stories=("THE LIGHTHOUSE",), comic=False)
    assert expand(SearchRequest(text=as_typed(request))) == request


def test_stories_are_listed_by_title_and_of_one_book_in_order(library: Library) -> None:
    listing = library.stories()
    assert [one.title for one in listing.stories] == ["Letters from the sea", "The Knight", "THE LIGHTHOUSE"]
    mine = library.stories(book_id=ANTHOLOGY.book_id)
    assert [(one.number, one.first_page, one.last_page) for one in mine.stories] == [
        (1, 2, 4),
        (2, 5, 5),
        (3, 6, 6),
    ]
    assert [one.title for one in library.stories(matching="knight").stories] == ["The Knight"]
    assert [one.title for one in library.stories(page_type="textstory").stories] == ["Letters from the sea"]
    with pytest.raises(NotFoundError):
        library.stories(book_id="0" * 24)
    with pytest.raises(QueryError, match="limit 1 to"):
        library.stories(limit=0)


def test_a_page_and_a_book_tell_their_stories(library: Library) -> None:
    detail = library.book(ANTHOLOGY.book_id)
    assert [story.title for story in detail.stories] == [
        "THE LIGHTHOUSE",
        "Letters from the sea",
        "The Knight",
    ]
    page_told = library.page(detail.pages[3].page_id)
    assert page_told.story is not None
    assert page_told.story.title == "THE LIGHTHOUSE"
    assert library.page(detail.pages[2].page_id).story is None


def test_titles_are_suggested(library: Library) -> None:
    [suggestion, *_] = library.suggest("story:lig")
    assert (suggestion.kind, suggestion.query, suggestion.count) == ("story", 'story:"THE LIGHTHOUSE"', 2)


def test_a_half_written_state_of_a_story_does_not_count(tmp_path: Path) -> None:
    path = builders.create(tmp_path / "library", ANTHOLOGY)
    later = BookSpec("anthology", ANTHOLOGY.pages[:2], ingest_rev="rev2")
    builders.add(path, later, listed=False)
    library = open_library(path, encoders=fake_encoders())
    assert [story.last_page for story in library.book(ANTHOLOGY.book_id).stories] == [4, 5, 6]


def test_a_library_of_before_says_how_it_gets_stories(tmp_path: Path) -> None:
    old = replace(builders.FORMAT, format_version=4)
    library = open_library(
        builders.create(tmp_path / "library", ANTHOLOGY, library=old), encoders=fake_encoders()
    )
    spans = [
        (story.first_page, story.last_page, story.title) for story in library.book(ANTHOLOGY.book_id).stories
    ]
    assert spans == [(2, 4, None), (5, 5, None), (6, 6, None)]
    assert {hit.story_id for hit in library.query("storm").hits} == {None}
    for box in ("storm story:lighthouse", "storm -is:comic"):
        with pytest.raises(QueryError, match="longbox migrate"):
            library.query(box)
    with pytest.raises(QueryError, match="longbox migrate"):
        library.stories()
