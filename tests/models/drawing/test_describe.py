import pytest

from models.drawing.art import PLACES
from models.drawing.describe import colour_name, describe_design, describe_scene
from models.drawing.scene import Actor, Design, Emotion, Pose, Prop, Scene, Shot, TimeOfDay, Weather
from schemas.errors import ConfigError

_CAST = {
    "Mina": Design(
        "Mina", build="child", noun="girl", hair_colour="#b5482f", outfit="coat", outfit_colour="#3f8f5f"
    ),
    "Rook": Design("Rook", species="cat", skin="#e8963a", outfit_colour="#3f6fb5"),
}


def test_a_design_is_named_by_its_looks() -> None:
    assert describe_design(_CAST["Mina"]) == "a red-haired girl in a green coat"
    assert describe_design(_CAST["Rook"]) == "an orange cat in a blue tunic"


@pytest.mark.parametrize("seed", range(12))
def test_every_wording_says_who_where_and_when(seed: int) -> None:
    scene = Scene(
        "harbour",
        Shot.WIDE,
        TimeOfDay.NIGHT,
        Weather.RAIN,
        actors=(Actor("Mina", Pose.POINTING, Emotion.HAPPY), Actor("Rook", holding="fish")),
        props=(Prop("lamp post"),),
        viewpoint="from above",
    )
    text = describe_scene(scene, _CAST, seed=seed).lower()
    for fact in ("red-haired girl", "green coat", "orange cat", "point", "harbour", "night", "rain"):
        assert fact in text
    for fact in ("a fish", "a lamp post", "from above"):
        assert fact in text


def test_wordings_vary_with_the_seed() -> None:
    scene = Scene("forest", actors=(Actor("Mina", Pose.RUNNING, Emotion.AFRAID),))
    assert len({describe_scene(scene, _CAST, seed=seed) for seed in range(30)}) > 5


@pytest.mark.parametrize("place", PLACES)
def test_an_empty_scene_says_its_place_and_that_nobody_is_there(place: str) -> None:
    text = describe_scene(Scene(place, Shot.NO_CHARACTER), _CAST)
    assert PLACES[place].words in text[0].lower() + text[1:]
    assert "without anybody" in text


def test_weather_that_no_wall_lets_in_is_not_told() -> None:
    scene = Scene("kitchen", Shot.NO_CHARACTER, weather=Weather.SNOW)
    assert "snow" not in describe_scene(scene, _CAST)


def test_a_detail_names_the_hand_and_the_thing_but_no_face() -> None:
    scene = Scene("forest", Shot.DETAIL, actors=(Actor("Mina", emotion=Emotion.HAPPY, holding="key"),))
    text = describe_scene(scene, _CAST).lower()
    assert "the hand of a red-haired girl" in text
    assert "a golden key" in text
    assert "happy" not in text


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#ff0000", "red"),
        ("#1a1a1a", "black"),
        ("#fafafa", "white"),
        ("#2244aa", "blue"),
        ("#e88fb0", "pink"),
    ],
)
def test_colours_have_everyday_names(colour: str, name: str) -> None:
    assert colour_name(colour) == name


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ConfigError, match="moon base"):
        describe_scene(Scene("moon base"), _CAST)
    with pytest.raises(ConfigError, match="Nobody"):
        describe_scene(Scene("forest", actors=(Actor("Nobody"),)), _CAST)
