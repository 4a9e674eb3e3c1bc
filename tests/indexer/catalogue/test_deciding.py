"""Matches decided by a rule or a person: they fill what files do not say, and can be taken back."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from indexer.care.keepsakes import carry_over, damage_of_keepsakes
from indexer.catalogue.cli import catalogue
from indexer.catalogue.coverfile import read_covers
from indexer.catalogue.covers import Covers, Look
from indexer.catalogue.deciding import Judged, accept_sure, judge, read_matches, take_back, to_review
from indexer.catalogue.importing import import_dump
from indexer.catalogue.matching import match_books
from indexer.elements.adding import Wanted, add_to_library
from indexer.elements.fitting import work_out
from schemas.curation import BookKey
from schemas.errors import LibraryFormatError, NotFoundError, QueryError
from schemas.filters import SearchFilters
from schemas.matches import MATCHES_FILE, IssueFacts, Matched, Matches, filled
from schemas.messages import SearchRequest
from search.library import open_library
from tests.indexer.catalogue.test_import import ROWS, write_sqlite

PEOPLE = {
    "issue_id": 70,
    "genre": "horror; humor",
    "characters": "Moth [Mo Thayer] (Earth-2); Night Watch [Owl; Wren; Kestrel]",
    "pencils": "A. Pen",
    "synopsis": "A paper moon falls.",
}


@pytest.fixture
def library(lamps_library: Path, tmp_path: Path) -> Path:
    """A library with a catalogue; its book "Moons" is of the series Night of 1988, without a number."""
    copy = tmp_path / "library"
    shutil.copytree(lamps_library, copy)
    import_dump(write_sqlite(tmp_path / "dump", {**ROWS, "gcd_story": [PEOPLE]}), copy)
    return copy


def moons(library: Path) -> str:
    return next(one.book_id for one in match_books(library) if one.title == "Moons")


def found(library: Path, **filters: object) -> set[str]:
    with open_library(library) as opened:
        request = SearchRequest(filters=SearchFilters(**filters), limit=50)  # type: ignore[arg-type]
        return {hit.title for hit in opened.search(request).hits}


def test_a_match_fills_what_a_file_does_not_say_and_searches_find_it_by_that(library: Path) -> None:
    (done,) = judge(library, [Judged(moons(library), "yes")])
    assert (done.says, done.decided_by, done.issue_id) == ("Night 1 (1988)", "person", 70)
    assert done.reasons == ("the series is called so", "the year is the same")
    with open_library(library) as opened:
        book = opened.book(done.book.book_id)
        facets = opened.facets()
    assert book.genres == ("horror", "humor")
    assert book.characters == ("Moth", "Owl", "Wren", "Kestrel")
    assert book.teams == ("Night Watch", "Earth-2")
    assert [(one.role, one.name) for one in book.creators] == [("pencils", "A. Pen")]
    assert (book.summary, book.publisher, book.title) == ("A paper moon falls.", "Lantern Press", "Moons")
    assert {value.value for value in facets.teams} == {"Night Watch", "Earth-2"}
    assert {value.value for value in facets.genres} == {"horror", "humor"}
    for filters in (
        {"teams": ("night watch",)},
        {"teams": ("Earth-2",)},
        {"genres": ("horror",)},
        {"creators": ("A. Pen",)},
        {"characters": ("Mo Thayer",)},  # another name of the Moth
        {"characters": ("mo thayer",), "year_to": 1990},
    ):
        assert found(library, **filters) == {"Moons"}, filters
    assert "Moons" not in found(library, not_teams=("Night Watch",))
    assert found(library, characters=("Thayer",)) == set()  # a part of an alias is none


def test_taking_back_a_match_shows_what_the_file_says(library: Path) -> None:
    book = moons(library)
    judge(library, [Judged(book, "yes")])
    assert take_back(library, [book]) == 1
    assert found(library, genres=("horror",)) == set()
    with pytest.raises(NotFoundError, match="nothing was decided"):
        take_back(library, [book])


def test_what_a_file_says_stays_unless_it_is_to_be_replaced() -> None:
    row = {"year": 2001, "genres": ["war"], "creators": [], "title": "T"}
    facts = IssueFacts(year=1988, genres=("horror",), creators=(("inks", "B"),))
    match = Matched(BookKey("b", "s"), 1, "", "yes", "person", 1.0, (), "", facts=facts)
    assert filled(row, match) == {**row, "creators": [{"role": "inks", "name": "B"}]}
    told = filled(row, Matched(BookKey("b", "s"), 1, "", "yes", "person", 1.0, (), "", True, facts))
    assert (told["year"], told["genres"], told["title"]) == (1988, ["horror"], "T")
    assert filled(row, None) == row


def test_years_that_issues_tell_are_searched_and_counted(library: Path) -> None:
    trains = next(one.book_id for one in match_books(library) if one.title == "Trains")
    judge(library, [Judged(trains, "yes", 80)], replaces=True)  # the file says 2005
    assert "Trains" in found(library, year_from=2015, year_to=2015)
    assert "Trains" not in found(library, year_from=2005, year_to=2005)
    assert found(library, year_to=1990) == {"Moons"}
    with open_library(library) as opened:
        assert {value.value for value in opened.facets().years} == {"1988", "1999", "2015"}


def test_sure_matches_are_accepted_and_doubtful_ones_are_asked_about_once(library: Path) -> None:
    assert accept_sure(library) == []  # without a number, nothing is sure
    (asked,) = to_review(library)
    assert [one.issue.issue_id for one in asked.candidates] == [70, 80]
    judge(library, [Judged(asked.book_id, "no")])
    (again,) = to_review(library)
    assert again.issue is not None
    assert again.issue.issue_id == 80  # the next one is offered
    judge(library, [Judged(asked.book_id, "skip")])
    assert to_review(library) == []
    take_back(library, None)
    assert [one.book_id for one in to_review(library)] == [asked.book_id]


def test_covers_tell_two_issues_apart(library: Path, tmp_path: Path) -> None:
    book = moons(library)
    with open_library(library) as opened:
        cover = opened.thumbnail(f"{book}/00001")
    folder = tmp_path / "covers"
    folder.mkdir()
    (folder / "80.webp").write_bytes(cover)
    noise = np.random.default_rng(1).integers(0, 255, (8, 8, 3), np.uint8)
    cv2.imwrite(str(folder / "70.png"), cv2.resize(noise, (300, 400)))
    (folder / "71.png").write_bytes(b"no picture")
    (folder / "notes.png").write_bytes(b"not named by an issue")
    count, unread = read_covers(library, folder)
    assert (count, [line.partition(":")[0] for line in unread]) == (2, ["71.png"])
    (match,) = [one for one in match_books(library) if one.book_id == book]
    assert match.issue is not None
    assert match.issue.issue_id == 80  # though the year says otherwise
    assert "the cover looks the same" in match.reasons
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NotFoundError, match=r"1234\.jpg"):
        read_covers(library, empty)


def test_a_cover_that_is_missing_or_hard_to_judge_says_nothing() -> None:
    covers = Covers({1: Look(0b1), 2: Look(2**16 - 1), 4: Look(2**40 - 1)}, {"a": Look(0b11)})
    found = [covers.alike("a", issue) for issue in (1, 2, 3, 4)]
    assert found == [True, None, None, False]


def test_decisions_are_found_by_path_where_the_content_of_a_book_has_changed() -> None:
    match = Matched(BookKey("old", "/c/a.cbz"), 1, "", "yes", "rule", 0.9, (), "")
    assert Matches((match,)).of_books({"new": "/c/a.cbz"}) == {"new": (match,)}
    assert Matches((match,)).of_books({"new": "/c/b.cbz"}) == {}
    other = Matched(BookKey("new", "/c/a.cbz"), 2, "", "yes", "person", 0.9, (), "")
    assert Matches((match,)).decided([other]).matches == (other,)


def test_decisions_go_along_with_backups_and_damaged_ones_are_told(library: Path, tmp_path: Path) -> None:
    judge(library, [Judged(moons(library), "yes")])
    new = tmp_path / "new"
    new.mkdir()
    carry_over(library, new)
    assert read_matches(new) == read_matches(library)
    assert (new / "catalogue.sqlite").read_bytes() == (library / "catalogue.sqlite").read_bytes()
    assert damage_of_keepsakes(new) == ()
    for broken in (b"{", b"[]", b'{"version": 1, "matches": [{}]}', b'{"version": 1, "matches": {"a": 1}}'):
        (new / MATCHES_FILE).write_bytes(broken)
        with pytest.raises(LibraryFormatError, match="damaged"):
            read_matches(new)
        assert "damaged" in damage_of_keepsakes(new)[0]
    (new / MATCHES_FILE).write_text('{"version": 99, "matches": []}')
    with pytest.raises(LibraryFormatError, match="newer Longbox"):
        read_matches(new)


def test_answers_that_make_no_sense_change_nothing(library: Path) -> None:
    book = moons(library)
    for said, message in (
        (Judged("0" * 24, "yes"), "no book"),
        (Judged(book, "yes", 999), "no issue 999"),
        (Judged(book, "yes", 71), "no issue 71"),  # deleted in the dump
    ):
        with pytest.raises(NotFoundError, match=message):
            judge(library, [said])
    lamp = next(one.book_id for one in match_books(library) if one.title == "Trains")
    with pytest.raises(QueryError, match="name one by its id"):
        judge(library, [Judged(lamp, "yes")])
    assert not read_matches(library)


def test_the_commands_ask_by_key_list_and_undo(library: Path, tmp_path: Path) -> None:
    def run(*words: str, keys: str = "") -> str:
        done = CliRunner().invoke(catalogue, [*words, "--library", str(library)], input=keys)
        assert done.exit_code == 0, done.output
        return done.output

    asked = run("review", keys="n\ny\n")
    assert "Moons  =  Night 1 (1988)?" in asked
    assert "Moons  =  Night 1 (2015)?" in asked
    assert "every book" in run("review")
    assert json.loads(run("decided", "--json"))["matches"][1]["issue_id"] == 80
    assert "≠ Night 1 (1988)" in run("decided")
    assert "2 decisions forgotten" in run("undo", "--all")
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({moons(library): {"verdict": "yes", "issue_id": 70}}))
    assert "= Night 1 (1988)" in run("review", "--answers", str(answers))
    assert "nothing was decided" in run("match", "--accept")
    answers.write_text('{"x": "perhaps"}')
    wrong = CliRunner().invoke(catalogue, ["review", "--library", str(library), "--answers", str(answers)])
    assert isinstance(wrong.exception, QueryError)


def test_a_character_is_found_by_any_name_that_the_catalogue_or_an_element_knows(
    library: Path, tmp_path: Path
) -> None:
    lists = ["Owl [Olga Wren]; Night Watch [Moth [Mo Thayer]; Kite]", "Owl [Otto Lang]", "Lantern ['x'"]
    stories = [{"issue_id": 80, "characters": text} for text in lists]
    moons_id = moons(library)
    judge(library, [Judged(moons_id, "yes", 70)])  # it has Moth, Owl, Wren, Kestrel
    import_dump(write_sqlite(tmp_path / "other", {**ROWS, "gcd_story": stories}), library)
    for name in ("Olga Wren", "OTTO  LANG", "Mo Thayer", "owl"):
        assert found(library, characters=(name,)) == {"Moons"}, name
    assert found(library, characters=("Kite",)) == set()
    assert found(library, characters=("Night Watch",)) == set()  # a team is no other name of its members
    (library / "catalogue.sqlite").write_bytes(b"no catalogue at all")
    assert found(library, characters=("Olga Wren",)) == set()
    wanted = Wanted("Uhu", (f"{moons_id}/00001#01",), (), {"kind": "character", "aliases": ("Owl",)})
    add_to_library(library, wanted, files=False)
    work_out(library, "Uhu")
    assert found(library, characters=("Uhu",)) == {"Moons"}
