"""Pictures: thumbnails as stored, pages and crops read from their books. WebP unless asked otherwise."""

from typing import Annotated, Literal

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from models.pictures import to_jpeg
from schemas.errors import QueryError
from schemas.geometry import Box
from search.answers.details import PageDetail
from webui.openapi.routes import Answer, Routes
from webui.panel_pictures import panel_view, render
from webui.pictures import PageSource, View, etag
from webui.state import site

routes = Routes("pictures")

DEFAULT_SIDE_PX, DEFAULT_CROP_PX, MAX_SIDE_PX = 1400, 400, 10_000
_WEBP, _JPEG = "image/webp", "image/jpeg"
_PICTURE = Answer(media=_WEBP, others=(_JPEG,), partial=True)
_BOX_DIGITS = 4

Side = Annotated[int, Meta(ge=1, le=MAX_SIDE_PX, description="The longest side in pixels, about.")]
Format = Annotated[Literal["webp", "jpeg"], Meta(description="JPEG is for programs that know no WebP.")]


class ThumbnailQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """In which format."""

    format: Format = "webp"


class PageQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How large, and which part."""

    side: Side = DEFAULT_SIDE_PX
    box: Annotated[
        str,
        Meta(
            pattern=r"^[0-9.]+(,[0-9.]+){3}$",
            max_length=100,
            description="Only this part: left,top,right,bottom on the page, each from 0 to 1.",
        ),
    ] = ""
    format: Format = "webp"


class CropQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How large."""

    side: Side = DEFAULT_CROP_PX
    format: Format = "webp"


@routes.get("/thumbnails/<path:asset_id>", _PICTURE, query=ThumbnailQuery, cost=0.1)
def thumbnail(asset_id: str, asked: ThumbnailQuery) -> ResponseReturnValue:
    """Send the stored thumbnail of a page or a panel."""
    return _send(site().library.thumbnail(asset_id), asked.format)


@routes.get("/pictures/<path:page_id>", _PICTURE, query=PageQuery, cost=0.5)
def picture(page_id: str, asked: PageQuery) -> ResponseReturnValue:
    """Send a page or a part of it, read from its book.

    Where the book is gone, or another one by now, its thumbnail is sent instead.
    """
    box = _box_of(asked.box) if asked.box else None
    return _view(site().page(page_id), View.of(asked.side, box), asked.format)


@routes.get("/crops/<path:panel_id>", _PICTURE, query=CropQuery, cost=0.2)
def crop(panel_id: str, asked: CropQuery) -> ResponseReturnValue:
    """Send a panel, cut from its page in the book; its thumbnail where the book is gone."""
    page, view = panel_view(site(), panel_id, asked.side)
    return _view(page, view, asked.format, thumbnail_id=panel_id)


def _view(page: PageDetail, view: View, form: str, *, thumbnail_id: str | None = None) -> flask.Response:
    origin = PageSource.of(page)
    validator = f"{view.validator(origin)}-{form}"
    if flask.request.if_none_match.contains_weak(validator) and origin.is_there():  # not even rendered
        return _conditional(flask.Response(mimetype=_WEBP), validator)
    shown = render(site(), page, view, thumbnail_id=thumbnail_id)
    if not shown.is_makeshift:
        return _send(shown.webp, form, validator)
    makeshift = _send(shown.webp, form)
    makeshift.cache_control.no_store = True  # the book may be back at the next look
    return makeshift


def _box_of(text: str) -> Box:
    """Read a box, rounded so that like ones are rendered once. Raises QueryError."""
    try:
        corners = [round(float(part), _BOX_DIGITS) for part in text.split(",")]
        box = Box(*corners)
    except ValueError as error:
        raise QueryError(
            "box is left,top,right,bottom of a part of the page, from 0 to 1, for example 0.1,0.1,0.5,0.4"
        ) from error
    if not box.area:
        raise QueryError("box is empty: right and bottom must be larger than left and top")
    return box


def _send(webp: bytes, form: str, validator: str | None = None) -> flask.Response:
    data, media = (webp, _WEBP) if form == "webp" else (to_jpeg(webp), _JPEG)
    return _conditional(flask.Response(data, mimetype=media), validator or etag(data))


def _conditional(response: flask.Response, validator: str) -> flask.Response:
    """Let a picture be asked for anew each time, and sent only where it has changed, whole or in part.

    An id is no promise of a picture: indexing again with other settings numbers panels anew.
    """
    size = len(response.get_data())
    response.set_etag(validator)
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.make_conditional(flask.request, accept_ranges=True, complete_length=size)
    return response
