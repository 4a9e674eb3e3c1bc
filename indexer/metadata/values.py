"""Turns what strangers wrote into bounded, clean values; what is nonsense becomes None."""

import re
import unicodedata
from collections.abc import Iterable

from schemas.labels import ReadingDirection
from schemas.records import Credit

MAX_NAME = 300  # characters of a title, a name, a tag
MAX_SUMMARY = 10_000
MAX_ITEMS = 500  # of a list
MAX_COUNT = 1_000_000
_FIRST_YEAR, _LAST_YEAR = 1000, 2200
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(?:\.0+)?")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_LANGUAGE_TAG = re.compile(r"([a-z]{2,3})(?:[-_].*)?")
_STRIP = re.compile(r"web-?toons?|long[- ]?strip|vertical[- ]scroll(?:ing)?|scroll[- ]?comic", re.IGNORECASE)

_LANGUAGES = {
    "en": "english eng",
    "ja": "japanese jpn jp 日本語",
    "ko": "korean kor kr 한국어",
    "zh": "chinese zho chi cn 中文",
    "fr": "french français francais fra fre",
    "de": "german deutsch deu ger",
    "es": "spanish español espanol castellano spa",
    "it": "italian italiano ita",
    "pt": "portuguese português portugues por",
    "ru": "russian русский rus",
    "nl": "dutch nederlands nld dut",
    "pl": "polish polski pol",
    "sv": "swedish svenska swe",
    "da": "danish dansk dan",
    "nb": "norwegian norsk nor nob",
    "fi": "finnish suomi fin",
    "cs": "czech čeština ces cze",
    "tr": "turkish türkçe tur",
    "el": "greek ελληνικά ell gre",
    "ar": "arabic العربية ara",
    "he": "hebrew עברית heb",
    "hi": "hindi हिन्दी hin",
    "th": "thai ไทย tha",
    "vi": "vietnamese tiếng vie",
    "id": "indonesian bahasa ind",
    "uk": "ukrainian українська ukr",
    "hu": "hungarian magyar hun",
    "ro": "romanian română ron rum",
    "ca": "catalan català cat",
}
_LANGUAGE_BY_WORD = {word: code for code, words in _LANGUAGES.items() for word in words.split()}

_ROLES = {
    "writer": "writer author script scripter scriptwriter plot plotter story scénariste adapter",
    "penciller": "penciller penciler pencils breakdowns",
    "inker": "inker inks finishes embellisher",
    "colorist": "colorist colourist colorer colourer colors colours",
    "letterer": "letterer letters lettering",
    "cover": "cover covers coverartist coverdesigner",
    "artist": "artist art illustrator illustrations drawer painter designer photographer",
    "editor": "editor consultingeditor associateeditor assistanteditor senioreditor editorinchief",
    "translator": "translator translation",
}
_ROLE_BY_WORD = {word: role for role, words in _ROLES.items() for word in words.split()}


def text_of(value: object, *, limit: int = MAX_NAME) -> str | None:
    """Return one clean line of a string or number: NFC, no control characters, bounded; else None."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    raw = str(value) if not isinstance(value, int) or abs(value) < 10**18 else ""
    # Cut before and after cleaning: the first bounds the work, the second the result.
    printable = "".join(c if c.isprintable() else " " for c in raw[: limit * 4])
    line = " ".join(unicodedata.normalize("NFC", printable).split())
    return line[:limit].rstrip() or None


def paragraphs_of(value: object) -> str | None:
    """Return clean text of several lines, bounded; else None."""
    if not isinstance(value, str):
        return None
    lines = (text_of(line, limit=MAX_SUMMARY) or "" for line in value[: MAX_SUMMARY * 2].splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:MAX_SUMMARY] or None


def whole_number(value: object, *, low: int = 0, high: int = MAX_COUNT) -> int | None:
    """Return a whole number within bounds; None for anything else, also ComicInfo's -1 for unknown."""
    if isinstance(value, bool):
        return None
    text = value.strip() if isinstance(value, str) else str(value) if isinstance(value, (int, float)) else ""
    if not _WHOLE_NUMBER.fullmatch(text):
        return None
    number = int(text.split(".")[0])
    return number if low <= number <= high else None


def issue_number(value: object) -> str | None:
    """Return an issue number as people cite it: ``001`` is ``1``, ``½`` and ``1.MU`` stay."""
    text = text_of(value, limit=40)
    if text is None:
        return None
    text = text.removeprefix("#").strip()
    return re.sub(r"^0+(?=[0-9])", "", text) or None


def year_of(value: object) -> int | None:
    """Return a credible year."""
    return whole_number(value, low=_FIRST_YEAR, high=_LAST_YEAR)


def date_of(value: object) -> tuple[int | None, int | None, int | None]:
    """Split ``1950-11-01``, ``1950-11`` or ``1950`` into year, month, day."""
    match = _DATE.match(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None, None, None
    year, month, day = match.groups()
    if year_of(year) is None:  # Calibre writes 0101-01-01 for an unknown date
        return None, None, None
    return year_of(year), whole_number(month, low=1, high=12), whole_number(day, low=1, high=31)


def language_of(value: object) -> str | None:
    """Return a lower-case ISO 639 code of a tag (``en-US``) or a name (``English``)."""
    text = (text_of(value, limit=60) or "").lower()
    if text in _LANGUAGE_BY_WORD:
        return _LANGUAGE_BY_WORD[text]
    match = _LANGUAGE_TAG.fullmatch(text)
    if match is None:
        return None
    code = match.group(1)
    return _LANGUAGE_BY_WORD.get(code, code if code != "und" else None)


def names_of(values: Iterable[object]) -> tuple[str, ...]:
    """Clean a list of names: bounded, without blanks and repetitions, order kept."""
    found: dict[str, str] = {}
    for value in values:
        name = text_of(value)
        if name is not None:
            found.setdefault(name.casefold(), name)
        if len(found) >= MAX_ITEMS:
            break
    return tuple(found.values())


def split_names(value: object) -> tuple[str, ...]:
    """Split a comma-separated list, as ComicInfo writes them."""
    return names_of(re.split(r"[,;]", value)) if isinstance(value, str) else ()


def role_of(value: object) -> str:
    """Return our word for a role; roles that we have no word for stay as they are, lower case."""
    text = (text_of(value, limit=60) or "other").lower()
    return _ROLE_BY_WORD.get(re.sub(r"[^\w]", "", text), text)


def credits_of(pairs: Iterable[tuple[str, str]]) -> tuple[Credit, ...]:
    """Make credits of (role, name) pairs, each once, order kept."""
    found = dict.fromkeys(Credit(role, name) for role, name in pairs if name)
    return tuple(found)[:MAX_ITEMS]


def direction_of(value: object) -> ReadingDirection | None:
    """Understand the words by which formats name a reading direction."""
    word = re.sub(r"[^a-z]", "", (text_of(value, limit=60) or "").lower())
    if word in ("rtl", "rl", "rightleft", "righttoleft", "horizontalrl", "verticalrl"):
        return ReadingDirection.RTL
    if word in ("ltr", "lr", "lefttoright", "horizontallr"):
        return ReadingDirection.LTR
    if word in ("ttb", "toptobottom", "vertical", "webtoon"):
        return ReadingDirection.TTB
    return None


def strip_hint(values: Iterable[str | None]) -> str | None:
    """Return the format, tag or genre that says that the book is one vertical strip."""
    return next((value for value in values if value and _STRIP.search(value)), None)
