"""New panels: asked for, followed, looked at, with the record of what each was made of."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from indexer.library.rights import read_rights
from schemas.config import MIB
from schemas.elements import MAX_NAME
from schemas.errors import NotFoundError, QueryError
from schemas.generation import (
    MAX_BELIEFS,
    MAX_PROMPT,
    MAX_REFERENCES,
    MAX_SCRIPT,
    MAX_SEED,
    MAX_SIDE_PX,
    MAX_STEPS,
    MAX_VARIANTS,
    MIN_SIDE_PX,
    Belief,
    GenerationRequest,
    ReferenceRole,
    ReferenceWish,
)
from webui.generation.asking import shape_of
from webui.generation.keeping import check_shown, keep_pictures, keep_sequence
from webui.generation.studio import StudioJob
from webui.openapi.routes import NOTHING, Answer, Routes
from webui.state import site

if TYPE_CHECKING:
    from search.generation.sequences import MadeSequence

routes = Routes("generation")

PanelId = Annotated[str, Meta(min_length=1, max_length=200)]
Side = Annotated[int, Meta(ge=MIN_SIDE_PX, le=MAX_SIDE_PX)]
MAX_BALLOONS = 64
MAX_PANELS = 48
"""Panels of one script, as :mod:`models.generation.beats` reads it."""
_TITLE = 200
MAX_UPLOAD = 5_500_000
"""Characters of a drawing as it is sent: some 4 MB of a picture."""
Render = Literal["", "sketch", "colour", "ink", "tone"]


class Pin(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A panel to be used; ``role`` null lets the retrieval choose what it is good for."""

    panel_id: PanelId
    role: ReferenceRole | None = None
    weight: Annotated[float, Meta(gt=0, le=1)] = 1.0


class Seen(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """An element of the library, and how surely the panel is to show it."""

    name: Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
    share: Annotated[float, Meta(ge=0, le=1)] = 1.0


class NewGeneration(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What the panel shows, in words, and of what it is to be made."""

    prompt: Annotated[str, Meta(max_length=MAX_PROMPT)] = ""
    script: Annotated[str, Meta(max_length=MAX_SCRIPT)] = ""
    """In place of a prompt: a text that becomes a panel a sentence or a paragraph, of one cast."""
    is_strip: bool = False
    """Whether a script is laid out downwards, as phones read; else as pages."""
    negative: Annotated[str, Meta(max_length=MAX_PROMPT)] = ""
    render: Render = ""
    seed: Annotated[int, Meta(ge=0, le=MAX_SEED)] = 0
    variants: Annotated[int, Meta(ge=1, le=MAX_VARIANTS)] = 1
    width_px: Side = 768
    height_px: Side = 768
    pinned: Annotated[tuple[Pin, ...], Meta(max_length=MAX_REFERENCES)] = ()
    excluded: Annotated[tuple[PanelId, ...], Meta(max_length=500)] = ()
    uses_generated: bool = False
    drawing: Annotated[str, Meta(max_length=MAX_UPLOAD)] = ""
    """A rough to be inked, a picture in base64: width and height then only bound its longer side."""
    restyle: bool = False
    """Whether the drawing, or the panel pinned as layout, is restyled by the others, and then judged."""
    steps: Annotated[int, Meta(ge=1, le=MAX_STEPS)] = 150
    """How long a restyling learns."""
    strength: Annotated[float, Meta(ge=0, le=1)] = 0.6
    elements: Annotated[tuple[Seen, ...], Meta(max_length=MAX_BELIEFS)] = ()


class KeepGeneration(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which pictures become a book of the library, by their numbers from 1; none means all."""

    pictures: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=MAX_PANELS)], ...], Meta(max_length=MAX_PANELS)
    ] = ()
    title: Annotated[str, Meta(max_length=200)] = ""


Share = Annotated[float, Meta(ge=0, le=1)]


class MovedBalloons(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Where the middle of each balloon of a picture, numbered from 1, is to lie, across and down.

    Null leaves a balloon to the composer.
    """

    picture: Annotated[int, Meta(ge=1, le=MAX_PANELS)] = 1
    middles: Annotated[tuple[tuple[Share, Share] | None, ...], Meta(max_length=MAX_BALLOONS)]


@dataclass(frozen=True, slots=True)
class Balloons:
    """Where the balloons lie now: left, top, right and bottom of each, relative to the panel."""

    balloons: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """How many pages the library took."""

    pages: int


@dataclass(frozen=True, slots=True)
class StudioJobs:
    """All jobs, the latest first."""

    jobs: tuple[StudioJob, ...]


@routes.get("/generations", Answer(StudioJobs), cost=0.2)
def generations() -> ResponseReturnValue:
    """List the panels that were asked for."""
    return flask.jsonify(asdict(StudioJobs(site().studio.all())))


@routes.post(
    "/generations", Answer(StudioJob, status=202), body=NewGeneration, cost=20, max_bytes=MAX_UPLOAD + MIB
)
def start_generation(body: NewGeneration) -> ResponseReturnValue:
    """Have panels made of the library's own, a drawing inked, or a drawing or panel restyled.

    Licences come first.
    """
    asked = msgspec.structs.asdict(body)
    del asked["restyle"]
    asked["prompt"] = body.prompt or body.script.strip()[:_TITLE]
    asked["pinned"] = tuple(ReferenceWish(pin.panel_id, pin.role, pin.weight) for pin in body.pinned)
    asked["elements"] = tuple(Belief(one.name, one.share) for one in body.elements)
    given = _restyled(body) if body.restyle else _inked(body) if body.drawing else {}
    job = site().studio.start(GenerationRequest(**{**asked, "layers": True, **given}))
    return flask.jsonify(asdict(job)), 202


@routes.post("/generations/<job_id>/again", Answer(StudioJob, status=202), cost=20, errors=(404,))
def generation_again(job_id: str) -> ResponseReturnValue:
    """Have a job made once more, with other seeds and all else as it was asked for."""
    return flask.jsonify(asdict(site().studio.again(job_id))), 202


@routes.get("/generations/<job_id>", Answer(StudioJob), cost=0.2)
def generation(job_id: str) -> ResponseReturnValue:
    """Say how far a job is."""
    return flask.jsonify(asdict(site().studio.job(job_id)))


@routes.delete("/generations/<job_id>", NOTHING)
def end_generation(job_id: str) -> ResponseReturnValue:
    """Cancel a job, or forget one that is over, with its pictures."""
    site().studio.cancel(job_id)
    return "", 204


@routes.get("/generations/<job_id>/<int:number>.png", Answer(media="image/png"), cost=0.5)
def generated_picture(job_id: str, number: int) -> ResponseReturnValue:
    """Send a picture of a job, its record inside."""
    _shown_record(job_id, number)
    return flask.Response(site().studio.picture(job_id, number), mimetype="image/png")


@routes.get("/generations/<job_id>/<int:number>.ora", Answer(media="image/openraster"), cost=0.5)
def generated_layers(job_id: str, number: int) -> ResponseReturnValue:
    """Send the layers of a picture, for a painting program."""
    _shown_record(job_id, number)
    return flask.Response(site().studio.layers(job_id, number), mimetype="image/openraster")


@routes.get("/generations/<job_id>/<int:number>.json", Answer(dict[str, Any]), cost=0.5)
def generation_record(job_id: str, number: int) -> ResponseReturnValue:
    """Send the record of a picture: references with their licences, parameters, models."""
    return flask.Response(_shown_record(job_id, number), mimetype="application/json")


@routes.post(
    "/generations/<job_id>/balloons",
    Answer(Balloons),
    body=MovedBalloons,
    cost=2,
    errors=(404,),
)
def move_balloons(job_id: str, body: MovedBalloons) -> ResponseReturnValue:
    """Move the balloons of a picture; their tails stay with whoever speaks, and the record tells of it."""
    _shown_record(job_id, body.picture)
    record = site().studio.move_balloons(job_id, body.picture, body.middles)
    return flask.jsonify(asdict(Balloons(tuple(box.as_tuple() for box in record.boxes["balloon"]))))


@routes.get("/generations/<job_id>/book.cbz", Answer(media="application/vnd.comicbook+zip"), cost=5)
def generated_cbz(job_id: str) -> ResponseReturnValue:
    """Send what a script became as a comic book, with its page of credits."""
    return flask.Response(_sequence(job_id).book("cbz"), mimetype="application/vnd.comicbook+zip")


@routes.get("/generations/<job_id>/book.pdf", Answer(media="application/pdf"), cost=5)
def generated_pdf(job_id: str) -> ResponseReturnValue:
    """Send what a script became as a PDF, with its page of credits."""
    return flask.Response(_sequence(job_id).book("pdf"), mimetype="application/pdf")


@routes.get("/generations/<job_id>/page-<int:number>.png", Answer(media="image/png"), cost=5)
def generated_page(job_id: str, number: int) -> ResponseReturnValue:
    """Send a page of what a script became, or all of it as the only page where it is a strip."""
    from models.generation.png import encode_png

    made = _sequence(job_id)
    pages = made.pictures()
    if not 1 <= number <= len(pages):
        raise NotFoundError(f"the job {job_id} has {len(pages)} pages")
    told = {"title": made.title, "credit": made.credit, "licence": made.licence}
    source = {"digital_source_type": made.panels[0].record.backend.source_type.value}
    return flask.Response(encode_png(pages[number - 1], {**told, **source}), mimetype="image/png")


@routes.post("/generations/<job_id>/keep", Answer(Kept), body=KeepGeneration, cost=20, errors=(404, 409))
def keep_generation(job_id: str, body: KeepGeneration) -> ResponseReturnValue:
    """Take pictures of a job into the library as a book: found as is:generated."""
    job = site().studio.job(job_id)
    numbers = body.pictures or tuple(range(1, job.pictures + 1))
    if not numbers:
        raise QueryError(f"the job {job_id} has no pictures to keep: wait until it is done")
    records = [_shown_record(job_id, number) for number in numbers]
    if job.layout and not body.pictures:
        pages = keep_sequence(site().home, _sequence(job_id), body.title)
        site().library.look_again()
        return flask.jsonify(asdict(Kept(pages)))
    pictures = [site().studio.picture(job_id, number) for number in numbers]
    kept = keep_pictures(site().home, body.title or job.prompt, pictures, records)
    site().library.look_again()  # whoever keeps something looks for it next
    return flask.jsonify(asdict(Kept(kept)))


def _sequence(job_id: str) -> "MadeSequence":
    """Return what a script became. Raises NotFoundError where there is none, or a part was taken down."""
    for number in range(1, site().studio.job(job_id).pictures + 1):
        _shown_record(job_id, number)
    return site().studio.sequence(job_id)


def _shown_record(job_id: str, number: int) -> bytes:
    """Return the record of a picture. Raises NotFoundError where what it was made from was taken down."""
    record = site().studio.record(job_id, number)
    check_shown(record, read_rights(site().home), f"picture {number} of the job {job_id}")
    return record


def _inked(body: NewGeneration) -> dict[str, Any]:
    """Return what a request with a drawing asks for beside. Raises PictureError for what is none."""
    from models.generation.artificer.rough import bytes_of, packed, size_within

    drawing = packed(bytes_of(body.drawing), name="the drawing")
    width, height = size_within(drawing, max(body.width_px, body.height_px))
    return {"backend": "artificer", "drawing": drawing, "width_px": width, "height_px": height}


def _restyled(body: NewGeneration) -> dict[str, Any]:
    """Return what a restyling asks for beside. Raises PictureError, NotFoundError."""
    from models.generation.artificer.rough import bytes_of, packed_whole, size_within

    side = max(body.width_px, body.height_px)
    if body.drawing:
        drawing = packed_whole(bytes_of(body.drawing), name="the drawing")
        width, height = size_within(drawing, side)
        return {"backend": "restyle", "drawing": drawing, "width_px": width, "height_px": height}
    layout = next((pin.panel_id for pin in body.pinned if pin.role is ReferenceRole.LAYOUT), None)
    if layout is None:
        raise QueryError("say what is restyled: send a drawing, or pin a panel as the layout")
    width, height = shape_of(site().library, layout, side)
    return {"backend": "restyle", "width_px": width, "height_px": height}
