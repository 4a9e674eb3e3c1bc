"""A compact notation for scripts, so that a book reads like a play.

::

    panel("forest", "wide dusk rain",
          "@Moss walking happy .3 > +lantern",   # an actor: pose, emotion, place, facing, prop held
          "> The path had moved again.",          # a narrator's caption
          "Moss: It was here yesterday.",         # speech
          "Moss (whisper): I think.",             # … or (shout), (thought)
          "* CRACK",                              # a noise
          "# KEEP OUT",                           # a sign in the scene
          props="tree .8 d.5 x1.4", effects="gloom")
"""

import re

from models.drawing.scene import (
    Actor,
    Emotion,
    Line,
    PageScript,
    PanelScript,
    Pose,
    Prop,
    Scene,
    Shot,
    TimeOfDay,
    Weather,
)
from schemas.labels import PageType, TextKind

# Balloons need air: figures step back by this depth when so many words are said in a medium shot.
_WORDS_PER_STEP, _STEP_BACK = 24, 0.6
_VIEWPOINTS = ("from above", "from below")
_FACING = {"<": -1, "^": 0, ">": 1}
_MOODS = ("shout", "whisper", "thought")
_SPEECH = re.compile(r"(?P<speaker>[^:()]+?)(?: \((?P<mood>\w+)\))?: (?P<text>.+)", re.DOTALL)
_MARKS = {">": TextKind.CAPTION, "*": TextKind.SOUND_EFFECT, "#": TextKind.SIGN}


def panel(
    place: str,
    setting: str = "",
    *parts: str,
    props: str = "",
    effects: str = "",
    frame: str = "border",
    caption: str = "",
) -> PanelScript:
    """Make a panel.

    Args:
        place: Where it plays.
        setting: Shot, time of day, weather and viewpoint in any order; what is missing is usual.
        *parts: Actors (``@``) and lettering, as in the module's example; order is reading order.
        props: Objects, parted by commas: kind, position, ``d`` depth, ``x`` size.
        effects: Overlays, parted by commas.
        frame: Frame style.
        caption: What is seen, empty to have it written from the scene.

    Raises:
        ValueError: A part cannot be read.
    """
    shot, time, weather, viewpoint = _setting(setting)
    said = sum(len(part.split()) for part in parts if not part.startswith("@"))
    depth = min(said / _WORDS_PER_STEP, 1.0) * _STEP_BACK if shot is Shot.MEDIUM else 0.0
    scene = Scene(
        place,
        shot=shot,
        time=time,
        weather=weather,
        viewpoint=viewpoint,
        actors=tuple(_actor(part[1:], depth) for part in parts if part.startswith("@")),
        props=tuple(_prop(part) for part in _listed(props)),
        effects=tuple(_listed(effects)),
    )
    lines = tuple(_line(part) for part in parts if not part.startswith("@"))
    return PanelScript(scene, lines, caption=caption, frame=frame)


def page(layout: str, *panels: PanelScript, heading: str = "", body: tuple[str, ...] = ()) -> PageScript:
    """Make a story page."""
    kind = PageType.FIRST_PAGE if heading else PageType.STORY
    return PageScript(panels, layout, kind, heading, body)


def matter(
    kind: PageType, layout: str, heading: str, body: tuple[str, ...], *panels: PanelScript
) -> PageScript:
    """Make a cover, credits, advertisement or text page."""
    return PageScript(panels, layout, kind, heading, body)


def _listed(words: str) -> list[str]:
    return [part.strip() for part in words.split(",") if part.strip()]


def _setting(words: str) -> tuple[Shot, TimeOfDay, Weather, str]:
    viewpoint = next((view for view in _VIEWPOINTS if view in words), "eye level")
    tokens = words.replace(viewpoint, "").split()
    shot, time, weather = Shot.MEDIUM, TimeOfDay.DAY, Weather.CLEAR
    for token in tokens:
        if token in set(Shot):
            shot = Shot(token)
        elif token in set(TimeOfDay):
            time = TimeOfDay(token)
        elif token in set(Weather):
            weather = Weather(token)
        else:
            raise ValueError(f"no shot, time or weather {token!r} in {words!r}")
    return shot, time, weather, viewpoint


def _actor(words: str, depth: float) -> Actor:
    """Read ``Moss arms crossed happy .3 > d.2 +lantern``; the depth is for want of a written one."""
    name, _, rest = words.partition(" ")
    name = name.replace("_", " ")
    pose = next((p for p in Pose if " " in p and p in rest), None)
    tokens = rest.replace(pose.value, "").split() if pose else rest.split()
    actor: dict[str, Pose | Emotion | float | int | str] = {"depth": depth}
    if pose:
        actor["pose"] = pose
    for token in tokens:
        key, value = _actor_word(token, words)
        actor[key] = value
    return Actor(name, **actor)  # type: ignore[arg-type]


def _actor_word(token: str, words: str) -> tuple[str, Pose | Emotion | float | int | str]:
    if token in _FACING:
        return "facing", _FACING[token]
    if token.startswith("+"):
        return "holding", token[1:].replace("_", " ")
    if token in set(Pose):
        return "pose", Pose(token)
    if token in set(Emotion):
        return "emotion", Emotion(token)
    if re.fullmatch(r"d?[\d.]+", token):
        return ("depth", float(token[1:])) if token.startswith("d") else ("x", float(token))
    raise ValueError(f"no pose, emotion or position {token!r} in the actor {words!r}")


def _prop(words: str) -> Prop:
    numbers: dict[str, float] = {}
    kind = []
    for token in words.split():
        match = re.fullmatch(r"([dx]?)([\d.]+)", token)
        if match:
            numbers[{"d": "depth", "x": "size", "": "x"}[match[1]]] = float(match[2])
        else:
            kind.append(token)
    return Prop(" ".join(kind), **numbers)


def _line(words: str) -> Line:
    if words[:2] in {f"{mark} " for mark in _MARKS}:
        return Line(words[2:], _MARKS[words[0]])
    match = _SPEECH.fullmatch(words)
    if match is None or match["mood"] not in (None, *_MOODS):
        raise ValueError(f"cannot read the line {words!r}; speech is written 'Name: words'")
    return Line(match["text"], TextKind.DIALOGUE, match["speaker"], match["mood"] or "plain")
