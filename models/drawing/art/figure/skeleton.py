"""Joints of a figure: where pose and build put them.

One unit is the height of a slim adult. The origin is the ground under the figure, x points where the figure
looks, y points down. Angles are degrees from straight down, positive towards x; a lean or roll is
clockwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import cos, radians, sin
from types import MappingProxyType

from models.drawing.art.geometry import Point, mix_points
from models.drawing.scene import Pose

Angles = tuple[float, float]
Limb = tuple[Point, Point, Point]


@dataclass(frozen=True, slots=True)
class Build:
    """Proportions, in units; ``head`` is a height, ``shoulder``, ``waist`` and ``hip`` are half widths."""

    head: float
    neck: float
    torso: float
    leg: float
    arm: float
    shoulder: float
    waist: float
    hip: float
    arm_radius: float
    leg_radius: float


BUILDS: Mapping[str, Build] = MappingProxyType(
    {
        "child": Build(0.262, 0.006, 0.19, 0.235, 0.2, 0.074, 0.068, 0.078, 0.024, 0.034),
        "slim": Build(0.232, 0.024, 0.295, 0.45, 0.3, 0.092, 0.07, 0.08, 0.025, 0.04),
        "stout": Build(0.25, 0.008, 0.31, 0.36, 0.29, 0.135, 0.15, 0.145, 0.034, 0.05),
        "tall": Build(0.228, 0.03, 0.335, 0.53, 0.35, 0.108, 0.078, 0.084, 0.026, 0.042),
    }
)


@dataclass(frozen=True, slots=True)
class PoseSpec:
    """A pose seen from the side (the figure turned three quarters); arms and legs are near and far."""

    near_arm: Angles = (-9.0, 6.0)
    far_arm: Angles = (14.0, 24.0)
    near_leg: Angles = (-5.0, -6.0)
    far_leg: Angles = (7.0, 4.0)
    lean: float = 0.0
    tilt: float = 0.0
    roll: float = 0.0
    lift: float = 0.0
    arm_over_head: bool = False
    seat: bool = False
    frontal: bool = True  # whether the pose has a front view


_SIDE: Mapping[Pose, PoseSpec] = MappingProxyType(
    {
        Pose.STANDING: PoseSpec(),
        Pose.WALKING: PoseSpec((-34, -14), (30, 52), (28, 14), (-20, -40), lean=4, frontal=False),
        Pose.RUNNING: PoseSpec((-62, 18), (48, 128), (66, -8), (-28, -96), lean=17, lift=0.05, frontal=False),
        Pose.SITTING: PoseSpec((18, 62), (34, 70), (84, 4), (74, -4), lean=-3, seat=True, frontal=False),
        Pose.POINTING: PoseSpec((-12, 16), (94, 92), lean=3),
        Pose.WAVING: PoseSpec((-9, 8), (122, 176), tilt=-4),
        Pose.ARMS_CROSSED: PoseSpec((4, 98), (22, 84), lean=-3),
        Pose.ARMS_RAISED: PoseSpec((-150, -170), (150, 168), lean=-3, tilt=-6),
        Pose.CROUCHING: PoseSpec((30, 62), (48, 84), (112, -34), (88, -42), lean=24, tilt=-10, frontal=False),
        Pose.LYING: PoseSpec((-6, 4), (36, 60), (-4, -2), (26, -24), roll=-86, frontal=False),
        Pose.JUMPING: PoseSpec((-138, -160), (128, 158), (44, -58), (-6, -84), lean=6, lift=0.26),
        Pose.HOLDING: PoseSpec((-8, 14), (22, 132)),
        Pose.READING: PoseSpec((14, 100), (28, 106), tilt=9),
        Pose.THINKING: PoseSpec((6, 84), (34, 152), tilt=4, arm_over_head=True),
        Pose.FALLING: PoseSpec(
            (-118, -150), (118, 140), (44, -10), (-30, -70), roll=118, lift=0.5, frontal=False
        ),
        Pose.FLYING: PoseSpec((-16, -10), (168, 176), (-6, -10), (8, -26), roll=66, lift=0.52, frontal=False),
    }
)
# Seen from the front both arms swing outwards; near is the right side of the picture.
_FRONT: Mapping[Pose, PoseSpec] = MappingProxyType(
    {
        Pose.STANDING: PoseSpec((17, 7), (17, 7), (5, 2), (5, 2)),
        Pose.POINTING: PoseSpec((94, 92), (17, 7), (6, 3), (6, 3), lean=-2),
        Pose.WAVING: PoseSpec((118, 172), (17, 7), (5, 2), (5, 2), tilt=3),
        Pose.ARMS_CROSSED: PoseSpec((20, -88), (20, -96), (7, 3), (7, 3)),
        Pose.ARMS_RAISED: PoseSpec((138, 164), (138, 164), (8, 4), (8, 4)),
        Pose.JUMPING: PoseSpec((132, 156), (132, 156), (40, -38), (24, -50), lift=0.26),
        Pose.HOLDING: PoseSpec((34, 138), (17, 7), (5, 2), (5, 2)),
        Pose.READING: PoseSpec((22, -62), (22, -62), (5, 2), (5, 2), tilt=2),
        Pose.THINKING: PoseSpec((30, -158), (20, -92), (5, 2), (5, 2), tilt=5, arm_over_head=True),
    }
)
_TURNED = 0.74  # a body turned three quarters is this much narrower
_FAR_HIP, _FAR_SHOULDER = 0.35, 0.62  # how far from the spine the limbs start, as shares of the half widths
_FRONT_HIP, _FRONT_SHOULDER = 0.52, 0.88
_THIGH, _UPPER_ARM = 0.52, 0.5  # shares of the whole limb


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Joints of one figure; ``near`` is drawn over the body, ``far`` behind it (from the side)."""

    build: Build
    pose: PoseSpec
    frontal: bool
    hip: Point
    neck: Point
    head: Point
    head_turn: float
    near_arm: Limb
    far_arm: Limb
    near_leg: Limb
    far_leg: Limb

    @property
    def width(self) -> float:
        """Factor on the half widths of the body."""
        return 1.0 if self.frontal else _TURNED

    def on_torso(self, across: float, along: float) -> Point:
        """Return a point of the torso: ``across`` in units, ``along`` 0 at the hip and 1 at the neck."""
        x, y = mix_points(self.hip, self.neck, along)
        dx, dy = self.neck[0] - self.hip[0], self.neck[1] - self.hip[1]
        length = (dx * dx + dy * dy) ** 0.5
        return x - dy / length * across, y + dx / length * across

    @property
    def torso_turn(self) -> float:
        """Lean of the torso with its roll, degrees clockwise."""
        return self.pose.lean + self.pose.roll

    @property
    def height(self) -> float:
        """Height of the top of the head above the ground."""
        return -(self.head[1] - self.build.head / 2)


def _direction(angle: float) -> Point:
    return sin(radians(angle)), cos(radians(angle))


def _step(start: Point, angle: float, length: float) -> Point:
    dx, dy = _direction(angle)
    return start[0] + dx * length, start[1] + dy * length


def _limb(root: Point, angles: Angles, length: float, upper: float, side: float, roll: float) -> Limb:
    bend = _step(root, side * angles[0] - roll, length * upper)
    return root, bend, _step(bend, side * angles[1] - roll, length * (1 - upper))


def pose_of(pose: Pose, facing: int) -> tuple[PoseSpec, bool]:
    """Return the angles of a pose and whether they are a front view."""
    side = _SIDE[pose]
    if facing == 0 and side.frontal:
        return _FRONT[pose], True
    return side, False


def skeleton(build: Build, pose: Pose, facing: int) -> Skeleton:
    """Put the joints of a figure where its pose wants them, standing on the ground."""
    spec, frontal = pose_of(pose, facing)
    joints = _joints(build, spec, frontal=frontal)
    return _grounded(joints)


def _joints(build: Build, spec: PoseSpec, *, frontal: bool) -> Skeleton:
    hip_share, shoulder_share = (_FRONT_HIP, _FRONT_SHOULDER) if frontal else (_FAR_HIP, _FAR_SHOULDER)
    turn = spec.lean + spec.roll
    hip = (0.0, 0.0)
    neck = _step(hip, 180 - turn, build.torso)
    bare = Skeleton(build, spec, frontal, hip, neck, neck, 0.0, *(((hip,) * 3,) * 4))
    shoulder, hip_half = build.shoulder * shoulder_share, build.hip * hip_share
    near = 1.0 if frontal else -1.0  # from the side the near shoulder is the one at the back of the picture
    roots = (
        bare.on_torso(near * shoulder, 0.9),
        bare.on_torso(-near * shoulder, 0.9),
        bare.on_torso(near * hip_half, 0.0),
        bare.on_torso(-near * hip_half, 0.0),
    )
    far = -1.0 if frontal else 1.0
    head = _step(neck, 180 - turn - spec.tilt * 0.4, build.neck + build.head * 0.47)
    return replace(
        bare,
        head=head,
        head_turn=turn + spec.tilt,
        near_arm=_limb(roots[0], spec.near_arm, build.arm, _UPPER_ARM, 1.0, spec.roll),
        far_arm=_limb(roots[1], spec.far_arm, build.arm, _UPPER_ARM, far, spec.roll),
        near_leg=_limb(roots[2], spec.near_leg, build.leg, _THIGH, 1.0, spec.roll),
        far_leg=_limb(roots[3], spec.far_leg, build.leg, _THIGH, far, spec.roll),
    )


def _grounded(joints: Skeleton) -> Skeleton:
    build = joints.build
    lowest = max(
        joints.near_leg[2][1] + build.leg_radius,
        joints.far_leg[2][1] + build.leg_radius,
        joints.near_leg[1][1] + build.leg_radius,
        joints.hip[1] + build.hip * 0.9,
        joints.head[1] + build.head * 0.45,
    )
    down = -lowest - joints.pose.lift

    def moved(point: Point) -> Point:
        return point[0], point[1] + down

    def limb(points: Limb) -> Limb:
        return moved(points[0]), moved(points[1]), moved(points[2])

    return replace(
        joints,
        hip=moved(joints.hip),
        neck=moved(joints.neck),
        head=moved(joints.head),
        near_arm=limb(joints.near_arm),
        far_arm=limb(joints.far_arm),
        near_leg=limb(joints.near_leg),
        far_leg=limb(joints.far_leg),
    )
