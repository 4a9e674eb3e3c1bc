"""From HTTP parameters to a search request, and back to the parameters of a link."""

import base64
import binascii
import json
from collections.abc import Mapping

import flask
import numpy as np
from werkzeug.datastructures import MultiDict

from models.pictures import decode_picture
from schemas.config import MIB, PictureLimits
from schemas.errors import QueryError
from schemas.messages import GroupBy, NearestRequest, SearchFilters, SearchRequest, check_words, weights_from
from schemas.records import RgbImage
from webui.state import site

QUERY_PICTURE_LIMITS = PictureLimits(max_bytes=32 * MIB, max_pixels=64_000_000, max_side_px=32_000)
QUERY_PICTURE_SIDE_PX = 800
"""Descriptors look at far less; the rest of an upload is dropped at once."""

FACETS = ("series", "language", "page_type", "not_page_type", "book", "tag", "not_tag")
NARROWING = (*FACETS, "year_from", "year_to", "has_text")
PARAMETERS = (
    *("q", "dialogue", "like", "picture", "without", "unlike", "weight", *NARROWING),
    *("group", "limit", "cursor", "min_score", "duplicates"),
)

GROUPS: dict[str, GroupBy] = {"panel": "panel", "page": "page", "book": "book"}
Arguments = MultiDict[str, str]


def search_request(
    arguments: Arguments, picture: RgbImage | None, *, default_limit: int = 20
) -> SearchRequest:
    """Build a request. Raises QueryError naming the parameter that is unknown or wrong."""
    check_names(arguments)
    words = arguments.get("q", "").strip()
    check_words("q", words)  # by the name it was given under; a request calls it text
    return SearchRequest(
        text=words,
        dialogue=arguments.get("dialogue", "").strip(),
        picture=picture,
        like=tuple(filter(None, arguments.getlist("like"))),
        without=arguments.get("without", "").strip(),
        unlike=tuple(filter(None, arguments.getlist("unlike"))),
        weights=weights_from(filter(None, arguments.getlist("weight"))),
        filters=search_filters(arguments),
        group_by=_group_by(arguments.get("group") or "panel"),
        collapse_duplicates=_flag(arguments, "duplicates") is not True,
        limit=_integer(arguments, "limit", default_limit),
        cursor=arguments.get("cursor") or None,
        min_score=_number(arguments, "min_score"),
    )


def check_names(arguments: Arguments) -> None:
    """Raise QueryError for a parameter that no search has."""
    unknown = sorted(set(arguments) - set(PARAMETERS))
    if unknown:
        raise QueryError(f"unknown parameter {unknown[0]!r}; known are {', '.join(PARAMETERS)}")


def search_filters(arguments: Arguments) -> SearchFilters:
    """Build the facets of a request."""
    return SearchFilters(
        series=_values(arguments, "series"),
        languages=_values(arguments, "language"),
        page_types=_values(arguments, "page_type"),
        not_page_types=_values(arguments, "not_page_type"),
        book_ids=_values(arguments, "book"),
        tags=_values(arguments, "tag"),
        not_tags=_values(arguments, "not_tag"),
        year_from=optional_integer(arguments, "year_from"),
        year_to=optional_integer(arguments, "year_to"),
        has_text=_flag(arguments, "has_text"),
    )


def asks_something(arguments: Arguments) -> bool:
    """Say whether there is anything to search for, so that an empty form shows the start page."""
    asking = ("q", "dialogue", "like", "picture")
    return any(value.strip() for key in asking for value in arguments.getlist(key))


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
    picture = body.get("picture")
    if picture is not None and not isinstance(picture, str):
        raise QueryError("'picture' must be the base64 text of a picture file")
    arguments: Arguments = MultiDict()
    for key, value in body.items():
        if key != "picture":
            for item in value if isinstance(value, list) else [value]:
                arguments.add(str(key), _scalar(key, item))
    return arguments, picture_from_base64(picture) if picture else None


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
