"""Read the named drawings of an open corpus: emoji, icons, characters, storybook pictures."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from models.training.encoder.cutouts import Cutout, Named
from models.training.encoder.names import emoji_nouns, icon_nouns, tags_of
from models.training.encoder.pictures import Drawings, Head
from schemas.records import RgbImage

_ICON_PX = 112
_HEAD_PX, _BODY_PX = 150, 200
_LEAST_PX = 48  # a storybook picture narrower than this is a stray line
_UNCLEAR = "Clip Art"  # named beside the illustrators of some books: not theirs to give away
_SEXES = {
    "dee": "f",
    "priya": "f",
    "zoe": "f",
    "ava": "f",
    "jaya": "f",
    "deenuova": "f",
    "priyanuova": "f",
    "dey": "m",
    "deynuovo": "m",
    "ethan": "m",
    "ricky": "m",
    "rickynuovo": "m",
    "ringo": "m",
    "ringonuovo": "m",
    "aryan": "m",
    "evan": "m",
}
_MOODS = (
    ("cry", "crying"),
    ("loudcry", "crying"),
    ("tears", "crying"),
    ("angry", "angry"),
    ("annoyed", "angry"),
    ("irritated", "angry"),
    ("frustrated", "angry"),
    ("afraid", "afraid"),
    ("scared", "afraid"),
    ("shock", "surprised"),
    ("surpris", "surprised"),
    ("ooh", "surprised"),
    ("amazed", "surprised"),
    ("worried", "worried"),
    ("confused", "worried"),
    ("tense", "worried"),
    ("sad", "sad"),
    ("upset", "sad"),
    ("laugh", "laughing"),
    ("rofl", "laughing"),
    ("happy", "happy"),
    ("smile", "happy"),
    ("excited", "happy"),
    ("blush", "happy"),
    ("dozing", "asleep"),
    ("sleep", "asleep"),
    ("tired", "asleep"),
    ("cunning", "smug"),
    ("attitude", "smug"),
    ("smirk", "smug"),
    ("wink", "smug"),
)
_DEEDS = (
    ("explaining", "explains something with open hands"),
    ("handpointingup", "points up"),
    ("pointingup", "points up"),
    ("pointing", "points to the side"),
    ("handsfolded", "stands with folded arms"),
    ("handsonhip", "has hands on the hips"),
    ("handstouchingchin", "thinks, hand at the chin"),
    ("thinking", "thinks, hand at the chin"),
    ("holdingbook", "holds a book"),
    ("holdingcoffee", "holds a cup"),
    ("holdinglaptop", "holds a laptop"),
    ("holdingmobile", "looks at a phone"),
    ("holdingumbrella", "holds an umbrella"),
    ("holdingstick", "holds a stick"),
    ("holdingbag", "carries a bag"),
    ("readingpaper", "reads a newspaper"),
    ("ridingbicycle", "rides a bicycle"),
    ("ridingbike", "rides a motorbike"),
    ("ridingcar", "drives a car"),
    ("run", "runs"),
    ("shrug", "shrugs"),
    ("sittingatdesk", "sits at a desk"),
    ("sittingonbeanbag", "sits on a bean bag"),
    ("sittingonthefloor", "sits on the floor with crossed legs"),
    ("hi", "waves a hand"),
    ("yuhoo", "jumps for joy"),
    ("super", "raises both arms"),
    ("thumbsup", "shows thumbs up"),
)


@dataclass(frozen=True, slots=True)
class StoryPicture:
    """A picture of a storybook with the words of its page, which say what happens, not what is seen."""

    picture: RgbImage
    text: str


def read_drawings(corpus: Path) -> Drawings:
    """Read all named drawings under ``corpus/drawings`` and the storybook pictures."""
    folder = corpus / "drawings"
    bodies, heads = _characters(folder)
    return Drawings(
        emoji=tuple(_emoji(folder)),
        icons=tuple(_icons(folder)),
        heads=tuple(heads),
        bodies=tuple(bodies),
        storybook=tuple(s.picture for s in read_storybook(corpus) if min(s.picture.shape[:2]) >= _LEAST_PX),
    )


def read_storybook(corpus: Path) -> Sequence[StoryPicture]:
    """Read the pictures of the African Storybook with the text of their pages."""
    folder = corpus / "african-storybook"
    rows = _rows(folder / "pairs.json")
    open_rows = [row for row in rows if _UNCLEAR not in str(row.get("illustrator"))]
    return [StoryPicture(_rgb(folder / str(row["image"])), str(row["text"])) for row in open_rows]


def _rows(path: Path) -> list[Mapping[str, object]]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [row for row in rows if row.get("image")]


def _emoji(folder: Path) -> Iterator[Named]:
    for row in _rows(folder / "emoji.json"):
        nouns = emoji_nouns(str(row["text"]))
        if nouns:
            yield Named(_trimmed(_rgba(folder / str(row["image"]))), nouns, tags_of(nouns))


def _icons(folder: Path) -> Iterator[Named]:
    for row in _rows(folder / "icons.json"):
        nouns = icon_nouns(str(row["text"]))
        if nouns:
            yield Named(_icon(folder / str(row["image"])), nouns, tags_of(nouns), coloured=False)


def _icon(path: Path) -> Cutout:
    """Return an icon as a white shape, its drawing as alpha."""
    stream = skia.FILEStream(str(path))
    drawing = skia.SVGDOM.MakeFromStream(stream)
    pixels = np.zeros((_ICON_PX, _ICON_PX, 4), np.uint8)
    drawing.setContainerSize(skia.Size(512, 512))
    with skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType) as canvas:
        canvas.scale(_ICON_PX / 512, _ICON_PX / 512)
        drawing.render(canvas)
    white = np.full_like(pixels, 255)
    white[..., 3] = pixels[..., 0]
    return _trimmed(white)


def _characters(folder: Path) -> tuple[list[tuple[str, Cutout, str]], list[Head]]:
    bodies, heads = [], []
    for row in _rows(folder / "characters.json"):
        sex = _SEXES.get(str(row["character"]))
        if sex is None or row["view"] == "back":
            continue
        name = str(row["name"])
        if row["part"] == "emotion" and name != "backsidehead":
            picture = _limited(_solid(_trimmed(_rgba(folder / str(row["image"])))), _HEAD_PX)
            heads.append(Head(picture, sex, _first(_MOODS, name)))
        elif row["part"] == "pose" and row["character"] not in ("ava", "jaya", "evan"):
            picture = _limited(_solid(_trimmed(_rgba(folder / str(row["image"])))), _BODY_PX)
            bodies.append((sex, picture, _first(_DEEDS, name)))
    return bodies, heads


def _first(table: Sequence[tuple[str, str]], name: str) -> str:
    return next((words for part, words in table if part in name), "")


def _solid(picture: Cutout) -> Cutout:
    """Fill the inside of an outlined drawing with paper, so that no background shows through a face."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    outlines, _ = cv2.findContours(picture[..., 3], cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(mask, [line for line in outlines if cv2.contourArea(line) > 60], -1, 255, cv2.FILLED)
    alpha = picture[..., 3:].astype(np.float32) / 255
    colour = picture[..., :3] * alpha + 250 * (1 - alpha)
    return np.dstack([colour.astype(np.uint8), np.maximum(mask, picture[..., 3])])


def _limited(picture: Cutout, longest_px: int) -> Cutout:
    factor = longest_px / max(picture.shape[:2])
    if factor >= 1:
        return picture
    size = round(picture.shape[1] * factor), round(picture.shape[0] * factor)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _trimmed(picture: Cutout) -> Cutout:
    ys, xs = np.nonzero(picture[..., 3] > 8)
    if not ys.size:
        return picture
    return np.ascontiguousarray(picture[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1])


def _rgba(path: Path) -> Cutout:
    picture = _decoded(path, cv2.IMREAD_UNCHANGED)
    if picture.ndim == 2:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2RGBA), dtype=np.uint8)
    if picture.shape[2] == 3:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGBA), dtype=np.uint8)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA), dtype=np.uint8)


def _rgb(path: Path) -> RgbImage:
    return np.asarray(cv2.cvtColor(_decoded(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _decoded(path: Path, flags: int) -> NDArray[np.uint8]:
    data = np.frombuffer(path.read_bytes(), np.uint8)
    return np.asarray(cv2.imdecode(data, flags), dtype=np.uint8)
