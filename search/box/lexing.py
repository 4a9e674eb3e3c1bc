"""One box of words cut into tokens; see :mod:`search.box.grammar` for what they mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from schemas.errors import QueryError
from search.box.fields import FIELDS

Kind = Literal["word", "quote", "fuzzy", "weight", "field", "picture", "then"]

_WEIGHT = re.compile(r"(\d+(?:\.\d+)?):(?=[^\W\d_]|[\"“„])")
_FIELD = re.compile(r"([A-Za-z]+):(?=\S)")
_BARE = re.compile(r"\S+")
_NEGATED = re.compile(r"-(?=[\"“„]|[\w.]*\w)")
_OPENING, _CLOSING = '"“„', {'"': '"', "“": '”“"', "„": '“”"'}
_ESCAPED = re.compile(r'\\(["\\*“”„])')
PICTURE, THEN = "+image", ">"


@dataclass(frozen=True, slots=True)
class Token:
    """A part of the box. ``start`` counts characters from 0; ``name`` is a field or a weight.

    ``is_prefix`` tells of a star before the closing quote.
    """

    kind: Kind
    start: int
    end: int
    text: str
    name: str = ""
    is_negated: bool = False
    is_quoted: bool = False
    is_prefix: bool = False


def tokens_of(box: str) -> Iterator[Token]:
    """Cut a box into tokens. Raises QueryError, with the place, for a quote that is not closed."""
    place = 0
    while (found := _BARE.search(box, place)) is not None:
        token = _token(box, found.start())
        place = token.end
        yield token


def problem(start: int, message: str) -> QueryError:
    """Return an error that shows its place, counted from 1."""
    return QueryError(f"character {start + 1}: {message}")


def _token(box: str, start: int) -> Token:
    end = _bare_end(box, start)
    bare = box[start:end]
    if bare[0] == "\\" and len(bare) > 1:
        return Token("word", start, end, bare[1:])
    if bare == PICTURE:
        return Token("picture", start, end, bare)
    if bare == THEN:
        return Token("then", start, end, bare)
    if bare[0] == "~" and bare[1:2] in tuple(_OPENING):
        text, is_prefix, end = _quoted(box, start + 1)
        return Token("fuzzy", start, end, text + "*" * is_prefix, is_quoted=True)
    is_negated = _NEGATED.match(bare) is not None
    token = _plain_token(box, start + is_negated, start, is_negated=is_negated)
    if token.kind == "word" and not is_negated:
        return Token("word", start, end, bare)
    return token


def _plain_token(box: str, at: int, start: int, *, is_negated: bool) -> Token:
    """Read what may follow a minus: a quote, a weight, a field or a word."""
    weight = _WEIGHT.match(box, at)
    field = None if weight else _FIELD.match(box, at)
    if field is not None and field[1].lower() not in FIELDS:
        field = None
    head = weight or field
    kind: Kind = "weight" if weight else "field" if field else "word"
    name = head[1].lower() if head else ""
    value = head.end() if head else at
    if box[value] in _OPENING:
        text, is_prefix, end = _quoted(box, value)
        if not head and not is_negated:
            return Token("quote", start, end, text, is_quoted=True, is_prefix=is_prefix)
        return Token(kind, start, end, text + "*" * is_prefix, name, is_negated, is_quoted=True)
    end = _bare_end(box, value)
    return Token(kind, start, end, box[value:end], name, is_negated)


def _bare_end(box: str, start: int) -> int:
    found = _BARE.match(box, start)
    return found.end() if found else start


def _quoted(box: str, opening: int) -> tuple[str, bool, int]:
    """Return what stands between quotes, whether a star ends it, and where the token ends."""
    closing, place = _CLOSING[box[opening]], opening + 1
    while place < len(box) and box[place] not in closing:
        place += 2 if box[place] == "\\" else 1
    if place >= len(box):
        raise problem(opening, 'this quote is never closed: write a " at its end, or \\" for a quote as such')
    raw = box[opening + 1 : place]
    is_prefix = raw.endswith("*") and not _ends_escaped(raw)
    text = _ESCAPED.sub(r"\1", raw[:-1] if is_prefix else raw)
    return text.strip(), is_prefix, place + 1


def _ends_escaped(raw: str) -> bool:
    """Say whether the last character stands behind a backslash that is none itself."""
    before = raw[:-1]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1
