"""New panels: asked for, followed, looked at, with the record of what each was made of."""

from dataclasses import asdict, dataclass
from typing import Annotated, Literal

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from schemas.config import MIB
from schemas.elements import MAX_NAME
from schemas.errors import QueryError
from schemas.generation import (
    MAX_BELIEFS,
    MAX_GUIDANCE,
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
from webui.api.generated import shown_record, shown_sequence
from webui.generation.finishing import Finish, Given, given_panel, given_picture
from webui.generation.generators import DEFAULT, Generator
from webui.generation.job import StudioJob
from webui.generation.keeping import keep_pictures, keep_sequence
from webui.openapi.routes import NOTHING, Answer, Routes
from webui.state import site

routes = Routes("generation")

PanelId = Annotated[str, Meta(min_length=1, max_length=200)]
Side = Annotated[int, Meta(ge=MIN_SIDE_PX, le=MAX_SIDE_PX)]
MAX_BALLOONS = 64
MAX_PANELS = 48
"""Panels of one script, as :mod:`models.generation.prompts.beats` reads it."""
_TITLE = 200
STEPS = {False: 20, True: 150}
"""Steps where nobody says how many: of a generator, and of a restyling."""
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
    backend: Annotated[str, Meta(max_length=200)] = DEFAULT
    """Who makes it: one of ``GET /generators``."""
    render: Render = ""
    seed: Annotated[int, Meta(ge=0, le=MAX_SEED)] = 0
    variants: Annotated[int, Meta(ge=1, le=MAX_VARIANTS)] = 1
    width_px: Side = 768
    height_px: Side = 768
    pinned: Annotated[tuple[Pin, ...], Meta(max_length=MAX_REFERENCES)] = ()
    excluded: Annotated[tuple[PanelId, ...], Meta(max_length=500)] = ()
    uses_generated: bool = False
    drawing: Annotated[str, Meta(max_length=MAX_UPLOAD)] = ""
    """A picture in base64, to be inked where nothing else is said: width and height bound its longer side."""
    finish: Finish | None = None
    """What becomes of the drawing, or of the panel pinned as layout, by the example of the others."""
    steps: Annotated[int, Meta(ge=1, le=MAX_STEPS)] | None = None
    """How long a generator works on it: 20 where nothing is said, and 150 for a restyling."""
    guidance: Annotated[float, Meta(ge=0, le=MAX_GUIDANCE)] = 6.0
    strength: Annotated[float, Meta(ge=0, le=1)] = 0.6
    elements: Annotated[tuple[Seen, ...], Meta(max_length=MAX_BELIEFS)] = ()


class AnotherGo(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One picture of a job that is to be made anew, and what about it is to be otherwise."""

    picture: Annotated[int, Meta(ge=1, le=MAX_PANELS)]
    prompt: Annotated[str, Meta(max_length=MAX_PROMPT)] = ""
    """Other words; empty keeps those that it was made of."""
    variants: Annotated[int, Meta(ge=1, le=MAX_VARIANTS)] = 1
    excluded: Annotated[tuple[PanelId, ...], Meta(max_length=100)] = ()
    """Panels of the library that it is not to be made of any more."""


class PutInPlace(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which picture of another go takes the place of the panel that it is one at."""

    picture: Annotated[int, Meta(ge=1, le=MAX_VARIANTS)] = 1


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
class GeneratorList:
    """Who makes panels from words here, the default first, with what each makes use of."""

    generators: tuple[Generator, ...]


@dataclass(frozen=True, slots=True)
class StudioJobs:
    """All jobs, the latest first."""

    jobs: tuple[StudioJob, ...]


@routes.get("/generators", Answer(GeneratorList), cost=0.2)
def generators() -> ResponseReturnValue:
    """List who makes panels here; one that cannot work now says why."""
    return flask.jsonify(asdict(GeneratorList(site().generators.all())))


@routes.get("/generations", Answer(StudioJobs), cost=0.2)
def generations() -> ResponseReturnValue:
    """List the panels that were asked for."""
    return flask.jsonify(asdict(StudioJobs(site().studio.all())))


@routes.post(
    "/generations", Answer(StudioJob, status=202), body=NewGeneration, cost=20, max_bytes=MAX_UPLOAD + MIB
)
def start_generation(body: NewGeneration) -> ResponseReturnValue:
    """Have panels made of the library's own, or a drawing or panel finished: licences come first."""
    site().generators.check(body.backend)
    asked = msgspec.structs.asdict(body)
    del asked["finish"]
    asked["steps"] = body.steps or STEPS[body.finish is Finish.RESTYLE]
    asked["prompt"] = body.prompt or body.script.strip()[:_TITLE]
    asked["pinned"] = tuple(ReferenceWish(pin.panel_id, pin.role, pin.weight) for pin in body.pinned)
    asked["elements"] = tuple(Belief(one.name, one.share) for one in body.elements)
    if given := _given(body):
        likes = tuple(wish for wish in asked["pinned"] if wish.role is not ReferenceRole.LAYOUT)
        asked |= given.fields(body.finish or Finish.INK, likes)
    job = site().studio.start(GenerationRequest(**{**asked, "layers": True}))
    return flask.jsonify(asdict(job)), 202


@routes.post("/generations/<job_id>/again", Answer(StudioJob, status=202), cost=20, errors=(404,))
def generation_again(job_id: str) -> ResponseReturnValue:
    """Have a job made once more, with other seeds and all else as it was asked for."""
    return flask.jsonify(asdict(site().studio.again(job_id))), 202


@routes.post(
    "/generations/<job_id>/another", Answer(StudioJob, status=202), body=AnotherGo, cost=20, errors=(404,)
)
def another_go(job_id: str, body: AnotherGo) -> ResponseReturnValue:
    """Have one picture made anew, as a job beside it: its people and its place stay who and what they are."""
    shown_record(job_id, body.picture)
    job = site().studio.another(
        job_id, body.picture, prompt=body.prompt, variants=body.variants, excluded=body.excluded
    )
    return flask.jsonify(asdict(job)), 202


@routes.post("/generations/<job_id>/place", Answer(StudioJob), body=PutInPlace, cost=1, errors=(404,))
def put_in_place(job_id: str, body: PutInPlace) -> ResponseReturnValue:
    """Let a picture of another go change places with the panel that it is one at; once more takes it back."""
    shown_record(job_id, body.picture)
    return flask.jsonify(asdict(site().studio.swap(job_id, body.picture)))


@routes.get("/generations/<job_id>", Answer(StudioJob), cost=0.2)
def generation(job_id: str) -> ResponseReturnValue:
    """Say how far a job is."""
    return flask.jsonify(asdict(site().studio.job(job_id)))


@routes.delete("/generations/<job_id>", NOTHING)
def end_generation(job_id: str) -> ResponseReturnValue:
    """Cancel a job, or forget one that is over, with its pictures."""
    site().studio.cancel(job_id)
    return "", 204


@routes.post(
    "/generations/<job_id>/balloons",
    Answer(Balloons),
    body=MovedBalloons,
    cost=2,
    errors=(404,),
)
def move_balloons(job_id: str, body: MovedBalloons) -> ResponseReturnValue:
    """Move the balloons of a picture; their tails stay with whoever speaks, and the record tells of it."""
    shown_record(job_id, body.picture)
    record = site().studio.move_balloons(job_id, body.picture, body.middles)
    return flask.jsonify(asdict(Balloons(tuple(box.as_tuple() for box in record.boxes["balloon"]))))


@routes.post("/generations/<job_id>/keep", Answer(Kept), body=KeepGeneration, cost=20, errors=(404, 409))
def keep_generation(job_id: str, body: KeepGeneration) -> ResponseReturnValue:
    """Take pictures of a job into the library as a book: found as is:generated."""
    job = site().studio.job(job_id)
    numbers = body.pictures or tuple(range(1, job.pictures + 1))
    if not numbers:
        raise QueryError(f"the job {job_id} has no pictures to keep: wait until it is done")
    records = [shown_record(job_id, number) for number in numbers]
    if job.layout and not body.pictures:
        pages = keep_sequence(site().home, shown_sequence(job_id), body.title)
        return _kept(job, pages)
    pictures = [site().studio.picture(job_id, number) for number in numbers]
    kept = keep_pictures(site().home, body.title or job.prompt, pictures, records)
    return _kept(job, kept, is_whole=len(set(numbers)) == job.pictures)


def _kept(job: StudioJob, pages: int, *, is_whole: bool = True) -> ResponseReturnValue:
    site().library.look_again()  # whoever keeps something looks for it next
    if is_whole:
        site().studio.note_kept(job.job_id)
    return flask.jsonify(asdict(Kept(pages)))


def _given(body: NewGeneration) -> Given | None:
    """Return the picture that is to be finished, None where something new is wanted.

    Raises PictureError, NotFoundError; QueryError where nothing is there to be finished.
    """
    finish, side = body.finish or Finish.INK, max(body.width_px, body.height_px)
    if body.drawing:
        from models.generation.artificer.rough import bytes_of

        return given_picture(bytes_of(body.drawing), finish, side, name="the drawing")
    if not body.finish:
        return None
    layout = next((pin.panel_id for pin in body.pinned if pin.role is ReferenceRole.LAYOUT), None)
    if layout is None:
        raise QueryError("say what is to be finished: send a drawing, or pin a panel as the layout")
    return given_panel(site().library, layout, side)
