"""What is to be drawn, said in words a script would use; nothing here knows how to draw.

A :class:`Script` is a book: pages of panels, each a :class:`Scene` with lettering. The painter
(``models.drawing.art``) turns a scene into a picture, the page renderer (``models.drawing.pages``)
lays panels out, letters them and returns pictures with exact labels.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from schemas.labels import PageType, ReadingDirection, TextKind


class Shot(StrEnum):
    """How much of the figures the frame shows; the values of the label format."""

    CLOSE_UP = "close-up"
    MEDIUM = "medium"
    WIDE = "wide"
    DETAIL = "detail"
    NO_CHARACTER = "no-character"


class Pose(StrEnum):
    """What a body does."""

    STANDING = "standing"
    WALKING = "walking"
    RUNNING = "running"
    SITTING = "sitting"
    POINTING = "pointing"
    WAVING = "waving"
    ARMS_CROSSED = "arms crossed"
    ARMS_RAISED = "arms raised"
    CROUCHING = "crouching"
    LYING = "lying"
    JUMPING = "jumping"
    HOLDING = "holding"
    READING = "reading"
    THINKING = "thinking"
    FALLING = "falling"
    FLYING = "flying"


class Emotion(StrEnum):
    """What a face shows."""

    NEUTRAL = "neutral"
    HAPPY = "happy"
    SAD = "sad"
    ANGRY = "angry"
    SURPRISED = "surprised"
    AFRAID = "afraid"
    WORRIED = "worried"
    SMUG = "smug"
    ASLEEP = "asleep"
    CRYING = "crying"
    LAUGHING = "laughing"
    DETERMINED = "determined"


class TimeOfDay(StrEnum):
    """Light of a scene."""

    DAWN = "dawn"
    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"


class Weather(StrEnum):
    """Sky and air of a scene."""

    CLEAR = "clear"
    CLOUDY = "cloudy"
    RAIN = "rain"
    SNOW = "snow"
    FOG = "fog"
    WIND = "wind"
    STORM = "storm"


class Scan(StrEnum):
    """How a printed book became pictures; the first is a book that was never printed."""

    NONE = "none"
    YELLOWED = "yellowed"  # old paper and the grain of a scanner
    SKEWED = "skewed"  # laid on the glass askew, with the dark edge of the lid


@dataclass(frozen=True, slots=True)
class Actor:
    """One figure in a scene.

    ``character`` names a design of the cast. ``x`` places the figure across the frame in [0, 1];
    ``depth`` 0 is at the front, 1 far away; ``facing`` is -1 left, 0 the viewer, 1 right.
    ``holding`` names a prop.
    """

    character: str
    pose: Pose = Pose.STANDING
    emotion: Emotion = Emotion.NEUTRAL
    x: float = 0.5
    depth: float = 0.0
    facing: int = 0
    holding: str | None = None


@dataclass(frozen=True, slots=True)
class Prop:
    """An object in a scene, placed like an actor; ``size`` scales its usual size."""

    kind: str
    x: float = 0.5
    depth: float = 0.2
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture.

    ``place`` names a background painter; ``effects`` name overlays (``speed lines``, ``focus
    lines``, ``impact``, ``sparkles``, ``sweat``, ``gloom``).
    """

    place: str
    shot: Shot = Shot.MEDIUM
    time: TimeOfDay = TimeOfDay.DAY
    weather: Weather = Weather.CLEAR
    actors: tuple[Actor, ...] = ()
    props: tuple[Prop, ...] = ()
    effects: tuple[str, ...] = ()
    viewpoint: str = "eye level"  # or "from above", "from below"


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of lettering.

    ``speaker`` is an actor of the scene for dialogue; ``mood`` is ``plain``, ``shout``, ``whisper``
    or ``thought``.
    """

    text: str
    kind: TextKind = TextKind.DIALOGUE
    speaker: str | None = None
    mood: str = "plain"


@dataclass(frozen=True, slots=True)
class PanelScript:
    """One panel: what is drawn, what is said, and its frame.

    ``caption`` says what is seen (for labels), empty: written from the scene. ``frame`` is
    ``border``, ``none``, ``jagged``, ``round``, ``hand`` (a trembling line), ``disc`` (a vignette
    without a line) or ``bleed``.
    """

    scene: Scene
    lines: tuple[Line, ...] = ()
    caption: str = ""
    frame: str = "border"


@dataclass(frozen=True, slots=True)
class PageScript:
    """One page. ``layout`` names a layout of ``models.drawing.layout`` with as many frames as panels.

    ``heading`` and ``body`` are the words of covers, credits, advertisements and text pages.
    """

    panels: tuple[PanelScript, ...]
    layout: str
    page_type: PageType = PageType.STORY
    heading: str = ""
    body: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Design:
    """How a character of the cast looks; colours are ``#rrggbb``.

    ``species`` is ``human``, ``cat``, ``fox``, ``robot``, ``owl``, ``dragon``, ``ghost``…; ``build`` is
    ``child``, ``slim``, ``stout`` or ``tall``. ``hair`` and ``outfit`` name shapes the painter knows.
    """

    name: str
    species: str = "human"
    build: str = "slim"
    skin: str = "#f2c9a0"
    hair: str = "short"
    hair_colour: str = "#3b2a20"
    outfit: str = "tunic"
    outfit_colour: str = "#3f6fb5"
    accent_colour: str = "#e8b23a"
    extras: tuple[str, ...] = ()  # "glasses", "hat", "scarf", "cape", "backpack"…
    noun: str = ""  # what a caption calls the figure: "girl", "old man"; empty: from species and build


@dataclass(frozen=True, slots=True)
class Script:
    """A book to draw. ``style`` names a style of ``models.drawing.style``."""

    slug: str
    title: str
    direction: ReadingDirection
    style: str
    cast: tuple[Design, ...]
    pages: tuple[PageScript, ...]
    series: str = ""
    number: str = "1"
    year: int = 2026
    writer: str = "Longbox"
    summary: str = ""
    language: str = "en"
    licence: str = "CC0-1.0"
    page_size_px: tuple[int, int] = (1000, 1414)
    scan: Scan = Scan.NONE
    overhang_chance: float = 0.12  # share of the panels whose balloons may reach over the gutter
    improvised: bool = False  # made up by chance: words that find no room are left out
    tags: tuple[str, ...] = field(default_factory=tuple)
