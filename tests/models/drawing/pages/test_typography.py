import pytest

pytest.importorskip("skia")

from models.drawing.typography import (
    OVAL_POWER,
    font,
    font_for,
    optical_size,
    oval_blocks,
    oval_radii,
    text_width,
    typeface,
    wrap_box,
    wrap_left,
)

SPEECH = "Do you hear that? Something is humming under the floor of the old lighthouse!"


def test_every_shipped_font_loads_and_has_a_licence():
    from models.drawing import typography

    folder = typography._FOLDER
    licence = (folder / "OFL.txt").read_text(encoding="utf-8")
    fonts = sorted(folder.glob("*.ttf"))
    assert len(fonts) >= 5
    for file in fonts:
        assert typeface(file.stem).countGlyphs() > 10
        assert file.name in licence
    assert sum(file.stat().st_size for file in folder.iterdir()) < 500_000


def test_unknown_font_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'papyrus'.*bangers"):
        typeface("papyrus")


@pytest.mark.parametrize(
    "wrap", [lambda w: wrap_box(SPEECH, "dialogue", 20, w), lambda w: wrap_left(SPEECH, "prose", 20, w)]
)
@pytest.mark.parametrize("width", [120, 200, 400])
def test_wrapped_lines_keep_all_words_and_the_width(wrap, width):
    block = wrap(width)
    assert " ".join(block.lines) == SPEECH
    assert max(block.widths) <= width


def test_a_word_wider_than_the_box_stands_alone():
    block = wrap_box("a Donaudampfschifffahrt b", "dialogue", 20, 60)
    assert "Donaudampfschifffahrt" in block.lines


def test_balloon_lines_are_longest_in_the_middle():
    block = next(b for b in oval_blocks(SPEECH, "dialogue", 20, aspect=1.5) if len(b.lines) == 5)
    assert block.widths[2] > block.widths[0]
    assert block.widths[2] > block.widths[4]
    assert " ".join(block.lines) == SPEECH


def test_wanted_aspect_decides_between_wide_and_tall_balloons():
    def aspect(wanted: float) -> float:
        half_width, half_height = oval_radii(oval_blocks(SPEECH, "dialogue", 20, aspect=wanted)[0], 10)
        return half_width / half_height

    assert aspect(0.8) < aspect(2.5)


def test_words_stay_inside_the_oval():
    for block in oval_blocks(SPEECH, "dialogue", 20, aspect=1.5):
        half_width, half_height = oval_radii(block, 8)
        pitch, count = block.height / len(block.lines), len(block.lines)
        for k, width in enumerate(block.widths):
            far = max(abs(k - count / 2), abs(k + 1 - count / 2)) * pitch
            assert (width / 2 / half_width) ** OVAL_POWER + (far / half_height) ** OVAL_POWER <= 1.0


def test_width_grows_with_size():
    assert text_width("wide", "dialogue", 40) == pytest.approx(
        2 * text_width("wide", "dialogue", 20), rel=0.01
    )


@pytest.mark.parametrize(
    ("text", "name"), [("BOOM", "sfx"), ("ドーン", "dela-gothic-one-kana"), ("쾅", "black-han-sans-effects")]
)
def test_each_script_gets_a_font_that_has_its_letters(text, name):
    chosen = font_for(text, "sfx")
    assert chosen == name
    assert all(typeface(chosen).unicharToGlyph(ord(letter)) != 0 for letter in text)


@pytest.mark.parametrize("name", ["patrick-hand", "balsamiq-sans-bold", "kalam"])
def test_fonts_are_set_so_that_small_letters_look_equally_large(name):
    usual = font("dialogue", 24).getMetrics().fXHeight
    assert font(name, optical_size(name, 24)).getMetrics().fXHeight == pytest.approx(usual, rel=0.02)
