"""From HTTP parameters to a search request, and back to the parameters of a link."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping

import flask
import numpy as np
from werkzeug.datastructures import MultiDict

from models.pictures import decode_picture
from schemas.areas import MapArea
from schemas.config import MIB, PictureLimits
from schemas.errors import QueryError
from schemas.messages import (
    MAX_PARTS,
    Crop,
    GroupBy,
    NearestRequest,
    SearchFilters,
    SearchRequest,
    Wish,
    check_words,
    phrase_from,
    weights_from,
    wish_from,
)
from schemas.records import RgbImage
from search.box.grammar import expand
from webui.state import site

QUERY_PICTURE_LIMITS = PictureLimits(max_bytes=32 * MIB, max_pixels=64_000_000, max_side_px=32_000)
QUERY_PICTURE_SIDE_PX = 800
"""Descriptors look at far less; the rest of an upload is dropped at once."""

LISTS = {
    "series": "series",
    "language": "languages",
    "page_type": "page_types",
    "book": "book_ids",
    "creator": "creators",
    "character": "characters",
    "team": "teams",
    "genre": "genres",
    "licence": "licences",
    "tag": "tags",
    "is": "traits",
    "audit": "findings",
    "element": "elements",
    "story": "stories",
}
"""Parameters that name values, which ``not_`` turns round, and what ``SearchFilters`` calls them."""
FACETS = (*LISTS, *(f"not_{name}" for name in LISTS))
NARROWING = (*FACETS, "year_from", "year_to", "page_from", "page_to", "has_text", "comic", "area", "cluster")
ASKING = ("q", "dialogue", "also", "phrase", "like", "picture", "also_picture", "crop", "step")
PARAMETERS = (
    *(*ASKING, "without", "unlike", "weight", *NARROWING),
    *("group", "limit", "cursor", "min_score", "duplicates", "facets", "window", "map"),
)

GROUPS: dict[str, GroupBy] = {"panel": "panel", "page": "page", "book": "book"}
Arguments = MultiDict[str, str]


def search_request(
    arguments: Arguments, picture: RgbImage | None, *, default_limit: int = 20
) -> SearchRequest:
    """Build a request; ``q`` and each ``step`` are read as typed into one box.

    Raises:
        QueryError: a parameter is unknown or wrong, and named.
        NotFoundError: a picture is no longer remembered.
    """
    check_names(arguments)
    words = arguments.get("q", "").strip()
    check_words("q", words)  # by the name it was given under; a request calls it text
    without = _values(arguments, "without") or ("",)
    request = SearchRequest(
        text=words,
        dialogue=arguments.get("dialogue", "").strip(),
        picture=picture,
        like=_values(arguments, "like"),
        without=without[0].strip(),
        unlike=_values(arguments, "unlike"),
        weights=weights_from(_values(arguments, "weight")),
        filters=search_filters(arguments),
        group_by=_group_by(arguments.get("group") or "panel"),
        collapse_duplicates=_flag(arguments, "duplicates") is not True,
        limit=_integer(arguments, "limit", default_limit),
        cursor=arguments.get("cursor") or None,
        min_score=_number(arguments, "min_score"),
        texts=tuple(map(wish_from, _values(arguments, "also"))),
        negatives=tuple(map(Wish, without[1:])),
        phrases=tuple(map(phrase_from, _values(arguments, "phrase"))),
        pictures=tuple(map(_recall, _values(arguments, "also_picture"))),
        crops=tuple(map(Crop.parse, _values(arguments, "crop"))),
        run=tuple(expand(SearchRequest(text=step)) for step in _values(arguments, "step")),
        facets=_flag(arguments, "facets") is True,
        window=_integer(arguments, "window", 0),
    )
    return expand(request)


def check_names(arguments: Arguments) -> None:
    """Raise QueryError for a parameter that no search has."""
    unknown = sorted(set(arguments) - set(PARAMETERS))
    if unknown:
        raise QueryError(f"unknown parameter {unknown[0]!r}; known are {', '.join(PARAMETERS)}")


def search_filters(arguments: Arguments) -> SearchFilters:
    """Build the facets of a request."""
    lists = {
        f"{sign}{name}": _values(arguments, f"{sign}{key}")
        for key, name in LISTS.items()
        for sign in ("", "not_")
    }
    bounds = {
        name: optional_integer(arguments, name) for name in ("year_from", "year_to", "page_from", "page_to")
    }
    areas = tuple(_areas(arguments))
    flags = {name: _flag(arguments, name) for name in ("has_text", "comic")}
    return SearchFilters(**lists, **bounds, **flags, areas=areas)  # type: ignore[arg-type]


def _areas(arguments: Arguments) -> Iterator[MapArea]:
    """Give the regions of maps: each ``area`` and ``cluster`` of the map that ``map`` names."""
    name = arguments.get("map", "")
    for area in _values(arguments, "area"):
        yield MapArea.parse(name, area)
    if (cluster := optional_integer(arguments, "cluster")) is not None:
        yield MapArea(name, cluster=cluster)


def asks_something(arguments: Arguments) -> bool:
    """Say whether there is anything to search for, so that an empty form shows the start page."""
    if any(value.strip() for key in ASKING for value in arguments.getlist(key)):
        return True
    return any(value.strip() not in ("", "any") for key in NARROWING for value in arguments.getlist(key))


def uploaded_picture() -> RgbImage | None:
    """Decode the upload of the form field ``picture``, None without one. Raises PictureError."""
    upload = flask.request.files.get("picture")
    if upload is None or not upload.filename:
        return None
    return decode_query_picture(upload.read())


def recalled_picture(arguments: Arguments) -> RgbImage | None:
    """Return the picture that the parameter ``picture`` names, None without one. Raises NotFoundError."""
    name = arguments.get("picture")
    return site().query_pictures.recall(name) if name else None


def decode_query_picture(data: bytes) -> RgbImage:
    """Decode a picture to search by, bounded. Raises PictureError."""
    decoded = decode_picture(
        data, name="the uploaded picture", limits=QUERY_PICTURE_LIMITS, max_side_px=QUERY_PICTURE_SIDE_PX
    )
    return decoded.image


def picture_from_base64(text: str) -> RgbImage:
    """Decode the ``picture`` of a JSON request. Raises QueryError or PictureError."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise QueryError("'picture' must be the base64 text of a picture file") from error
    return decode_query_picture(data)


def arguments_from_json(text: bytes) -> tuple[Arguments, RgbImage | None]:
    """Read a JSON search body: the parameters of the query string, lists where they repeat."""
    try:
        body: object = json.loads(text)
    except (ValueError, RecursionError):  # brackets nested by the thousand
        body = None
    if not isinstance(body, Mapping):
        raise QueryError('send a JSON object, for example {"q": "a castle in the rain"}')
    arguments: Arguments = MultiDict()
    pictures = _pictures_of(body.get("picture"))
    for further in pictures[1:]:
        arguments.add("also_picture", site().query_pictures.remember(further))
    for key, value in body.items():
        if key != "picture":
            for item in value if isinstance(value, list) else [value]:
                arguments.add(str(key), _scalar(key, item))
    return arguments, pictures[0] if pictures else None


def _pictures_of(given: object) -> list[RgbImage]:
    """Decode the ``picture`` of a JSON request: one, or a list of them."""
    texts: list[object] = given if isinstance(given, list) else [given] if given else []
    sound = [text for text in texts if isinstance(text, str)]
    if len(texts) > MAX_PARTS or len(sound) < len(texts):
        raise QueryError(
            f"'picture' must be the base64 text of a picture file, or a list of up to {MAX_PARTS}"
        )
    return [picture_from_base64(text) for text in sound]


def nearest_from_json(text: bytes) -> NearestRequest:
    """Read vectors to look for. Raises QueryError for anything else."""
    try:
        body: object = json.loads(text)
        if not isinstance(body, dict) or not set(body) <= {"vectors", "side", "k"}:
            raise TypeError
        with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused as such
            vectors = np.asarray(body["vectors"], np.float32)
        k = int(body.get("k", 10))
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise QueryError(
            'send a JSON object: {"vectors": [[0.1, …], …], "side": "meaning" or "look", "k": 10}'
        ) from error
    return NearestRequest(vectors, body.get("side", "meaning"), k)


def page_window(arguments: Arguments, *, default_limit: int, max_limit: int) -> tuple[int, int]:
    """Return ``(offset, limit)`` of a listing. Raises QueryError."""
    offset = _integer(arguments, "offset", 0)
    limit = _integer(arguments, "limit", default_limit)
    if offset < 0 or not 1 <= limit <= max_limit:
        raise QueryError(f"offset must be 0 or more and limit between 1 and {max_limit}")
    return offset, limit


def _scalar(key: object, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return str(value)
    if value is None:
        return ""
    raise QueryError(f"{key!r} must be a text, a number, or a list of them")


def _values(arguments: Arguments, key: str) -> tuple[str, ...]:
    return tuple(filter(None, arguments.getlist(key)))


def _recall(name: str) -> RgbImage:
    return site().query_pictures.recall(name)


def _group_by(value: str) -> GroupBy:
    if value not in GROUPS:
        raise QueryError(f"group is panel, page or book, got {value[:40]!r}")
    return GROUPS[value]


def _integer(arguments: Arguments, key: str, default: int) -> int:
    value = optional_integer(arguments, key)
    return default if value is None else value


def optional_integer(arguments: Arguments, key: str) -> int | None:
    """Return a parameter as a whole number, None where it is absent. Raises QueryError."""
    text = arguments.get(key, "").strip()
    if not text:
        return None
    try:
        value = int(text)
    except ValueError as error:
        raise QueryError(f"{key} must be a whole number, got {text[:40]!r}") from error
    if abs(value) > 2**31 - 1:
        raise QueryError(f"{key} is out of range")
    return value


def _number(arguments: Arguments, key: str) -> float | None:
    text = arguments.get(key, "").strip()
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise QueryError(f"{key} must be a number, got {text[:40]!r}") from error


def _flag(arguments: Arguments, key: str) -> bool | None:
    text = arguments.get(key, "").strip().lower()
    if text in ("", "any"):
        return None
    if text in ("yes", "true", "1"):
        return True
    if text in ("no", "false", "0"):
        return False
    raise QueryError(f"{key} is yes, no or any, got {text[:40]!r}")
