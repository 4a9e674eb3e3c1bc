r"""What can be typed into one box.

::

    a castle at night           words, as ever
    "basta così"                a line that must be there; "basta*" begins so, ~"bsta così" is forgiving
    -cover  -"two words"        away from these words
    2:rain  0.5:"two words"     words that count twice, half
    series:tex  -type:cover     narrowed, or not these: book creator character year page lang type
                                licence tag audit story has:text has:ELEMENT is:bw is:colour is:dark
                                is:light is:portrait is:landscape is:square is:generated is:comic
    year:1990..1999  year:>=1990
    map:NAME/3  map:NAME@x,y;…  a cluster of a map, or an area of it
    like:ID  unlike:ID          panels like that one
    +image                      the picture that came along
    "knock" > a door opens      panels that follow each other
    group:page  weight:look=2   hits by page; what a side counts
    \-5  \"so                    a backslash takes its meaning from what follows

Whatever is none of these is words: "10:30" and "Spider-Man: home" too.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from schemas.errors import QueryError
from schemas.filters import SearchFilters
from schemas.messages import GroupBy, Phrase, SearchRequest, Wish, weights_from
from search.box.fields import LETTERING, RANGED, FieldValue, filters_of
from search.box.lexing import Token, problem, tokens_of


@dataclass(slots=True)
class _Asked:
    """One step: what is looked for, as far as it was read."""

    start: int
    words: list[str] = field(default_factory=list)
    texts: list[Wish] = field(default_factory=list)
    negatives: list[Wish] = field(default_factory=list)
    phrases: list[Phrase] = field(default_factory=list)
    like: list[str] = field(default_factory=list)
    unlike: list[str] = field(default_factory=list)
    picture_at: int | None = None

    @property
    def is_empty(self) -> bool:
        asking = (self.words, self.texts, self.phrases, self.like)
        return not any(asking) and self.picture_at is None


@dataclass(slots=True)
class _Whole:
    """What belongs to the whole box, in whichever step it stands."""

    filters: SearchFilters = field(default_factory=SearchFilters)
    group_by: GroupBy | None = None
    weights: dict[str, float] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)


def expand(request: SearchRequest) -> SearchRequest:
    """Read the text of a request as typed into the box; plain words give the very same request.

    Raises:
        QueryError: something typed cannot be meant; the message shows the place and the way out.
    """
    tokens = list(tokens_of(request.text))
    if all(token.kind == "word" and _is_as_typed(token, request.text) for token in tokens):
        return request
    steps, whole = _read(tokens)
    common = replace(
        request,
        filters=request.filters.and_also(whole.filters),
        group_by=whole.group_by or request.group_by,
        weights={**request.weights, **whole.weights},
    )
    if len(steps) == 1:
        return _asking(common, steps[0])
    return _run(common, steps)


def _is_as_typed(token: Token, box: str) -> bool:
    return not token.is_negated and box[token.start : token.end] == token.text


def _read(tokens: list[Token]) -> tuple[list[_Asked], _Whole]:
    whole, steps = _Whole(), [_Asked(0)]
    for token in tokens:
        if token.kind == "then":
            steps.append(_Asked(token.start))
            continue
        try:
            _READERS[token.kind](token, steps[-1], whole)
        except QueryError as error:
            message = str(error)
            raise error if message.startswith("character ") else problem(token.start, message) from error
    return steps, whole


def _read_word(token: Token, asked: _Asked, _whole: _Whole) -> None:
    if token.is_negated:
        asked.negatives.append(Wish(token.text))
    else:
        asked.words.append(token.text)


def _read_weight(token: Token, asked: _Asked, _whole: _Whole) -> None:
    if not token.text:
        raise QueryError('a weight needs words: write 2:rain or 2:"two words"')
    try:
        wish = Wish(token.text, float(token.name))
    except QueryError as error:
        raise QueryError(f"{error}; to search for it as words, write \\{token.name}:{token.text}") from error
    (asked.negatives if token.is_negated else asked.texts).append(wish)


def _read_quote(token: Token, asked: _Asked, _whole: _Whole) -> None:
    if not token.text:
        raise QueryError('there is nothing between these quotes: write the line, as "light does not swim"')
    asked.phrases.append(Phrase(token.text, "prefix" if token.is_prefix else "exact"))


def _read_fuzzy(token: Token, asked: _Asked, _whole: _Whole) -> None:
    if not token.text:
        raise QueryError('there is nothing between these quotes: write the line, as ~"light does not swim"')
    asked.phrases.append(Phrase(token.text, "fuzzy"))


def _read_picture(token: Token, asked: _Asked, _whole: _Whole) -> None:
    asked.picture_at = token.start


def _read_field(token: Token, asked: _Asked, whole: _Whole) -> None:
    name, value = token.name, token.text
    if not value:
        raise QueryError(f"{name}: needs a value between the quotes")
    if name in ("like", "unlike"):
        _read_example(token, asked)
    elif name in ("group", "weight"):
        _read_manner(token, whole)
    else:
        once = f"{name}:{LETTERING}" if name == "has" and value.lower() == LETTERING else name
        if name != "has" or once != name:
            if once in (*RANGED, f"has:{LETTERING}") and once in whole.seen:
                raise QueryError(f"{name}: is given twice: leave one out")
            whole.seen.add(once)
        whole.filters = whole.filters.and_also(filters_of(FieldValue(name, value, token.is_negated)))


def _read_example(token: Token, asked: _Asked) -> None:
    if token.is_negated and token.name == "unlike":
        raise QueryError("-unlike: is no way to say like:")
    is_like = token.name == "like" and not token.is_negated
    (asked.like if is_like else asked.unlike).append(token.text)


def _read_manner(token: Token, whole: _Whole) -> None:
    groups: dict[str, GroupBy] = {"panel": "panel", "page": "page", "book": "book"}
    if token.is_negated:
        raise QueryError(f"-{token.name}: cannot be: leave it out")
    if token.name == "weight":
        whole.weights |= weights_from([token.text])
    elif token.text in groups:
        whole.group_by = groups[token.text]
    else:
        raise QueryError(f"there is no group:{token.text[:40]}; write one of {', '.join(groups)}")


_READERS: dict[str, Callable[[Token, _Asked, _Whole], None]] = {
    "word": _read_word,
    "weight": _read_weight,
    "quote": _read_quote,
    "fuzzy": _read_fuzzy,
    "picture": _read_picture,
    "field": _read_field,
}


def _asking(request: SearchRequest, asked: _Asked) -> SearchRequest:
    """Add what was typed to a request."""
    if asked.picture_at is not None and not request.shows:
        raise problem(asked.picture_at, "+image needs a picture, and none came with this search: add one")
    return replace(
        request,
        text=" ".join(asked.words),
        texts=(*request.texts, *asked.texts),
        negatives=(*request.negatives, *asked.negatives),
        phrases=(*request.phrases, *asked.phrases),
        like=(*request.like, *asked.like),
        unlike=(*request.unlike, *asked.unlike),
    )


def _run(request: SearchRequest, steps: list[_Asked]) -> SearchRequest:
    """Make a run of the steps; the picture that came along goes where it was asked for."""
    for number, asked in enumerate(steps):
        if asked.is_empty:
            side = "after" if number else "before"
            place = asked.start if number else steps[1].start
            raise problem(
                place, f"there is nothing {side} this >: write what is to be seen, or \\> for the sign"
            )
    has_picture = any(asked.picture_at is not None for asked in steps)
    if request.shows and not has_picture:
        raise QueryError("which panel of the run is like the picture? write +image into its step")
    given = SearchRequest(text="-", picture=request.picture, pictures=request.pictures, crops=request.crops)
    without = SearchRequest(text="-")
    run = tuple(_asking(without if asked.picture_at is None else given, asked) for asked in steps)
    return replace(request, text="", picture=None, pictures=(), crops=(), run=run)
