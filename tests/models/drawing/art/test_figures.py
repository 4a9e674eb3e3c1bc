from dataclasses import replace

import numpy as np
import pytest

from models.drawing.art import BUILDS, EXTRAS, HAIR, OUTFITS, SPECIES
from models.drawing.art.figure.skeleton import skeleton
from models.drawing.scene import Actor, Design, Emotion, Pose, Scene, Shot
from schemas.errors import ConfigError
from tests.models.drawing.art.pictures import changed, painted

_PLAIN = Design("Tom", hair="bald", outfit="suit", outfit_colour="#b04a3a")


def _portrait(design: Design, shot: Shot = Shot.CLOSE_UP, facing: int = 0) -> np.ndarray:
    scene = Scene("plain", shot, actors=(Actor("Tom", facing=facing),))
    return painted(scene, cast={"Tom": design})[0]


@pytest.mark.parametrize("facing", [0, 1])
@pytest.mark.parametrize("hair", [hair for hair in HAIR if hair != "bald"])
def test_each_hair_is_drawn(hair: str, facing: int) -> None:
    assert (
        changed(_portrait(_PLAIN, facing=facing), _portrait(replace(_PLAIN, hair=hair), facing=facing)) > 0.02
    )


@pytest.mark.parametrize("outfit", [outfit for outfit in OUTFITS if outfit != "suit"])
def test_each_outfit_is_drawn(outfit: str) -> None:
    assert (
        changed(_portrait(_PLAIN, Shot.MEDIUM), _portrait(replace(_PLAIN, outfit=outfit), Shot.MEDIUM)) > 0.01
    )


@pytest.mark.parametrize("extra", EXTRAS)
def test_each_extra_is_drawn(extra: str) -> None:
    dressed = replace(_PLAIN, extras=(extra,), hair_colour="#c8502f", accent_colour="#2f9a5a")
    bare = replace(dressed, extras=())
    views = [(shot, facing) for shot in (Shot.MEDIUM, Shot.CLOSE_UP) for facing in (0, 1)]
    seen = [changed(_portrait(bare, *view), _portrait(dressed, *view)) for view in views]
    assert max(seen) > 0.0003


def test_no_two_species_look_alike() -> None:
    faces = {name: _portrait(replace(_PLAIN, species=name)) for name in SPECIES}
    names = sorted(faces)
    for i, name in enumerate(names):
        for other in names[i + 1 :]:
            assert changed(faces[name], faces[other]) > 0.03, (name, other)


@pytest.mark.parametrize("species", SPECIES)
def test_each_emotion_changes_the_face(species: str) -> None:
    cast = {"Tom": replace(_PLAIN, species=species)}
    faces = []
    for emotion in Emotion:
        scene = Scene("plain", Shot.CLOSE_UP, actors=(Actor("Tom", emotion=emotion),))
        faces.append(painted(scene, cast=cast)[0])
    for i, face in enumerate(faces):
        for other in faces[i + 1 :]:
            assert changed(face, other) > 0.0015


def test_poses_have_different_silhouettes() -> None:
    pictures = [
        painted(Scene("plain", Shot.WIDE, actors=(Actor("Tom", pose, facing=1),)))[0] for pose in Pose
    ]
    for i, picture in enumerate(pictures):
        for other in pictures[i + 1 :]:
            assert changed(picture, other) > 0.001


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("pose", Pose)
def test_nobody_sinks_into_the_ground(build: str, pose: Pose) -> None:
    bones = skeleton(BUILDS[build], pose, 1)
    lowest = max(p[1] for p in (*bones.near_leg, *bones.far_leg, bones.hip, bones.head))
    assert lowest <= 0.0
    if bones.pose.lift == 0:
        assert lowest > -0.16


def test_children_have_larger_heads_for_their_height() -> None:
    child, adult = (skeleton(BUILDS[name], Pose.STANDING, 0) for name in ("child", "tall"))
    assert child.height < adult.height
    assert child.build.head / child.height > 1.5 * adult.build.head / adult.height


@pytest.mark.parametrize(
    ("change", "known"),
    [
        ({"species": "unicorn"}, "dragon"),
        ({"build": "huge"}, "stout"),
        ({"hair": "mullet"}, "ponytail"),
        ({"outfit": "toga"}, "kimono"),
        ({"extras": ("monocle",)}, "glasses"),
    ],
)
def test_unknown_design_words_are_refused_with_the_known_ones(change: dict[str, object], known: str) -> None:
    with pytest.raises(ConfigError, match="Tom") as caught:
        _portrait(replace(_PLAIN, **change))
    assert known in str(caught.value)
