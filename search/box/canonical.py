"""A request written back as it would be typed: the opposite of :func:`search.box.grammar.expand`."""

import re
from collections.abc import Iterator
from decimal import Decimal

from schemas.filters import SearchFilters
from schemas.messages import Phrase, SearchRequest, Wish
from search.box.fields import LISTED, RANGED, SINGLE
from search.box.lexing import tokens_of

_WORD = re.compile(r"[^\W\d_]\w*")
_SIMPLE = re.compile(r"[^\s\"“„\\][^\s]*")
_FIELD_OF = {name: field for field, name in reversed(tuple(LISTED.items()))}


def as_typed(request: SearchRequest) -> str:
    """Return the text that :func:`search.box.grammar.expand` reads as this request.

    Pictures become ``+image``: they go beside the text. Limit, cursor and the like have no words.
    """
    steps = request.run or (request,)
    return " ".join((" > ".join(" ".join(_asked(step)) for step in steps), *_whole(request))).strip()


def typed_field(field: str, value: str) -> str:
    """Return a field as it is typed."""
    return f"{field}:{_value(value)}"


def typed_phrase(line: str) -> str:
    """Return a line that must be there as it is typed."""
    return _quoted(line)


def _asked(request: SearchRequest) -> Iterator[str]:
    yield from map(_plain, request.text.split())
    for wish in request.texts:
        yield f"{_number(wish.weight)}:{_words(wish.words)}"
    for phrase in (*_first_line(request), *request.phrases):
        yield _phrase(phrase)
    for dislike in request.dislikes:
        yield _dislike(dislike)
    for name, panels in (("like", request.like), ("unlike", request.unlike)):
        for panel in panels:
            yield f"{name}:{_value(panel)}"
    if request.shows:
        yield "+image"


def _first_line(request: SearchRequest) -> tuple[Phrase, ...]:
    return (Phrase(request.dialogue.strip(), "fuzzy"),) if request.dialogue.strip() else ()


def _whole(request: SearchRequest) -> Iterator[str]:
    yield from _filters(request.filters)
    if request.group_by != "panel":
        yield f"group:{request.group_by}"
    for side, weight in request.weights.items():
        yield f"weight:{side}={_number(weight)}"


def _filters(filters: SearchFilters) -> Iterator[str]:
    for name, field in _FIELD_OF.items():
        for value in getattr(filters, name):
            yield f"{field}:{_value(value)}"
        for value in getattr(filters, f"not_{name}"):
            yield f"-{field}:{_value(value)}"
    for name in RANGED:
        low, high = getattr(filters, f"{name}_from"), getattr(filters, f"{name}_to")
        if low is not None or high is not None:
            ends = ("" if end is None else str(end) for end in (low, high))
            yield f"{name}:{low}" if low == high else f"{name}:{'..'.join(ends)}"
    for area in filters.areas:
        yield f"map:{area.map}{'@' if area.corners else '/'}{area}"
    for name in SINGLE:
        if (wanted := getattr(filters, name)) is not None:
            yield f"is:{name}" if wanted else f"-is:{name}"
    if filters.has_text is not None:
        yield "has:text" if filters.has_text else "-has:text"


def _plain(word: str) -> str:
    """Return a word, behind a backslash where it would mean something else."""
    try:
        (token,) = tokens_of(word)
    except ValueError:  # a quote, or more than one token
        return f"\\{word}"
    is_plain = token.kind == "word" and not token.is_negated and token.text == word
    return word if is_plain else f"\\{word}"


def _dislike(wish: Wish) -> str:
    return f"-{_words(wish.words)}" if wish.weight == 1.0 else f"-{_number(wish.weight)}:{_words(wish.words)}"


def _phrase(phrase: Phrase) -> str:
    if phrase.mode == "prefix":
        return f'{_quoted(phrase.text)[:-1]}*"'
    return f"~{_quoted(phrase.text)}" if phrase.mode == "fuzzy" else _quoted(phrase.text)


def _words(words: str) -> str:
    return words if _WORD.fullmatch(words) else _quoted(words)


def _value(value: str) -> str:
    return value if _SIMPLE.fullmatch(value) else _quoted(value)


def _quoted(text: str) -> str:
    escaped = re.sub(r'(["\\“”„]|\*\Z)', r"\\\1", text)
    return f'"{escaped}"'


def _number(value: float) -> str:
    return f"{Decimal(repr(value)).normalize():f}"
