"""Paint one scene into one frame."""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from random import Random

import skia

from models.drawing.art.brush import Brush
from models.drawing.art.colour import argb
from models.drawing.art.effects import EFFECTS
from models.drawing.art.figure.body import Figure, Look, contact_shadow, draw_figure, seat
from models.drawing.art.figure.face import mouth_place
from models.drawing.art.figure.large_hand import large_arm, large_fingers, large_grip
from models.drawing.art.framing import Standing, camera_of, reach_of, stand
from models.drawing.art.geometry import Point, Rect
from models.drawing.art.light import Light, light_of, on_figures
from models.drawing.art.painted import PaintedFigure, PaintedScene
from models.drawing.art.paths import oval
from models.drawing.art.places import PLACES, PlacePainter
from models.drawing.art.props import PROPS
from models.drawing.art.stage import Stage, shrink
from models.drawing.art.weather import paint_weather
from models.drawing.scene import Actor, Design, Pose, Prop, Scene, Shot, TimeOfDay, Weather
from models.drawing.style import Style
from schemas.errors import ConfigError

_REFERENCE_PX = 420.0  # height of the panel for which a style's line width is meant
_VEIL = {Shot.CLOSE_UP: 0.34, Shot.MEDIUM: 0.14, Shot.DETAIL: 0.3}  # how far near shots fade their background
_NEAR_LIFT = 2.4  # how much lighter screentones are behind the figures of a near shot
_HALO = 3.0  # width of the bare paper round figures in a tone book, in line widths
_REACHING = (Pose.POINTING, Pose.HOLDING, Pose.READING)
_EYES_ZOOM = 1.25  # height of the head over that of the frame where a detail shows the eyes
_SMALL_LINE, _LARGE_LINE = 0.62, 1.35  # bounds on the factor on line widths


def paint_scene(  # noqa: PLR0913 - what a picture depends on, as keywords
    canvas: skia.Canvas,
    scene: Scene,
    frame: Rect,
    *,
    cast: Mapping[str, Design],
    style: Style,
    seed: int,
    shows_cast: bool = True,
) -> PaintedScene:
    """Paint a scene into a frame of the canvas; the caller has set the clip.

    The same scene, cast, style and seed give the same pixels.

    Args:
        canvas: of a raster surface.
        scene: what to draw.
        frame: where, in canvas pixels; things may reach past it, so clip.
        cast: the designs of the actors, by name.
        style: the look of the book.
        seed: varies what the scene leaves open (where trees stand, which windows are lit).
        shows_cast: False leaves the figures away and all else as it is: the difference is their outline.

    Returns:
        Where the figures are, and where lettering disturbs least.

    Raises:
        ConfigError: the scene names a place, prop, effect, actor or design that nobody can draw.
    """
    place, looks = _looked_up(scene, cast)
    light = light_of(scene.time, scene.weather, indoors=place.indoors)
    brush = Brush(canvas, style, light, line_px=_line_px(style, frame))
    camera = camera_of(scene, frame)
    rng = _chance(scene, seed)
    stage = Stage(brush, frame, scene, light, rng, camera.horizon, camera.unit, camera.eye, place.indoors)
    standings = stand(scene, frame, [look.design for look in looks], floor=place.floor)
    figures = tuple(
        _painted(actor, look, standing)
        for actor, look, standing in zip(scene.actors, looks, standings, strict=True)
    )
    _paint_place(stage, place)
    _paint_effects(stage, figures, behind=True)
    if scene.shot is Shot.DETAIL:
        figures = _paint_detail(stage, looks, standings)
    elif shows_cast:
        _paint_cast(stage, place, looks, standings)
    else:
        _paint_cast(stage, place, (), ())
    if place.front and scene.shot in (Shot.WIDE, Shot.NO_CHARACTER):
        place.front(stage)
    if place.weather:
        paint_weather(stage)
    _paint_effects(stage, figures, behind=False)
    return PaintedScene(figures, _quiet(frame, figures))


def _looked_up(scene: Scene, cast: Mapping[str, Design]) -> tuple[PlacePainter, list[Look]]:
    _known("place", scene.place, PLACES)
    for effect in scene.effects:
        _known("effect", effect, EFFECTS)
    for prop in scene.props:
        _known("prop", prop.kind, PROPS)
    for actor in scene.actors:
        _known("actor", actor.character, cast)
        if actor.holding is not None:
            _known("prop", actor.holding, PROPS)
    return PLACES[scene.place], [Look.of(cast[actor.character]) for actor in scene.actors]


def _known(what: str, name: str, known: Mapping[str, object]) -> None:
    if name not in known:
        raise ConfigError(f"the scene names an unknown {what} {name!r}; known are {', '.join(known)}")


def _chance(scene: Scene, seed: int) -> Random:
    """Return the chance of a scene: by seed and place only, so that a place stays itself between panels."""
    digest = hashlib.blake2b(f"{seed}/{scene.place}".encode(), digest_size=8).digest()
    return Random(int.from_bytes(digest))  # noqa: S311 - a drawing, not a secret


def _line_px(style: Style, frame: Rect) -> float:
    size = math.sqrt(frame.width * frame.height)
    factor: float = min(max(size / _REFERENCE_PX, _SMALL_LINE), _LARGE_LINE)
    return style.line_width * factor


# --- layers ------------------------------------------------------------------------------------------


def _paint_place(stage: Stage, place: PlacePainter) -> None:
    stage.brush.lift = _NEAR_LIFT if stage.scene.shot in _VEIL else 1.0
    place.paint(stage)
    stage.brush.lift = 0.0
    veil = _VEIL.get(stage.scene.shot, 0.0) if stage.scene.actors else 0.0
    if veil and stage.brush.coloured:
        frame = stage.frame
        rect = skia.Rect(frame.x0, frame.y0, frame.x1, frame.y1)
        stage.brush.canvas.drawRect(rect, skia.Paint(Color=argb(stage.light.haze, veil)))


def _paint_effects(stage: Stage, figures: Sequence[PaintedFigure], *, behind: bool) -> None:
    for name in stage.scene.effects:
        if EFFECTS[name].behind is behind:
            EFFECTS[name].paint(stage, figures)


def _paint_cast(
    stage: Stage, place: PlacePainter, looks: Sequence[Look], standings: Sequence[Standing]
) -> None:
    """Draw figures and props together, the far ones first."""
    jobs: list[tuple[float, int, Callable[[], None]]] = []
    for i, prop in enumerate(stage.scene.props):
        jobs.append((_prop_z(place, prop), i, partial(_paint_prop, stage, place, prop)))
    first = len(jobs)
    for i, (actor, look, standing) in enumerate(zip(stage.scene.actors, looks, standings, strict=False)):
        # whoever reaches out is drawn behind the others of a row: an arm must not cover a face
        reaches = actor.holding is not None or actor.pose in _REACHING
        rank = first + i if not reaches else -1
        jobs.append((standing.z, rank, partial(_paint_actor, stage, place, actor, look, standing)))
    for _, _, job in sorted(jobs, key=lambda job: (-job[0], job[1])):
        job()


def _prop_z(place: PlacePainter, prop: Prop) -> float:
    floor = math.inf if PROPS[prop.kind].anywhere else place.floor
    return 1 + reach_of(floor) * prop.depth


def _figure_light(stage: Stage) -> Light:
    """Return the light on figures; black-and-white books draw them in full light, even at night."""
    if not stage.brush.coloured:
        return light_of(TimeOfDay.DAY, Weather.CLEAR, indoors=False)
    return on_figures(stage.light)


def _paint_prop(stage: Stage, place: PlacePainter, prop: Prop) -> None:
    painter = PROPS[prop.kind]
    z = _prop_z(place, prop)
    frame = stage.frame
    near = min(stage.ground(1.0), frame.y0 + 0.94 * frame.height)
    y = stage.horizon + (near - stage.horizon) / shrink(z)
    size = painter.height * prop.size * stage.size(z)
    with stage.brush.seen(
        distance=stage.haze(z) * 0.5, line=max(1 / z**0.5, 0.5), light=_figure_light(stage)
    ):
        if place.ground and not painter.lift:
            with stage.brush.moved((stage.x(prop.x), y), size):
                stage.brush.fill(oval(0, 0, 0.55, 0.1), "#1a1430", 0.25)
        with stage.brush.moved((stage.x(prop.x), y - painter.lift * stage.size(z)), size):
            painter.draw(stage.brush)


def _paint_actor(stage: Stage, place: PlacePainter, actor: Actor, look: Look, standing: Standing) -> None:
    bones = standing.bones
    distance = stage.haze(standing.z) * 0.35
    line = max((standing.scale / (0.9 * stage.frame.height)) ** 0.35, 0.45)
    held = _holder(actor)
    with (
        stage.brush.seen(distance=distance, line=line, light=_figure_light(stage)),
        stage.brush.moved(standing.foot, standing.scale, flip=standing.flip),
    ):
        if place.ground:
            contact_shadow(stage.brush, bones)
        if bones.pose.seat:
            seat(stage.brush, bones, indoors=place.indoors)
        stage.brush.lit_edges = stage.light.rim is not None
        figure = Figure(look, bones, actor.emotion, actor.facing != 0, held)
        if not stage.brush.coloured:
            with stage.brush.halo(_HALO * stage.brush.line_px):
                draw_figure(stage.brush, figure)
        draw_figure(stage.brush, figure)
        stage.brush.lit_edges = False


def _holder(actor: Actor) -> Callable[[Brush], None] | None:
    """Return what draws the thing in an actor's hand, around the hand; a reader always has a book."""
    name = actor.holding or ("book" if actor.pose is Pose.READING else None)
    if name is None:
        return None
    painter = PROPS[name]
    x, y = painter.grip or (0.0, -0.5)
    size = painter.held if painter.grip else min(painter.height, 0.3)

    def draw(brush: Brush) -> None:
        with brush.moved((-x * size, -y * size), size):
            painter.draw(brush)

    return draw


def _paint_detail(
    stage: Stage,
    looks: Sequence[Look],
    standings: Sequence[Standing],
) -> tuple[PaintedFigure, ...]:
    """Draw one thing large: what the first actor holds, else the first prop, else the actor's eyes.

    Returns the figures of which something is seen.
    """
    scene, frame = stage.scene, stage.frame
    subject = detail_subject(scene)
    if isinstance(subject, Prop):
        _paint_large_prop(stage, subject.kind, None)
        return ()
    if subject is None:
        return ()
    at = scene.actors.index(subject)
    if subject.holding is not None:
        _paint_large_prop(stage, subject.holding, looks[at])
        return ()
    bones = standings[at].bones
    zoom = _EYES_ZOOM * frame.height / bones.build.head
    side = -1 if standings[at].flip else 1
    foot = (stage.x(0.5) - side * bones.head[0] * zoom, frame.y0 + 0.42 * frame.height - bones.head[1] * zoom)
    close = Standing(bones, foot, zoom, standings[at].flip, 1.0)
    _paint_actor(stage, PLACES[scene.place], subject, looks[at], close)
    return (_painted(subject, looks[at], close),)


def detail_subject(scene: Scene) -> Actor | Prop | None:
    """Return what a detail shows: an actor who holds something, else the first prop, else the first actor."""
    holder = next((actor for actor in scene.actors if actor.holding), None)
    if holder is not None:
        return holder
    return next(iter(scene.props), None) or next(iter(scene.actors), None)


def _paint_large_prop(stage: Stage, name: str, hand: Look | None) -> None:
    """Draw an object that fills the frame, in a hand where somebody holds it."""
    frame, painter = stage.frame, PROPS[name]
    size = min(frame.height * 0.62, frame.width * 0.42)
    foot = (stage.x(0.5), frame.y0 + frame.height * 0.86)
    with stage.brush.seen(distance=0.0, line=1.25, light=_figure_light(stage)), stage.brush.moved(foot, size):
        if hand is None:
            stage.brush.fill(oval(0, 0, 0.7, 0.1), "#1a1430", 0.28)
            painter.draw(stage.brush)
            return
        grip = large_grip(painter.grip or (0.0, -0.2))
        large_arm(stage.brush, hand, grip)
        painter.draw(stage.brush)
        large_fingers(stage.brush, hand, grip)


# --- labels ------------------------------------------------------------------------------------------


def _painted(actor: Actor, look: Look, standing: Standing) -> PaintedFigure:
    """Return where a figure is: the head with its ears or hair, the body with its limbs."""
    bones, half = standing.bones, standing.bones.build.head / 2 * standing.scale
    x, y = standing.at(bones.head)
    head = Rect(
        x - half * 1.1, y - half * (1.12 + look.species.extra_height), x + half * 1.1, y + half * 1.04
    )
    points = [
        standing.at(p) for p in (*bones.near_arm, *bones.far_arm, *bones.near_leg, *bones.far_leg, bones.hip)
    ]
    edge = bones.build.leg_radius * 1.6 * standing.scale
    body = Rect(
        min(p[0] for p in points) - edge,
        min(p[1] for p in points) - edge,
        max(p[0] for p in points) + edge,
        max(p[1] for p in points) + edge,
    )
    return PaintedFigure(actor.character, head, body.union(head), _mouth(actor, look, standing))


def _mouth(actor: Actor, look: Look, standing: Standing) -> Point:
    bones = standing.bones
    dx, dy = mouth_place(look.species.face, aside=actor.facing != 0)
    matrix = skia.Matrix.RotateDeg(bones.head_turn)
    turned = matrix.mapXY(dx * bones.build.head / 2, dy * bones.build.head / 2)
    return standing.at((bones.head[0] + turned.x(), bones.head[1] + turned.y()))


def _quiet(frame: Rect, figures: Sequence[PaintedFigure]) -> tuple[Rect, ...]:
    """Return bands at the top and the bottom that no head reaches, the larger first."""
    heads = [figure.head for figure in figures if figure.head.intersects(frame)]
    top = min((head.y0 for head in heads), default=frame.y0 + 0.4 * frame.height)
    low = max((head.y1 for head in heads), default=frame.y0 + 0.6 * frame.height)
    top = min(max(top, frame.y0 + 0.12 * frame.height), frame.y1)
    low = min(max(low, frame.y0), frame.y0 + 0.9 * frame.height)
    bands = (Rect(frame.x0, frame.y0, frame.x1, top), Rect(frame.x0, low, frame.x1, frame.y1))
    return tuple(sorted(bands, key=lambda band: -band.height if band.y0 > frame.y0 else -band.height * 1.6))
