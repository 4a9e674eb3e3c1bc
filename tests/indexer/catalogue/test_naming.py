"""Books that name no series: found by file, title or cover, less surely and with the reason."""

import shutil
import sqlite3
from pathlib import Path

import cv2
import numpy as np
import pytest

from indexer.catalogue.coverfile import COVERS_FILE, cover_picture, covered, covers_of, read_covers
from indexer.catalogue.covers import Covers, Look
from indexer.catalogue.importing import import_dump
from indexer.catalogue.matching import Match, match_all, match_books
from indexer.catalogue.naming import guesses, series_key
from indexer.catalogue.store import open_catalogue
from models.pictures import decode_picture
from schemas.config import PictureLimits
from schemas.errors import LibraryFormatError, NotFoundError
from search.library import open_library
from tests.indexer.catalogue.test_import import write_sqlite

BOOK = {
    "book_id": "b",
    "source": "/c/x.cbz",
    "title": "x",
    "series": None,
    "number": None,
    "year": None,
    "publisher": None,
}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Night", "Night, The"),
        ("Batman & Robin", "BATMAN and Robin"),
        ("Astérix", "Asterix"),
        ("Spider-Man: Blue", "Spider Man - Blue"),
        ("L'Incal", "LIncal"),
        ("Die Maus", "maus"),
    ],
)
def test_spellings_of_a_series_have_a_key_in_common(one: str, other: str) -> None:
    assert series_key(one) == series_key(other) != ""


def test_a_name_of_signs_or_of_an_article_keeps_a_key() -> None:
    assert series_key("The") == "the"
    assert series_key("!!!") == "!!!"
    assert series_key("漫画") == "漫画"
    assert series_key("A") != series_key("B")


@pytest.mark.parametrize(
    ("book", "wanted"),
    [
        ({"series": "Night", "number": "01"}, ("Night", "1", None)),
        ({"source": "/c/Night #001 (1988) A beginning.cbz"}, ("Night", "1", 1988)),
        ({"source": "/c/Night (1988).cbz"}, ("Night", None, 1988)),
        ({"title": "Night: The Lamp", "source": "/c/0001.cbz"}, ("Night", None, None)),
        ({"title": "Night 2", "year": 1990}, ("Night", "2", 1990)),
    ],
)
def test_files_and_titles_say_series_number_and_year(
    book: dict[str, object], wanted: tuple[object, ...]
) -> None:
    assert wanted in [(one.series, one.number, one.year) for one in guesses({**BOOK, **book})]


@pytest.fixture
def library(lamps_library: Path, tmp_path: Path) -> Path:
    """A library with a catalogue."""
    copy = tmp_path / "library"
    shutil.copytree(lamps_library, copy)
    import_dump(write_sqlite(tmp_path / "dump"), copy)
    return copy


def matched(library: Path, **book: object) -> Match:
    with open_catalogue(library) as catalogue:
        return match_all(catalogue, [{**BOOK, **book}], covers_of(library))[0]


def test_what_names_a_book_less_surely_counts_less(library: Path) -> None:
    found = [
        matched(library, series="Night", number="1", year=1988),
        matched(library, source="/c/Night #001 (1988).cbz"),
        matched(library, title="The Night 1", year=1988),
    ]
    assert [one.issue and one.issue.issue_id for one in found] == [70, 70, 70]
    assert [one.confidence for one in found] == [0.9, 0.8, 0.75]
    assert [one.reasons[0] for one in found] == [
        "the series is called so",
        "the file is named so",
        "the title is called so",
    ]
    assert not found[2].is_sure
    assert matched(library, series="Day", source="/c/Night #001.cbz").reasons[0] == "the file is named so"
    assert matched(library, title="Nightfall").issue is None


def test_a_book_without_any_name_is_found_by_its_cover(library: Path, tmp_path: Path) -> None:
    trains = next(one.book_id for one in match_books(library) if one.title == "Trains")
    with open_library(library) as opened:
        image = decode_picture(
            opened.thumbnail(f"{trains}/00001"), name="cover", limits=PictureLimits()
        ).image
    folder = tmp_path / "covers"
    folder.mkdir()
    height, width = image.shape[:2]
    cut = image[height // 20 : -height // 20, width // 20 : -width // 20]
    cv2.imwrite(str(folder / "80.png"), cv2.cvtColor(cut, cv2.COLOR_RGB2BGR))
    (folder / "99999999999999999999.png").write_bytes(b"no issue")
    assert read_covers(library, folder) == (1, ())
    (match,) = [one for one in match_books(library) if one.book_id == trains]
    assert match.issue is not None
    assert match.issue.issue_id == 80
    assert match.reasons == ("the year is 10 off", "the cover looks the same")
    assert match.confidence < 0.5
    assert not match.is_sure
    assert cover_picture(library, 80)[8:12] == b"WEBP"
    assert covered(library, [70, 80]) == {80}
    with pytest.raises(NotFoundError, match="longbox catalogue covers"):
        cover_picture(library, 70)


def test_covers_are_read_once_and_another_encoder_leaves_their_hashes(library: Path, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (8, 8, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "70.png"), cv2.resize(noise, (300, 400)))
    read_covers(library, tmp_path)
    known = covers_of(library).of_issues[70]
    assert known.vector is not None
    assert np.linalg.norm(known.vector) == pytest.approx(1, abs=0.01)
    connection = sqlite3.connect(library / COVERS_FILE, isolation_level=None)
    connection.execute("UPDATE covers SET encoder = 'of before'")
    assert read_covers(library, tmp_path) == (1, ())  # the file is as it was: nothing to read
    other = covers_of(library).of_issues[70]
    assert (other.phash, other.vector) == (known.phash, None)
    connection.execute("UPDATE covers SET stamp = 'of before'")
    connection.close()
    read_covers(library, tmp_path)
    assert np.array_equal(covers_of(library).of_issues[70].vector, known.vector)
    (library / COVERS_FILE).write_bytes(b"no file of covers at all" * 100)
    with pytest.raises(LibraryFormatError, match="read the covers anew"):
        covers_of(library)


def test_covers_alike_by_one_side_and_unlike_by_the_other_say_nothing() -> None:
    up, over = np.array([1, 0], np.float32), np.array([0, 1], np.float32)
    cut = np.array([0.9, 0.44], np.float32)
    assert Look(1, up).is_like(Look(2**40 - 1, cut)) is True  # cut or framed: the hash is another
    assert Look(1, up).is_like(Look(1, over)) is None
    assert Look(1, up).is_like(Look(2**40 - 1, over)) is False
    assert Look(1).is_like(Look(1, up)) is True
    assert Look(0).is_like(Look(0)) is None  # plain surfaces
    assert Look(0, up).is_like(Look(0, over)) is False
    issues = {number: Look(number, None) for number in (1, 2**30 - 1)}
    assert Covers(issues, {"a": Look(3)}).like(["a", "b"]) == {"a": (1,)}
