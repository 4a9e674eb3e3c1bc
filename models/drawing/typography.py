"""Type for lettering: shipped fonts, measuring, and line breaks that suit a balloon.

System fonts are never used, so that the same script gives the same pixels everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from schemas.errors import BackendUnavailableError

if TYPE_CHECKING:
    import skia

_FOLDER = Path(__file__).parent / "fonts"
# The roles that styles ask for; a style may also name a file of the fonts folder.
_ROLES: Mapping[str, str] = MappingProxyType(
    {
        "dialogue": "comic-neue-bold",
        "caption": "comic-neue-bold-italic",
        "sfx": "bangers",
        "prose": "crimson-text",
    }
)
_KANA_FONT, _HANGUL_FONT = "dela-gothic-one-kana", "black-han-sans-effects"
_LONGEST_HANGUL = 8
"""Letters of a Korean word up to which no line ends within it."""
_FIRST_KANA, _FIRST_HANGUL, _LAST_HANGUL = "\u2e80", "\uac00", "\ud7a3"
_LAST_WIDE = "\uffef"
CJK = "cjk"
"""Role of the font for whole texts in Chinese, Japanese and Korean; those above hold noises alone."""
_CLOSING = "、。，．！？!?)）」』】…ー～"
_UNSEEN = "\u200b\u200c\u200d\ufe0e\ufe0f\u00ad"
LEADING = 1.16  # line pitch over font size: tight, as comic lettering is
# Lines of a balloon are short at the ends: the shape of a superellipse with this exponent.
OVAL_POWER = 2.5
_MAX_LINES = 9


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Words broken into lines at a font size; sizes in pixels."""

    lines: tuple[str, ...]
    widths: tuple[float, ...]
    font_name: str
    font_px: float

    @property
    def width(self) -> float:
        """Width of the longest line."""
        return max(self.widths)

    @property
    def height(self) -> float:
        """Height from the first ascender to the last descender."""
        return len(self.lines) * self.font_px * LEADING


@lru_cache(maxsize=32)
def typeface(name: str) -> skia.Typeface:
    """Load a shipped font by role or file stem. Raises ValueError for an unknown name."""
    import skia

    path = cjk_font() if name == CJK else _FOLDER / f"{_ROLES.get(name, name)}.ttf"
    if not path.is_file():
        known = sorted({*_ROLES, *(p.stem for p in _FOLDER.glob("*.ttf"))})
        raise ValueError(f"no font {name!r}; known are {', '.join(known)}")
    # A manager without system fonts: the usual one reads the machine's font configuration first.
    return skia.FontMgr.New_Custom_Empty().makeFromData(skia.Data.MakeWithCopy(path.read_bytes()))


@lru_cache(maxsize=256)
def font(name: str, size_px: float) -> skia.Font:
    """Return a font with outlines unhinted, so that widths scale with the size."""
    import skia

    made = skia.Font(typeface(name), size_px)
    made.setHinting(skia.FontHinting.kNone)
    made.setSubpixel(True)
    made.setEdging(skia.Font.Edging.kAntiAlias)
    return made


def cjk_font() -> Path:
    """Return the font of Chinese, Japanese and Korean letters (Noto Sans CJK, OFL) that a package brings.

    Raises:
        BackendUnavailableError: it is not installed.
    """
    found = find_spec("cvttf_NotoSansCJK_Bold")
    path = Path(found.origin).parent / "NotoSansCJKtc-Bold.otf" if found and found.origin else Path()
    if not path.is_file():
        raise BackendUnavailableError(
            "Chinese, Japanese, Korean, Greek and Cyrillic words need their font: pip install 'longbox[cjk]'"
        )
    return path


def has_cjk(text: str) -> bool:
    """Say whether a text has Chinese, Japanese or Korean letters."""
    return any(_FIRST_KANA <= c <= _LAST_WIDE for c in text)


def missing_letters(text: str, font_name: str) -> str:
    """Return the letters of a text that a font has no shape for, each once; blanks and joiners count not."""
    shapes = typeface(font_name)
    seen = dict.fromkeys(c for c in text if c.isprintable() and not c.isspace() and c not in _UNSEEN)
    return "".join(c for c in seen if shapes.unicharToGlyph(ord(c)) == 0)


def font_for(text: str, wanted: str) -> str:
    """Return the font that has the letters of a text: the wanted one, or that of its script."""
    if wanted == CJK:
        return CJK
    if any(_FIRST_HANGUL <= c <= _LAST_HANGUL for c in text):
        return _HANGUL_FONT
    return _KANA_FONT if any(c >= _FIRST_KANA for c in text) else wanted


def optical_size(name: str, size_px: float) -> float:
    """Return the size at which small letters of a font look as large as those of the usual one."""
    usual, own = (float(font(n, 100.0).getMetrics().fXHeight) for n in ("dialogue", name))
    return size_px * usual / own if own > 0 else size_px


def text_width(text: str, font_name: str, size_px: float) -> float:
    """Return the advance width of a line in pixels."""
    return float(font(font_name, size_px).measureText(text))


def wrap_box(text: str, font_name: str, size_px: float, max_width_px: float) -> TextBlock:
    """Break a text into the fewest lines under a width, evened out; for captions and prose."""
    words, joint = _units(text)
    widths = [text_width(word, font_name, size_px) for word in words]
    space = text_width(joint, font_name, size_px) if joint else 0.0
    count = _fewest_lines(widths, space, max_width_px)
    target = (sum(widths) + space * (len(words) - 1)) / count
    ends = _best_breaks(widths, space, [max(target, 1.0)] * count, max_width_px)
    return _block(words, ends, font_name, size_px, joint=joint)


def wrap_left(text: str, font_name: str, size_px: float, max_width_px: float) -> TextBlock:
    """Break a text greedily, filling each line: for columns of prose."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, font_name, size_px) <= max_width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    widths = tuple(text_width(line, font_name, size_px) for line in lines)
    return TextBlock(tuple(lines), widths, font_name, size_px)


def oval_blocks(text: str, font_name: str, size_px: float, *, aspect: float) -> tuple[TextBlock, ...]:
    """Return ways to break a text for a balloon, best looking first: one for each number of lines.

    ``aspect`` is the width over the height of the balloon that looks right.
    """
    words, joint = _units(text)
    widths = [text_width(word, font_name, size_px) for word in words]
    space = text_width(joint, font_name, size_px) if joint else 0.0
    total = sum(widths) + space * (len(words) - 1)
    blocks = []
    for count in range(1, min(len(words), _MAX_LINES) + 1):
        shape = _oval_profile(count)
        ends = _best_breaks(widths, space, [total * part / sum(shape) for part in shape], math.inf)
        blocks.append(_block(words, ends, font_name, size_px, joint=joint))
    return tuple(sorted(blocks, key=lambda block: _ugliness(block, aspect)))


def oval_radii(block: TextBlock, padding_px: float) -> tuple[float, float]:
    """Return the half width and half height of the smallest superellipse around a block.

    Args:
        block: The lines, centred.
        padding_px: Air between letters and outline.
    """
    pitch = block.font_px * LEADING
    count = len(block.lines)
    corners = [
        (width / 2 + padding_px, max(abs(k - count / 2), abs(k + 1 - count / 2)) * pitch)
        for k, width in enumerate(block.widths)
    ]
    best: tuple[float, float, float] | None = None
    for step in range(12):
        aspect = 0.7 + 0.25 * step
        reach = max(((x / aspect) ** OVAL_POWER + y**OVAL_POWER) ** (1 / OVAL_POWER) for x, y in corners)
        radii = (reach * aspect, reach + padding_px * 0.55)
        area = radii[0] * radii[1]
        if best is None or area < best[0]:
            best = (area, *radii)
    assert best is not None
    return best[1], best[2]


def _ugliness(block: TextBlock, aspect: float) -> float:
    """Rate a balloon by its area, more where it is far from the wanted aspect."""
    half_width, half_height = oval_radii(block, block.font_px * 0.5)
    off = abs(math.log(half_width / half_height / aspect))
    return half_width * half_height * (1 + 0.8 * off * off)


def _oval_profile(count: int) -> list[float]:
    """Relative widths of the lines of an oval."""
    middles = [(2 * k + 1) / count - 1 for k in range(count)]
    return [(1 - abs(y) ** OVAL_POWER) ** (1 / OVAL_POWER) for y in middles]


def _fewest_lines(widths: Sequence[float], space: float, limit: float) -> int:
    count, used = 1, 0.0
    for width in widths:
        if used and used + space + width > limit:
            count, used = count + 1, width
        else:
            used += (space if used else 0.0) + width
    return count


def _best_breaks(
    widths: Sequence[float], space: float, targets: Sequence[float], limit: float
) -> tuple[int, ...]:
    """Return where lines end so that their widths come closest to targets (least squares).

    Dynamic programming over (line, words used) as in Knuth and Plass (1981), without hyphens.
    """
    total = len(widths)
    sums = [0.0]
    for width in widths:
        sums.append(sums[-1] + width)
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for k, target in enumerate(targets):
        left = len(targets) - 1 - k
        following: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (cost, ends) in best.items():
            for end in range(start + 1, total - left + 1):
                length = sums[end] - sums[start] + space * (end - start - 1)
                if length > limit and end > start + 1:
                    break
                worse = cost + (length - target) ** 2
                if end not in following or worse < following[end][0]:
                    following[end] = (worse, (*ends, end))
        best = following
    return best[total][1]


def _units(text: str) -> tuple[list[str], str]:
    """Return what lines are broken between and what joins it: words, or letters where none are parted."""
    words = text.split()
    is_hangul = any(_FIRST_HANGUL <= letter <= _LAST_HANGUL for letter in text)
    has_short_words = is_hangul and max(map(len, words)) <= _LONGEST_HANGUL
    if len(words) > 2 or has_short_words or not has_cjk(text):
        return words, " "
    letters: list[str] = []
    for letter in "".join(words):
        if letters and letter in _CLOSING:
            letters[-1] += letter  # no line begins with a full stop (kinsoku)
        else:
            letters.append(letter)
    return letters, ""


def _block(
    words: Sequence[str], ends: Sequence[int], font_name: str, size_px: float, *, joint: str = " "
) -> TextBlock:
    starts = (0, *ends[:-1])
    lines = tuple(joint.join(words[a:b]) for a, b in zip(starts, ends, strict=True))
    return TextBlock(lines, tuple(text_width(line, font_name, size_px) for line in lines), font_name, size_px)
