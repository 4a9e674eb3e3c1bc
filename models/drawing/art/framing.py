"""From a shot to pixels: how large figures are, where they stand, where the horizon lies."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.drawing.art.figure.skeleton import BUILDS, Skeleton, skeleton
from models.drawing.art.geometry import Point, Rect
from models.drawing.art.stage import DEPTH_SPAN, shrink
from models.drawing.scene import Actor, Design, Scene, Shot

_EYE = 0.88  # height of an adult's eyes
_FLOOR = 0.94  # where the front row stands in a wide shot, as a share of the frame's height
_HORIZON = {Shot.WIDE: 0.45, Shot.NO_CHARACTER: 0.5, Shot.MEDIUM: 0.42, Shot.CLOSE_UP: 0.46, Shot.DETAIL: 0.5}
# Pixels of a unit in the background over the frame's height: a longer lens than life, so that a place can
# still be told in a close-up.
_LENS = {Shot.WIDE: 0.57, Shot.NO_CHARACTER: 0.56, Shot.MEDIUM: 0.72, Shot.CLOSE_UP: 0.86, Shot.DETAIL: 1.0}
_MEDIUM_SPAN, _CLOSE_SPAN = (
    0.70,
    0.98,
)  # share of the frame's height from crown to hip, and of the head and chest
_HEAD_ROOM = {Shot.MEDIUM: 0.26, Shot.CLOSE_UP: 0.2}
_ARM_ROOM = 1.1  # how much of the room of a near shot an outstretched arm claims
_FLOOR_USED = 0.9  # nobody stands nearer to a wall or an edge than this share of its distance
_ABOVE, _BELOW = (0.1, 1.85), (0.84, 0.24)  # horizon and eye height from above and from below


@dataclass(frozen=True, slots=True)
class Camera:
    """How the background is seen."""

    horizon: float
    unit: float
    eye: float


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one figure stands: its foot, its scale in pixels a unit, its distance."""

    bones: Skeleton
    foot: Point
    scale: float
    flip: bool
    z: float

    def at(self, point: Point) -> Point:
        """Return a point of the figure in canvas pixels."""
        side = -1 if self.flip else 1
        return self.foot[0] + side * point[0] * self.scale, self.foot[1] + point[1] * self.scale


def camera_of(scene: Scene, frame: Rect) -> Camera:
    """Return how the background of a scene is seen."""
    unit = _LENS[scene.shot] * frame.height
    if scene.viewpoint == "from above":
        share, eye = _ABOVE
    elif scene.viewpoint == "from below":
        share, eye = _BELOW
    else:
        share, eye = _HORIZON[scene.shot], _EYE
    return Camera(frame.y0 + share * frame.height, unit, eye)


def reach_of(floor: float) -> float:
    """Return how much farther than the front row a depth of 1 is, on ground that ends at a distance."""
    return min(DEPTH_SPAN, floor * _FLOOR_USED - 1)


def stand(scene: Scene, frame: Rect, designs: Sequence[Design], *, floor: float) -> tuple[Standing, ...]:
    """Place the figures of a scene, in the order of its actors, on ground that ends at a distance."""
    bones = [
        skeleton(BUILDS[design.build], actor.pose, actor.facing)
        for actor, design in zip(scene.actors, designs, strict=True)
    ]
    if scene.shot in (Shot.MEDIUM, Shot.CLOSE_UP):
        return tuple(_stand_near(scene, frame, bones))
    return tuple(
        _stand_wide(scene, frame, actor, own, reach_of(floor))
        for actor, own in zip(scene.actors, bones, strict=True)
    )


def _stand_wide(scene: Scene, frame: Rect, actor: Actor, bones: Skeleton, reach: float) -> Standing:
    camera = camera_of(scene, frame)
    z = 1 + reach * actor.depth
    # the front row stands inside the frame, whatever the lens
    near = min(camera.horizon + camera.eye * camera.unit, frame.y0 + _FLOOR * frame.height)
    y = camera.horizon + (near - camera.horizon) / shrink(z)
    scale = _LENS[Shot.WIDE] * frame.height / shrink(z)
    return Standing(bones, (frame.x0 + actor.x * frame.width, y), scale, actor.facing < 0, z)


def _focus(bones: Skeleton, shot: Shot) -> tuple[float, float]:
    """Return the top and the height of what a near shot must show, in units, upwards negative."""
    build = bones.build
    half = build.head / 2
    top = bones.head[1] - half
    if shot is Shot.CLOSE_UP:
        return top, build.head * 1.75
    low = max(bones.hip[1], bones.head[1] + half)
    if abs(bones.pose.roll) > 30 or bones.pose.lift > 0.2:
        points = [*bones.near_leg, *bones.far_leg, *bones.near_arm, *bones.far_arm, bones.hip]
        top = min(top, *(p[1] for p in points))
        low = max(low, *(p[1] for p in points))
    return top, low - top


def _stand_near(scene: Scene, frame: Rect, bones: Sequence[Skeleton]) -> list[Standing]:
    if not bones:
        return []
    shot = scene.shot
    span = _MEDIUM_SPAN if shot is Shot.MEDIUM else _CLOSE_SPAN - _HEAD_ROOM[shot]
    tallest = max(_focus(own, shot)[1] for own in bones)
    scale = span * frame.height / tallest
    room = frame.width / max(len(bones), 1)
    widest = max(_width(own, shot) for own in bones)
    scale = min(scale, room * (1.12 if len(bones) > 1 else 0.94) / widest)
    top = frame.y0 + _HEAD_ROOM[shot] * frame.height
    highest = min(_focus(own, shot)[0] for own in bones)
    standings = []
    for actor, own in zip(scene.actors, bones, strict=True):
        z = 1 + actor.depth * 0.9
        own_top, _ = _focus(own, shot)
        # small figures are lifted half of what they lack, as if the camera bent down to them
        lack = (own_top - highest) * scale
        y = top + lack * 0.5 - own_top * scale / z
        x = frame.x0 + (actor.x * 0.86 + 0.07) * frame.width
        shift = own.head[0] if shot is Shot.CLOSE_UP else (own.head[0] + own.hip[0]) / 2
        side = -1 if actor.facing < 0 else 1
        standings.append(Standing(own, (x - side * shift * scale / z, y), scale / z, actor.facing < 0, z))
    return standings


def _width(bones: Skeleton, shot: Shot) -> float:
    build = bones.build
    if shot is Shot.CLOSE_UP:
        return build.head * 1.15
    if abs(bones.pose.roll) > 30:
        xs = [bones.head[0], bones.hip[0], bones.near_leg[2][0], bones.far_leg[2][0], bones.far_arm[2][0]]
        return max(xs) - min(xs) + build.head
    reach = max(bones.far_arm[2][0], bones.near_arm[2][0], 0.0) * _ARM_ROOM
    return max(build.shoulder * 2.9, build.head * 1.3, build.shoulder * 1.2 + reach)
