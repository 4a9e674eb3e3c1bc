"""Say in words what a scene shows: exact captions for labels and for training, from the scene itself.

A caption names looks, not only names, so that a search for "an orange cat" finds the cat of any book.
"""

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from models.drawing.art import EFFECTS, EXTRAS, OUTFITS, PLACES, PROPS, SPECIES
from models.drawing.art.colour import rgb
from models.drawing.art.painter import detail_subject
from models.drawing.scene import Actor, Design, Emotion, Pose, Prop, Scene, Shot, TimeOfDay, Weather
from schemas.errors import ConfigError

_COLOURS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "black": ("#15121a", "#2b2430"),
        "white": ("#ffffff", "#f4f2ee", "#e9eef6"),
        "grey": ("#8c8c8c", "#b5b9bd", "#60646a", "#d0d0d0"),
        "red": ("#d0352f", "#b5482f", "#8f2a2a", "#e2574c"),
        "orange": ("#e8832f", "#d9622b", "#f09a3f"),
        "yellow": ("#f2cf3f", "#e8b93a", "#f7e07a"),
        "green": ("#3f9a4a", "#2f6b3f", "#3f8f6b", "#8fbf5f", "#5b6b3f"),
        "turquoise": ("#3fb5ad", "#2f8f93"),
        "blue": ("#3f6fb5", "#27407a", "#7fb0e0", "#3a4f8f"),
        "purple": ("#7a4fa5", "#5a3f8f", "#a98fd0"),
        "pink": ("#f08fb0", "#c9568a", "#f4b8c8"),
        "brown": ("#7a4a2f", "#5b3a26", "#8f6a45", "#3f2a20"),
        "beige": ("#e3cfa5", "#d8c4a0", "#efe0c0"),
    }
)
_HAIR_COLOURS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "black": ("#15121a", "#2c2438", "#1f1a18"),
        "brown": ("#4a3020", "#6b4a30", "#8a5f3c", "#3b2a20"),
        "red": ("#b5482f", "#c8502f", "#8f3020"),
        "blond": ("#e8c870", "#f2dc9a", "#d0a850"),
        "grey": ("#9a9a9a", "#c4c4c8"),
        "white": ("#f0f0f0",),
        "blue": ("#3f6fb5", "#6fb0e0"),
        "green": ("#3f9a5a",),
        "pink": ("#f08fb0", "#d0609a"),
        "purple": ("#7a4fa5",),
    }
)
_POSES: Mapping[Pose, tuple[str, ...]] = MappingProxyType(
    {
        Pose.STANDING: ("stands", "is standing"),
        Pose.WALKING: ("walks", "is walking"),
        Pose.RUNNING: ("runs", "is running"),
        Pose.SITTING: ("sits", "is sitting"),
        Pose.POINTING: ("points", "is pointing with an outstretched arm"),
        Pose.WAVING: ("waves", "raises a hand and waves"),
        Pose.ARMS_CROSSED: ("stands with crossed arms", "has crossed arms"),
        Pose.ARMS_RAISED: ("raises both arms", "throws both arms up"),
        Pose.CROUCHING: ("crouches", "is crouching"),
        Pose.LYING: ("lies on the ground", "is lying on the ground"),
        Pose.JUMPING: ("jumps", "leaps into the air"),
        Pose.HOLDING: ("holds out a hand", "raises a hand"),
        Pose.READING: ("reads", "is reading"),
        Pose.THINKING: ("thinks with a hand at the chin", "ponders, hand at the chin"),
        Pose.FALLING: ("falls through the air", "is falling"),
        Pose.FLYING: ("flies through the air", "is flying"),
    }
)
_MOODS: Mapping[Emotion, tuple[str, ...]] = MappingProxyType(
    {
        Emotion.NEUTRAL: (),
        Emotion.HAPPY: ("smiling happily", "looking happy"),
        Emotion.SAD: ("looking sad", "with a sad face"),
        Emotion.ANGRY: ("looking angry", "with an angry face"),
        Emotion.SURPRISED: ("looking surprised", "with wide-open eyes"),
        Emotion.AFRAID: ("looking afraid", "with a frightened face"),
        Emotion.WORRIED: ("looking worried", "with a worried face"),
        Emotion.SMUG: ("smiling smugly", "looking smug"),
        Emotion.ASLEEP: ("fast asleep", "sleeping"),
        Emotion.CRYING: ("crying", "in tears"),
        Emotion.LAUGHING: ("laughing", "laughing out loud"),
        Emotion.DETERMINED: ("looking determined", "with a determined face"),
    }
)
_TIMES: Mapping[TimeOfDay, str] = MappingProxyType(
    {
        TimeOfDay.DAWN: "at dawn",
        TimeOfDay.DAY: "in daylight",
        TimeOfDay.DUSK: "at dusk",
        TimeOfDay.NIGHT: "at night",
    }
)
_WEATHERS: Mapping[Weather, str] = MappingProxyType(
    {
        Weather.CLEAR: "",
        Weather.CLOUDY: "under a cloudy sky",
        Weather.RAIN: "in the rain",
        Weather.SNOW: "in falling snow",
        Weather.FOG: "in fog",
        Weather.WIND: "in the wind",
        Weather.STORM: "in a thunderstorm",
    }
)
_BUILDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "child": ("", "child"),
        "slim": ("", "person"),
        "stout": ("stout ", "person"),
        "tall": ("tall ", "person"),
    }
)
_UNCOUNTED = ("armour", "overalls")
_SHOTS: Mapping[Shot, str] = MappingProxyType(
    {
        Shot.CLOSE_UP: "Close-up",
        Shot.MEDIUM: "Medium shot",
        Shot.WIDE: "Wide shot",
        Shot.NO_CHARACTER: "Wide shot",
    }
)


def describe_scene(scene: Scene, cast: Mapping[str, Design], *, seed: int = 0) -> str:
    """Return one or two sentences that say what the painter draws for a scene.

    Args:
        scene: what is drawn.
        cast: the designs of the actors, by name.
        seed: chooses among wordings; the facts are the same for each.

    Raises:
        ConfigError: the scene names a place, prop, effect or actor that is not known.
    """
    wording = int.from_bytes(hashlib.blake2b(f"{seed}/{scene}".encode(), digest_size=4).digest())
    if scene.shot is Shot.DETAIL:
        text = _detail(scene, cast, wording)
    elif scene.actors:
        text = _figures(scene, cast, wording)
    else:
        text = f"{_setting(scene, wording)} without anybody in sight" + _things(scene)
    text = text[0].upper() + text[1:] + "."
    effects = [_words(EFFECTS, name, "effect") for name in scene.effects]
    return f"{text} Drawn with {_listed(effects)}." if effects else text


def describe_design(design: Design) -> str:
    """Return a noun phrase for a design: "a red-haired girl in a green coat with a scarf"."""
    species = SPECIES[design.species]
    if not species.haired:
        look = f"{colour_name(design.skin)} {design.noun or species.words}"
    else:
        size, noun = _BUILDS[design.build]
        bald = design.hair == "bald"
        hair = "bald" if bald else f"{_nearest(design.hair_colour, _HAIR_COLOURS)}-haired"
        look = f"{hair} {design.noun}" if design.noun else f"{size}{hair} {noun}"
    phrase = f"{_article(look)} {look}"
    if species.legs:
        clothes = f"{_clothes_colour(design)} {OUTFITS[design.outfit].words}"
        phrase += f" in {clothes}" if design.outfit in _UNCOUNTED else f" in {_article(clothes)} {clothes}"
    extras = [EXTRAS[name].words for name in design.extras]
    return f"{phrase} with {_listed(extras)}" if extras else phrase


def colour_name(colour: str) -> str:
    """Return the everyday name of a ``#rrggbb`` colour."""
    return _nearest(colour, _COLOURS)


def _clothes_colour(design: Design) -> str:
    return "steel" if OUTFITS[design.outfit].metal else colour_name(design.outfit_colour)


def _nearest(colour: str, names: Mapping[str, tuple[str, ...]]) -> str:
    """Return the name whose samples come nearest; green counts most, as in the eye."""
    red, green, blue = rgb(colour)

    def distance(sample: str) -> float:
        r, g, b = rgb(sample)
        return 2 * (red - r) ** 2 + 4 * (green - g) ** 2 + 3 * (blue - b) ** 2

    return min(names, key=lambda name: min(distance(sample) for sample in names[name]))


# --- sentences ---------------------------------------------------------------------------------------


def _figures(scene: Scene, cast: Mapping[str, Design], wording: int) -> str:
    deeds = _listed([_deed(actor, cast, wording) for actor in scene.actors], semicolons=True)
    where = _setting(scene, wording)
    forms = (
        f"{deeds}, {where}",
        f"{where}, {deeds}",
        f"{_SHOTS[scene.shot]}: {deeds}, {where}",
    )
    text = forms[wording % len(forms)]
    return text + _things(scene) + _view(scene)


def _deed(actor: Actor, cast: Mapping[str, Design], wording: int) -> str:
    design = _design(actor, cast)
    who = describe_design(design)
    if wording >> 4 & 1:
        who = f"{design.name}, {who},"
    poses, moods = _POSES[actor.pose], _MOODS[actor.emotion]
    deed = poses[(wording >> 5) % len(poses)]
    if actor.holding is not None:
        held = _words(PROPS, actor.holding, "prop")
        deed = f"holds {held}" if actor.pose is Pose.HOLDING else f"{deed} with {held} in the hand"
    elif actor.pose is Pose.READING:
        deed += " a book"
    if moods:
        deed += f", {moods[(wording >> 6) % len(moods)]}"
    return f"{who} {deed}"


def _detail(scene: Scene, cast: Mapping[str, Design], wording: int) -> str:
    subject, where = detail_subject(scene), _setting(scene, wording)
    if subject is None:
        return where
    if isinstance(subject, Prop):
        return f"{_words(PROPS, subject.kind, 'prop')} seen from very near, {where}"
    who = describe_design(_design(subject, cast))
    if subject.holding is not None:
        return f"the hand of {who} holding {_words(PROPS, subject.holding, 'prop')}, {where}"
    mood = _MOODS[subject.emotion]
    text = f"the eyes of {who} from very near, {where}"
    return f"{text}, {mood[0]}" if mood else text


def _setting(scene: Scene, wording: int) -> str:
    if scene.place not in PLACES:
        raise ConfigError(f"the scene names an unknown place {scene.place!r}; known are {', '.join(PLACES)}")
    place = PLACES[scene.place]
    words = [place.words, _TIMES[scene.time]]
    if place.weather and scene.weather is not Weather.CLEAR:
        words.append(_WEATHERS[scene.weather])
    if wording >> 8 & 1 and scene.time is TimeOfDay.DAY:
        words.remove(_TIMES[scene.time])
    return " ".join(words)


def _things(scene: Scene) -> str:
    if not scene.props:
        return ""
    things = [_words(PROPS, prop.kind, "prop") for prop in scene.props]
    return f"; there {'is' if len(things) == 1 else 'are'} {_listed(things)}"


def _view(scene: Scene) -> str:
    return "" if scene.viewpoint == "eye level" else f", seen {scene.viewpoint}"


def _design(actor: Actor, cast: Mapping[str, Design]) -> Design:
    if actor.character not in cast:
        raise ConfigError(
            f"the scene names an unknown actor {actor.character!r}; known are {', '.join(cast)}"
        )
    return cast[actor.character]


def _words(registry: Mapping[str, object], name: str, what: str) -> str:
    entry = registry.get(name)
    if entry is None:
        raise ConfigError(f"the scene names an unknown {what} {name!r}; known are {', '.join(registry)}")
    return str(getattr(entry, "words", name))


def _article(phrase: str) -> str:
    return "an" if phrase[0] in "aeiou" else "a"


def _listed(items: Sequence[str], *, semicolons: bool = False) -> str:
    if len(items) < 2:
        return "".join(items)
    comma = "; " if semicolons else ", "
    last = " while " if semicolons else " and "
    return comma.join(items[:-1]) + last + items[-1]
