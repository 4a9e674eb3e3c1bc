import pytest

from models.drawing.scene import Emotion, Pose, Shot, TimeOfDay, Weather
from models.drawing.shorthand import page, panel
from schemas.labels import PageType, TextKind


def test_a_panel_is_read_word_by_word():
    made = panel(
        "forest",
        "wide dusk rain from above",
        "@Captain_Marrow arms crossed happy .3 > d.2 +old_map",
        "> Once upon a time.",
        "Captain Marrow (whisper): Wait: here?",
        "* CRACK",
        "# KEEP OUT",
        props="street lamp .8 d.5 x1.4, boat",
        effects="speed lines, sparkles",
    )
    scene, (actor,) = made.scene, made.scene.actors
    assert (scene.shot, scene.time, scene.weather) == (Shot.WIDE, TimeOfDay.DUSK, Weather.RAIN)
    assert scene.viewpoint == "from above"
    assert (actor.character, actor.pose, actor.emotion) == (
        "Captain Marrow",
        Pose.ARMS_CROSSED,
        Emotion.HAPPY,
    )
    assert (actor.x, actor.depth, actor.facing, actor.holding) == (0.3, 0.2, 1, "old map")
    assert [line.kind for line in made.lines] == [
        TextKind.CAPTION,
        TextKind.DIALOGUE,
        TextKind.SOUND_EFFECT,
        TextKind.SIGN,
    ]
    assert (made.lines[1].speaker, made.lines[1].mood, made.lines[1].text) == (
        "Captain Marrow",
        "whisper",
        "Wait: here?",
    )
    assert (scene.props[0].kind, scene.props[0].x, scene.props[0].depth, scene.props[0].size) == (
        "street lamp",
        0.8,
        0.5,
        1.4,
    )
    assert scene.effects == ("speed lines", "sparkles")


def test_a_heading_makes_a_first_page():
    assert page("splash", panel("forest"), heading="One").page_type is PageType.FIRST_PAGE
    assert page("splash", panel("forest")).page_type is PageType.STORY


@pytest.mark.parametrize(
    ("setting", "part", "message"),
    [
        ("sideways", "> x", "sideways"),
        ("", "@Moss floating", "floating"),
        ("", "no speaker here", "Name: words"),
        ("", "Moss (sung): La.", "Name: words"),
    ],
)
def test_what_cannot_be_read_is_named(setting, part, message):
    with pytest.raises(ValueError, match=message):
        panel("forest", setting, part)
