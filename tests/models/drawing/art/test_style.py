from dataclasses import fields

import pytest

from models.drawing.style import STYLES, ColourMode, style_named
from schemas.errors import ConfigError


def test_styles_are_found_by_their_names() -> None:
    assert all(style_named(name).name == name for name in STYLES)
    assert {"western", "album", "manga", "webtoon"} <= set(STYLES)


def test_colours_of_a_style_are_hexadecimal() -> None:
    for style in STYLES.values():
        for field in fields(style):
            value = getattr(style, field.name)
            if isinstance(value, str) and value.startswith("#"):
                assert len(value) == 7
                int(value[1:], 16)


def test_manga_is_drawn_with_screentones() -> None:
    assert style_named("manga").mode is ColourMode.TONES


def test_an_unknown_style_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="western"):
        style_named("cubism")
