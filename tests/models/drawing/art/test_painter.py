from dataclasses import replace

import numpy as np
import pytest

from models.drawing.art import EFFECTS, PLACES, PROPS, Rect
from models.drawing.scene import Actor, Emotion, Pose, Prop, Scene, Shot, TimeOfDay, Weather
from models.drawing.style import STYLES
from schemas.errors import ConfigError
from tests.models.drawing.art.pictures import SIZE, changed, painted

_MEETING = Scene(
    "village",
    Shot.MEDIUM,
    TimeOfDay.DUSK,
    Weather.RAIN,
    actors=(
        Actor("Mina", Pose.POINTING, Emotion.HAPPY, x=0.3, facing=1),
        Actor("Rook", Pose.STANDING, Emotion.SURPRISED, x=0.7, facing=-1, holding="lantern"),
    ),
    props=(Prop("crate", x=0.5, depth=0.3),),
    effects=("sparkles",),
)


@pytest.mark.parametrize("style", STYLES)
def test_same_scene_and_seed_give_the_same_pixels(style: str) -> None:
    first, told = painted(_MEETING, style=style)
    second, told_again = painted(_MEETING, style=style)
    assert np.array_equal(first, second)
    assert told == told_again


def test_another_seed_moves_what_the_scene_leaves_open() -> None:
    assert changed(painted(_MEETING, seed=1)[0], painted(_MEETING, seed=2)[0]) > 0.02


def test_no_two_places_look_alike() -> None:
    pictures = {name: painted(Scene(name, Shot.NO_CHARACTER))[0] for name in PLACES}
    names = sorted(pictures)
    for i, name in enumerate(names):
        for other in names[i + 1 :]:
            assert changed(pictures[name], pictures[other]) > 0.15, (name, other)


@pytest.mark.parametrize("place", [name for name in PLACES if name not in ("plain", "underwater", "cave")])
def test_night_is_darker_than_day(place: str) -> None:
    day, _ = painted(Scene(place, Shot.NO_CHARACTER, TimeOfDay.DAY))
    night, _ = painted(Scene(place, Shot.NO_CHARACTER, TimeOfDay.NIGHT))
    assert night.mean() < day.mean() - 12


@pytest.mark.parametrize("weather", [w for w in Weather if w is not Weather.CLEAR])
def test_weather_is_seen_outdoors(weather: Weather) -> None:
    clear, _ = painted(Scene("village", Shot.WIDE))
    assert changed(clear, painted(Scene("village", Shot.WIDE, weather=weather))[0]) > 0.04


def test_no_rain_falls_in_a_kitchen() -> None:
    dry = Scene("plain", Shot.WIDE)
    assert changed(painted(dry)[0], painted(replace(dry, weather=Weather.SNOW))[0]) < 0.01


@pytest.mark.parametrize("kind", PROPS)
def test_each_prop_is_drawn(kind: str) -> None:
    empty = Scene("plain", Shot.WIDE)
    with_prop = replace(empty, props=(Prop(kind, x=0.5, depth=0.0, size=2.0),))
    assert changed(painted(empty)[0], painted(with_prop)[0]) > 0.004


@pytest.mark.parametrize("kind", [kind for kind, prop in PROPS.items() if prop.grip])
def test_a_held_prop_is_seen_in_the_hand(kind: str) -> None:
    empty_handed = Scene("plain", Shot.MEDIUM, actors=(Actor("Tom", Pose.HOLDING, facing=1),))
    holding = replace(empty_handed, actors=(Actor("Tom", Pose.HOLDING, facing=1, holding=kind),))
    assert changed(painted(empty_handed)[0], painted(holding)[0]) > 0.002


@pytest.mark.parametrize("effect", EFFECTS)
def test_each_effect_is_drawn(effect: str) -> None:
    scene = Scene("forest", Shot.MEDIUM, actors=(Actor("Tom"),))
    assert changed(painted(scene)[0], painted(replace(scene, effects=(effect,)))[0]) > 0.004


@pytest.mark.parametrize("shot", [Shot.CLOSE_UP, Shot.MEDIUM, Shot.WIDE])
@pytest.mark.parametrize("size", [(120, 120), (90, 200), (240, 90)])
@pytest.mark.parametrize("actor", ["Mina", "Ada", "Rook"])
def test_a_lone_head_lies_in_the_frame(shot: Shot, size: tuple[int, int], actor: str) -> None:
    _, told = painted(Scene("forest", shot, actors=(Actor(actor),)), size=size)
    head, (width, height) = told.figures[0].head, size
    x, y = head.center
    assert 0 < x < width
    assert 0 < y < height
    assert head.y0 > -0.35 * height


def test_nearer_shots_draw_larger_heads() -> None:
    heights = []
    for shot in (Shot.WIDE, Shot.MEDIUM, Shot.CLOSE_UP):
        _, told = painted(Scene("forest", shot, actors=(Actor("Ada"),)))
        heights.append(told.figures[0].head.height)
    assert heights[0] * 1.6 < heights[1] < heights[2] / 1.2


def test_far_figures_are_smaller_and_stand_higher() -> None:
    scene = Scene("meadow", Shot.WIDE, actors=(Actor("Ada", depth=0.0), Actor("Ada", depth=1.0)))
    near, far = painted(scene)[1].figures
    assert far.body.height < near.body.height / 2
    assert far.body.y1 < near.body.y1


@pytest.mark.parametrize("pose", Pose)
@pytest.mark.parametrize("facing", [-1, 0, 1])
def test_the_mouth_lies_on_the_head(pose: Pose, facing: int) -> None:
    _, told = painted(Scene("plain", Shot.WIDE, actors=(Actor("Tom", pose, facing=facing),)))
    figure = told.figures[0]
    x, y = figure.mouth
    grown = Rect.around(figure.head.center, figure.head.width * 1.5, figure.head.height * 1.5)
    assert grown.x0 <= x <= grown.x1
    assert grown.y0 <= y <= grown.y1


@pytest.mark.parametrize("place", ["kitchen", "harbour", "rooftop", "bridge"])
@pytest.mark.parametrize("viewpoint", ["eye level", "from above", "from below"])
def test_nobody_stands_beyond_the_wall_or_the_quay(place: str, viewpoint: str) -> None:
    at_the_back = Scene(place, Shot.WIDE, actors=(Actor("Ada", depth=1.0),), viewpoint=viewpoint)
    in_the_open = replace(at_the_back, place="meadow")
    bounded, free = (painted(scene)[1].figures[0].body for scene in (at_the_back, in_the_open))
    assert bounded.height > 1.2 * free.height
    assert bounded.y1 > free.y1


def test_a_boat_may_lie_on_the_water_beyond_the_quay() -> None:
    near, far = (
        painted(Scene("harbour", Shot.WIDE, props=(Prop("boat", depth=depth),)))[0] for depth in (0.4, 1.0)
    )
    empty = painted(Scene("harbour", Shot.WIDE))[0]
    assert changed(empty, far) < 0.6 * changed(empty, near)


def test_an_actor_who_turns_looks_the_other_way() -> None:
    left = painted(Scene("plain", Shot.CLOSE_UP, actors=(Actor("Tom", facing=-1),)))[1].figures[0]
    right = painted(Scene("plain", Shot.CLOSE_UP, actors=(Actor("Tom", facing=1),)))[1].figures[0]
    assert left.mouth[0] < left.head.center[0] < right.mouth[0]


def test_quiet_areas_keep_off_heads() -> None:
    _, told = painted(_MEETING)
    assert told.quiet
    for area in told.quiet:
        assert all(not area.intersects(figure.head) for figure in told.figures) or area.height < 0.15 * SIZE


def test_tone_books_have_no_colour() -> None:
    for place in ("forest", "city street", "spaceship"):
        scene = replace(_MEETING, place=place, weather=Weather.STORM)
        picture = painted(scene, style="manga")[0].astype(int)
        assert np.ptp(picture, axis=2).max() <= 2


def test_screentones_stay_on_the_grid_of_the_page() -> None:
    pitch = STYLES["manga"].dot_pitch_px
    wall = painted(Scene("doorstep", Shot.NO_CHARACTER), style="manga", size=(160, 160))[0]
    strip = wall[4 : 4 + 2 * pitch, :pitch]
    assert np.array_equal(strip[:pitch], strip[pitch:])


def test_viewpoint_moves_the_horizon() -> None:
    level = painted(Scene("desert", Shot.NO_CHARACTER))[0]
    for viewpoint in ("from above", "from below"):
        assert changed(level, painted(Scene("desert", Shot.NO_CHARACTER, viewpoint=viewpoint))[0]) > 0.1


def test_a_detail_shows_the_thing_held_and_no_face() -> None:
    scene = Scene("forest", Shot.DETAIL, actors=(Actor("Tom", holding="key"),))
    picture, told = painted(scene)
    assert told.figures == ()
    assert changed(picture, painted(replace(scene, actors=(Actor("Tom", holding="cup"),)))[0]) > 0.05


@pytest.mark.parametrize(
    ("scene", "name", "known"),
    [
        (Scene("moon base"), "moon base", "forest"),
        (Scene("forest", props=(Prop("sofa bed"),)), "sofa bed", "lantern"),
        (Scene("forest", effects=("lens flare",)), "lens flare", "speed lines"),
        (Scene("forest", actors=(Actor("Nobody"),)), "Nobody", "Mina"),
        (Scene("forest", actors=(Actor("Tom", holding="anvil"),)), "anvil", "sword"),
    ],
)
def test_unknown_names_are_refused_with_the_known_ones(scene: Scene, name: str, known: str) -> None:
    with pytest.raises(ConfigError) as caught:
        painted(scene)
    assert name in str(caught.value)
    assert known in str(caught.value)
