"""JSON as language models write it, mended.

Valid JSON is never changed. Otherwise the text is read by a parser that forgives: code fences and
prose around the JSON, quotes inside strings, bad escapes, raw line breaks, missing and trailing
commas, single quotes, Python's constants, missing closing brackets and an end that breaks off.

The hard case is ``{"text": "He said "no" and left", "n": 1}``: a quote ends a string only where
what follows it can follow a string at that place.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from textwrap import shorten

from schemas.errors import PageReadingError
from schemas.vlm import ReadingDefect

_MAX_DEPTH = 40  # an analysis of a page is five deep; deeper is a model gone astray
_MAX_STARTS = 50  # brackets at which JSON may begin; prose before it holds a few
_MAX_JUNK = 100  # characters and words passed over where a member belongs, until it is no JSON
_EXCERPT_CHARACTERS = 80
_MAX_INT_DIGITS = 4000  # int() refuses 4,300
_END_OF_THOUGHTS = "</think>"
_BRACKET = re.compile(r"\{(?=\s*+[\"'\w])|\[(?=\s*+(?:[\[{\"'\d-]|true|false|null))")
_SPACE = re.compile(r"\s*+")
_SEPARATORS = re.compile(r"[\s,]*+")
_NUMBER = re.compile(r"-?\d++(?:\.\d++)?(?:[eE][-+]?\d++)?(?=\s*+(?:[,\]}\"'\d-]|\Z))")
_WORD = re.compile(r"(?:true|false|null|True|False|None)(?=[\s,\]}]|\Z)")
_BARE_TEXT = re.compile(r"[^,\]}\n]*+")
_BARE_KEY = re.compile(r"[a-z][a-z0-9_]{0,100}(?=\s*+:)")
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}
_PYTHON_WORDS = {"True": "true", "False": "false", "None": "null"}
_PLAIN = {'"': re.compile(r'[^"\\]++'), "'": re.compile(r"[^'\\]++")}
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_HEX4 = re.compile(r"[0-9a-fA-F]{4}")
# What may follow a string. The length of a key is bounded, so that hostile text stays linear.
_KEY = r"""(?:"(?:[^"\\]|\\.){0,200}+"|'[\w-]{1,100}'|[a-z][a-z0-9_]{0,100}+)\s*+:"""
_FIELD = r""""[a-z][a-z0-9_]{0,100}"\s*+:"""  # a key as the formats have them: a comma may be missing
_CUT_KEY = r"""["'](?:[^"\\]|\\.){0,200}+"?\s*+\Z"""
_AFTER_KEY = re.compile(r"\s*+(?::|[,}]|\Z)")
_AFTER_MEMBER = re.compile(
    rf"\s*+(?:\}}|\Z|,\s*+(?:{_KEY}|{_CUT_KEY}|\}}|\Z)|\]\s*+(?:[,}}\]]|\Z))|[^\S\n]*+\n\s*+{_KEY}|\s*+{_FIELD}",
    re.DOTALL,
)
_ITEM = r"(?:[\"'{\[\]\d-]|true|false|null|None|True|False|\Z)"
_LAST_ITEM = r"\s*+(?:\]|\Z|\}\s*+(?:[,}\]]|\Z))"
_NEXT_LINE = r"[^\S\n]*+,?[^\S\n]*+\n\s*+[\"'{\[]"
_AFTER_ITEM = re.compile(rf"{_LAST_ITEM}|\s*+,\s*+{_ITEM}|{_NEXT_LINE}")
# Inside a pair of inner quotes, ``", "`` on one line ends the pair: ["Not "yes", "no", "never"", "Why?"].
_AFTER_ITEM_IN_QUOTES = re.compile(rf"{_LAST_ITEM}|{_NEXT_LINE}")


@dataclass(frozen=True, slots=True)
class MendedJson:
    """A value read from text, and what had to be forgiven."""

    value: object
    changed: bool
    truncated: bool


def repair_json(text: str) -> object:
    """Return the JSON value that a text holds; what ``json.loads`` gives where that is valid.

    Raises:
        PageReadingError: there is no JSON object or array that holds anything.
    """
    return mend_json(text).value


def mend_json(text: str) -> MendedJson:
    """Return the value of :func:`repair_json`, and whether it was changed or breaks off.

    Raises:
        PageReadingError: there is no JSON object or array that holds anything.
    """
    try:
        return MendedJson(json.loads(text), changed=False, truncated=False)
    except (ValueError, RecursionError):
        return read_forgivingly(_without_thoughts(text))


def read_forgivingly(text: str) -> MendedJson:
    """Return the longest object or array of a text, read by the parser that forgives.

    Raises:
        PageReadingError: there is none that holds anything.
    """
    best, best_length, at = None, 0, 0
    for _ in range(_MAX_STARTS):
        bracket = _BRACKET.search(text, at)
        if bracket is None:
            break
        parser = _Parser(text, bracket.start())
        value = parser.value(0)
        length = parser.at - bracket.start()
        if value and length > best_length:
            best, best_length = MendedJson(value, changed=True, truncated=parser.truncated), length
        at = parser.at if value else bracket.end()
    if best is None:
        excerpt = shorten(text[: _EXCERPT_CHARACTERS * 2], _EXCERPT_CHARACTERS, placeholder=" …")
        raise PageReadingError(f"the answer holds no JSON: {excerpt!r}", defect=ReadingDefect.NOT_JSON)
    return best


def _without_thoughts(text: str) -> str:
    """Drop what a model thought before it answered; some servers drop the tag that opens it."""
    if text.lstrip().startswith(("{", "[", "`")):
        return text  # an answer that happens to name the tag
    thoughts, _, said = text.rpartition(_END_OF_THOUGHTS)
    is_named = any(
        _end_of_json(text, start.start()) > len(thoughts)
        for start in islice(_BRACKET.finditer(thoughts), _MAX_STARTS)
    )
    return said if _BRACKET.search(said) and not is_named else text


def _end_of_json(text: str, start: int) -> int:
    """Return where the sound JSON that begins at a place ends, -1 where there is none."""
    try:
        return json.JSONDecoder().raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return -1


class _Parser:
    """Reads one value from a place in a text; ``at`` is where it stands."""

    def __init__(self, text: str, at: int) -> None:
        self.at = at
        self.truncated = False
        self._text = text
        self._open_arrays = 0
        self._junk = 0

    def value(self, depth: int, after_string: re.Pattern[str] = _AFTER_MEMBER) -> object:
        """Read whatever stands here; None where nothing does."""
        if depth > _MAX_DEPTH:
            raise PageReadingError("the answer nests without end", defect=ReadingDefect.NOT_JSON)
        self._skip(_SPACE)
        match self._here():
            case "{":
                return self._object(depth)
            case "[":
                return self._array(depth)
            case '"' | "'":
                return self._string(after_string)
            case _:
                return self._bare()

    def _object(self, depth: int) -> dict[str, object]:
        members: dict[str, object] = {}
        self.at += 1
        while self._inside("}"):
            if self._here() == "]" and self._open_arrays:
                break  # the closing brace is missing: the bracket belongs to the array around
            key = self._key()
            self._skip(_SPACE)
            if key is not None and self._here() == ":":
                self.at += 1
                members[key] = self.value(depth + 1)
                continue
            self.at += key is None  # a character that no key can begin with
            self._junk += 1
            if self._junk > _MAX_JUNK:
                break
        return members

    def _key(self) -> str | None:
        if self._here() in {'"', "'"}:
            return self._string(_AFTER_KEY)
        bare = _BARE_KEY.match(self._text, self.at)
        if bare is None:
            return None
        self.at = bare.end()
        return bare[0]

    def _array(self, depth: int) -> list[object]:
        items: list[object] = []
        self.at += 1
        self._open_arrays += 1
        while self._inside("]"):
            if self._here() == "}":
                break  # the closing bracket is missing: the brace belongs to the object around
            start = self.at
            items.append(self.value(depth + 1, _AFTER_ITEM))
            if self.at == start:
                self.at += 1
        self._open_arrays -= 1
        return items

    def _inside(self, closing: str) -> bool:
        """Skip to the next member or item; False past the closing bracket or at the end of the text."""
        self._skip(_SEPARATORS)
        if self.at >= len(self._text):
            self.truncated = True
            return False
        if self._here() == closing:
            self.at += 1
            return False
        return True

    def _string(self, after: re.Pattern[str]) -> str:
        quote = self._here()
        plain = _PLAIN[quote]
        parts: list[str] = []
        inner_quotes = 0
        self.at += 1
        while True:
            run = plain.match(self._text, self.at)
            if run:
                parts.append(run[0])
                self.at = run.end()
            match self._here():
                case "":
                    self.truncated = True
                    break
                case "\\":
                    parts.append(self._escape())
                case _:
                    self.at += 1
                    in_quotes = after is _AFTER_ITEM and inner_quotes % 2
                    if (_AFTER_ITEM_IN_QUOTES if in_quotes else after).match(self._text, self.at):
                        break
                    inner_quotes += 1
                    parts.append(quote)
        return _joined_surrogates("".join(parts))

    def _escape(self) -> str:
        """Read a backslash and what it escapes; one that escapes nothing stays as it is."""
        letter = self._text[self.at + 1 : self.at + 2]
        self.at += 1 + len(letter)
        if letter == "u":
            digits = _HEX4.match(self._text, self.at)
            if digits is None:
                return "\\u"
            self.at = digits.end()
            return chr(int(digits[0], 16))
        if letter in _ESCAPES:
            return _ESCAPES[letter]
        return f"\\{letter}" if letter.isalnum() else letter

    def _bare(self) -> object:
        """Read a number, a constant, or text that lacks its quotes."""
        number = _NUMBER.match(self._text, self.at)
        if number:
            self.at = number.end()
            return _number(number[0])
        word = _WORD.match(self._text, self.at)
        if word:
            self.at = word.end()
            return _WORDS[_PYTHON_WORDS.get(word[0], word[0])]
        text = _BARE_TEXT.match(self._text, self.at)
        self.at = text.end() if text else self.at
        if self.at >= len(self._text):
            self.truncated = True  # "tru": what it was going to be is not known
            return None
        return (text[0].strip() if text else "") or None

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self.at)
        self.at = found.end() if found else self.at

    def _here(self) -> str:
        return self._text[self.at : self.at + 1]


def _number(text: str) -> int | float:
    """Return a whole number as int unless it is absurdly long."""
    return int(text) if text.lstrip("-").isdigit() and len(text) <= _MAX_INT_DIGITS else float(text)


def _joined_surrogates(text: str) -> str:
    """Join pairs that came as two escapes; a lone one stays, as json.loads leaves it."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
