from collections import Counter

import pytest

pytest.importorskip("skia")

from models.drawing.art.geometry import Rect
from models.drawing.books import sample_books
from models.drawing.frames import shared_area
from models.drawing.layouts import LAYOUTS
from models.drawing.pages import compose_page
from models.drawing.random_script import random_script
from schemas.labels import PageType, ReadingDirection

BOOKS = sample_books()


def test_the_library_holds_four_kinds_of_books_of_enough_pages():
    assert len(BOOKS) >= 4
    assert sum(len(book.pages) for book in BOOKS) >= 64
    assert {book.direction for book in BOOKS} == set(ReadingDirection)
    assert {book.style for book in BOOKS} >= {"western", "manga", "webtoon", "album"}


def test_every_kind_of_page_occurs():
    kinds = {page.page_type for book in BOOKS for page in book.pages}
    wanted = {
        PageType.COVER,
        PageType.CREDITS,
        PageType.ADVERTISEMENT,
        PageType.TEXT,
        PageType.FIRST_PAGE,
        PageType.STORY,
        PageType.BACK_COVER,
    }
    assert kinds >= wanted


def test_classes_that_panel_detection_fails_on_occur():
    used = {page.layout for book in BOOKS for page in book.pages}
    for class_ in (
        "slant",
        "inset",
        "splash",
        "dark",
        "shared",
        "bleed",
        "strip",
        "koma",
        "tall",
        "pinwheel",
    ):
        assert any(name.startswith(class_) for name in used), class_
    frames = {panel.frame for book in BOOKS for page in book.pages for panel in page.panels}
    assert frames >= {"border", "none", "jagged", "bleed"}


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.slug)
def test_speakers_and_actors_belong_to_the_cast_and_recur(book):
    names = {design.name for design in book.cast}
    seen: Counter[str] = Counter()
    for page in book.pages:
        for panel in page.panels:
            actors = [actor.character for actor in panel.scene.actors]
            assert set(actors) <= names
            assert {line.speaker for line in panel.lines if line.speaker} <= names
            seen.update(set(actors))
    assert seen.keys() == names
    assert sum(count > 5 for count in seen.values()) >= 2


@pytest.mark.slow
@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.slug)
def test_all_words_of_the_library_fit_and_leave_heads_free(book):
    for number in range(len(book.pages)):
        drawn = compose_page(book, number, seed=1)
        width, height = drawn.label.size
        spoken = [text for panel in drawn.label.panels for text in panel.texts if text.speaker]
        assert sum(line.speaker is not None for p in book.pages[number].panels for line in p.lines) == len(
            spoken
        )
        for text in (t for panel in drawn.label.panels for t in panel.texts):
            assert 0 <= text.box[0] < text.box[2] <= width
            assert 0 <= text.box[1] < text.box[3] <= height
        for text in spoken:
            for head in drawn.heads:
                shared = shared_area(Rect(*text.box), head)
                assert shared <= 0.03 * head.width * head.height, f"p{number + 1}: {text.text}"


def test_random_books_are_repeatable_and_differ_by_seed():
    def make(seed: int):
        return random_script(seed, direction=ReadingDirection.LTR, style="western", pages=8)

    assert make(5) == make(5)
    assert make(5) != make(6)


def test_random_books_cover_all_layouts():
    used = {
        page.layout
        for seed in range(40)
        for direction in (ReadingDirection.LTR, ReadingDirection.TTB)
        for page in random_script(seed, direction=direction, style="western", pages=20).pages
    }
    assert used == set(LAYOUTS)


@pytest.mark.parametrize(
    ("direction", "style"),
    [(ReadingDirection.LTR, "album"), (ReadingDirection.RTL, "manga"), (ReadingDirection.TTB, "webtoon")],
)
def test_random_pages_draw_with_labels_in_reading_order(direction, style):
    book = random_script(11, direction=direction, style=style, pages=5)
    for number in range(5):
        drawn = compose_page(book, number, seed=1, drop_crowded=True)
        assert drawn.picture.shape[:2] == drawn.label.size[::-1]
        assert len(drawn.label.panels) == len(book.pages[number].panels)
