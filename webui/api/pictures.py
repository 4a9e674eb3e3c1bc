"""Pictures: thumbnails as stored, pages and crops read from their books. WebP unless asked otherwise."""

from pathlib import Path
from typing import Annotated, Literal

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from models.pictures import crop as cut
from models.pictures import decode_picture, encode_webp, to_jpeg
from schemas.config import PictureLimits
from schemas.errors import BackendUnavailableError, ContainerError, NotFoundError, PictureError, QueryError
from schemas.geometry import Box
from search.details import PageDetail
from webui.openapi.routes import Answer, Routes
from webui.pictures import QUALITY, PageSource, View, etag
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
    return _view(site().library.page(page_id), View.of(asked.side, box), asked.format)


@routes.get("/crops/<path:panel_id>", _PICTURE, query=CropQuery, cost=0.2)
def crop(panel_id: str, asked: CropQuery) -> ResponseReturnValue:
    """Send a panel, cut from its page in the book; its thumbnail where the book is gone."""
    page = site().library.page(panel_id.partition("#")[0])
    panel = next((panel for panel in page.panels if panel.panel_id == panel_id), None)
    if panel is None:
        raise NotFoundError(f"the library has no panel {panel_id[:100]!r}")
    return _view(page, View.of(asked.side, panel.box), asked.format, thumbnail_id=panel_id)


def _view(page: PageDetail, view: View, form: str, *, thumbnail_id: str | None = None) -> flask.Response:
    origin = PageSource(page.page_id, Path(page.source), page.fingerprint, page.page_file)
    validator = f"{view.validator(origin)}-{form}"
    try:
        origin.check()
        if flask.request.if_none_match.contains_weak(validator):  # not even rendered
            return _conditional(flask.Response(mimetype=_WEBP), validator)
        webp = site().page_pictures.picture(origin, view)
    except (ContainerError, PictureError, BackendUnavailableError):
        makeshift = _send(_makeshift(page, view, thumbnail_id), form)
        makeshift.cache_control.no_store = True  # the book may be back at the next look
        return makeshift
    return _send(webp, form, validator)


def _makeshift(page: PageDetail, view: View, thumbnail_id: str | None) -> bytes:
    """Return what the library itself has to show: less sharp, and always there."""
    stored = site().library.thumbnail(thumbnail_id or page.page_id)
    if view.box is None or thumbnail_id is not None:
        return stored
    whole = decode_picture(stored, name="thumbnail", limits=PictureLimits()).image
    webp, _, _ = encode_webp(cut(whole, view.box), max_side_px=view.side_px, quality=QUALITY)
    return webp


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
