import numpy as np
import pytest

pytest.importorskip("skia")

from models.drawing.art.geometry import Rect
from models.drawing.frames import shared_area
from models.drawing.lettering import LetteringError
from models.drawing.pages import compose_page, draw_page
from models.drawing.scene import PageScript
from models.drawing.shorthand import matter, page, panel
from models.drawing.style import STYLES
from schemas.labels import PageLabel, PageType, ReadingDirection, TextKind
from tests.models.drawing.pages.scripts import quiet, script, talk


def inside(box, outer, slack=0) -> bool:
    return (
        box[0] >= outer[0] - slack
        and box[1] >= outer[1] - slack
        and box[2] <= outer[2] + slack
        and box[3] <= outer[3] + slack
    )


@pytest.fixture(scope="module")
def drawn():
    return compose_page(
        script(page("grid-4", talk(), quiet(), talk("kitchen"), quiet("cave")), width=1000), 0, seed=3
    )


def test_border_lines_are_where_the_label_says(drawn):
    picture = drawn.picture.astype(int)
    ink = np.array([int(STYLES["western"].border_colour[i : i + 2], 16) for i in (1, 3, 5)])
    paper = np.array([int(STYLES["western"].gutter_colour[i : i + 2], 16) for i in (1, 3, 5)])
    for panel_label in drawn.label.panels:
        x0, y0, x1, y1 = panel_label.box
        rows = slice(y0 + 150, y1 - 10)  # clear of captions and overhanging balloons
        on_line, off_line = picture[rows, x0 + 1], picture[rows, x0 - 3]
        assert np.median(np.abs(on_line - ink).max(axis=1)) < 40
        assert np.median(np.abs(off_line - paper).max(axis=1)) < 12
        on_line, off_line = picture[rows, x1 - 2], picture[rows, x1 + 2]
        assert np.median(np.abs(on_line - ink).max(axis=1)) < 40
        assert np.median(np.abs(off_line - paper).max(axis=1)) < 12


def test_polygon_and_box_agree(drawn):
    for panel_label in drawn.label.panels:
        xs, ys = zip(*panel_label.polygon, strict=True)
        assert (min(xs), min(ys), max(xs), max(ys)) == pytest.approx(panel_label.box, abs=1)


def test_texts_lie_on_the_page_and_say_what_the_script_says(drawn):
    width, height = drawn.label.size
    first = drawn.label.panels[0]
    assert [(t.kind, t.speaker, t.text) for t in first.texts] == [
        (TextKind.CAPTION, None, "That evening."),
        (TextKind.DIALOGUE, "Moss", "Who is there?"),
        (TextKind.DIALOGUE, "Ember", "Only me!"),
    ]
    for text in (t for p in drawn.label.panels for t in p.texts):
        assert inside(text.box, (0, 0, width, height))
        x0, y0, x1, y1 = text.box
        patch = drawn.picture[y0:y1, x0:x1]
        assert patch.min() < 60  # letters
        assert patch.max() > 200  # on paper


def test_balloons_avoid_heads(drawn):
    assert drawn.heads
    for text in (t for p in drawn.label.panels for t in p.texts):
        for head in drawn.heads:
            assert shared_area(Rect(*text.box), head) <= 0.02 * head.width * head.height


def test_labels_carry_scene_and_words(drawn):
    first = drawn.label.panels[0]
    assert (first.place, first.time, first.weather, first.shot) == ("forest", "day", "clear", "wide")
    assert first.characters == ("Moss", "Ember")
    assert "forest" in first.caption
    assert PageLabel.from_json(drawn.label.to_json()) == drawn.label


def test_same_seed_same_pixels_and_another_seed_others():
    book = script(page("two-tiers", talk(), quiet()))
    first, label = draw_page(book, 0, seed=1)
    again, same_label = draw_page(book, 0, seed=1)
    other, _ = draw_page(book, 0, seed=2)
    assert (first == again).all()
    assert label == same_label
    assert (first != other).any()


def test_rtl_page_is_read_from_the_right():
    book = script(
        page("grid-4", quiet(), quiet(), quiet(), quiet()), direction=ReadingDirection.RTL, style="manga"
    )
    picture, label = draw_page(book, 0, seed=1)
    boxes = [p.box for p in label.panels]
    assert boxes[0][0] > boxes[1][2]
    assert boxes[1][3] <= boxes[2][1]
    assert (picture[..., 0] == picture[..., 1]).all()
    assert (picture[..., 1] == picture[..., 2]).all()


def test_rtl_captions_open_at_the_right():
    book = script(page("splash", talk()), direction=ReadingDirection.RTL, style="manga", width=800)
    _, label = draw_page(book, 0, seed=1)
    caption = label.panels[0].texts[0].box
    assert caption[0] > label.size[0] / 2


def test_strip_page_takes_its_height_from_the_layout():
    book = script(page("strip-3", talk(), quiet(), quiet()), direction=ReadingDirection.TTB, style="webtoon")
    picture, label = draw_page(book, 0, seed=1)
    assert picture.shape == (1450, 500, 3)
    tops = [p.box[1] for p in label.panels]
    assert tops == sorted(tops)


def test_insets_come_after_their_parent_and_hide_none_of_its_words():
    book = script(page("inset-1", talk(), quiet()), width=900)
    _, label = draw_page(book, 0, seed=1)
    parent, inset = label.panels
    assert inside(inset.box, parent.box)
    assert all(shared_area(Rect(*t.box), Rect(*inset.box)) == 0 for t in parent.texts)


@pytest.mark.parametrize("frame", ["none", "jagged", "round", "bleed"])
def test_every_frame_style_keeps_box_and_pixels_together(frame):
    book = script(page("two-tiers", quiet(frame=frame), quiet()))
    picture, label = draw_page(book, 0, seed=1)
    x0, y0, x1, y1 = label.panels[0].box
    paper = picture[y1 + 1 : label.panels[1].box[1] - 1, 60:-60]
    assert np.ptp(paper.reshape(-1, 3), axis=0).max() <= 2  # the gutter below is plain
    assert picture[y0:y1, x0:x1].std() > 5


def test_words_that_cannot_fit_are_an_error_that_names_the_page():
    endless = panel("forest", "medium", "@Moss standing .5", "Moss: " + "much too many words " * 30)
    book = script(page("grid-9", *[endless] * 9))
    with pytest.raises(LetteringError, match=r"page 1 of tiny.*too many words"):
        draw_page(book, 0, seed=1)


def test_random_books_may_leave_out_words_that_cannot_fit():
    endless = panel(
        "forest", "medium", "@Moss standing .5", "> Well.", "Moss: " + "much too many words " * 30
    )
    _, label = draw_page(script(page("splash", endless)), 0, seed=1, drop_crowded=True)
    assert [t.text for t in label.panels[0].texts] == ["Well."]


@pytest.mark.parametrize(("layout", "style"), [("nowhere", "western"), ("splash", "nobody")])
def test_unknown_names_are_named(layout, style):
    with pytest.raises(ValueError, match=r"nowhere|nobody"):
        draw_page(script(PageScript((quiet(),), layout), style=style), 0, seed=1)


@pytest.mark.parametrize(
    ("kind", "layout", "panels"),
    [
        (PageType.COVER, "bleed-1", 1),
        (PageType.BACK_COVER, "bleed-1", 1),
        (PageType.CREDITS, "credits-art", 1),
        (PageType.ADVERTISEMENT, "advert-art", 1),
        (PageType.ADVERTISEMENT, "advert-side", 1),
        (PageType.TEXT, "text", 0),
        (PageType.TEXTSTORY, "text-vignette", 1),
    ],
)
def test_pages_beside_the_story_print_their_words(kind, layout, panels):
    words = ("A short line of words.", "Another one, a little longer than the first.", "Only 2.99")
    book = script(matter(kind, layout, "A Heading", words, *[quiet()] * panels), width=700)
    picture, label = draw_page(book, 0, seed=1)
    blank, _ = draw_page(script(matter(kind, layout, "", (), *[quiet()] * panels), width=700), 0, seed=1)
    assert label.page_type is kind
    assert len(label.panels) == panels
    assert (picture != blank).any(axis=2).mean() > 0.01


def test_too_long_a_text_page_is_refused():
    with pytest.raises(LetteringError, match="Endless"):
        draw_page(script(matter(PageType.TEXT, "text", "Endless", ("word " * 5000,))), 0, seed=1)
