"""What was generated: pictures, their layers and records, pages and books of scripts."""

from typing import TYPE_CHECKING, Any

import flask
from flask.typing import ResponseReturnValue

from indexer.library.rights import read_rights
from schemas.errors import NotFoundError
from webui.generation.keeping import check_shown
from webui.openapi.routes import Answer, Routes
from webui.state import site

if TYPE_CHECKING:
    from search.generation.sequences import MadeSequence

routes = Routes("generation")


@routes.get("/generations/<job_id>/<int:number>.png", Answer(media="image/png"), cost=0.5)
def generated_picture(job_id: str, number: int) -> ResponseReturnValue:
    """Send a picture of a job, its record inside."""
    shown_record(job_id, number)
    return flask.Response(site().studio.picture(job_id, number), mimetype="image/png")


@routes.get("/generations/<job_id>/<int:number>.ora", Answer(media="image/openraster"), cost=0.5)
def generated_layers(job_id: str, number: int) -> ResponseReturnValue:
    """Send the layers of a picture, for a painting program."""
    shown_record(job_id, number)
    return flask.Response(site().studio.layers(job_id, number), mimetype="image/openraster")


@routes.get("/generations/<job_id>/<int:number>.html", Answer(media="text/html"), cost=0.5)
def generated_report(job_id: str, number: int) -> ResponseReturnValue:
    """Send what a judge says of a restyled picture, a page to keep: before, after, examples, losses."""
    shown_record(job_id, number)
    answer = flask.Response(site().studio.report(job_id, number), mimetype="text/html")
    answer.headers["Content-Disposition"] = f'attachment; filename="report-{number}.html"'
    return answer


@routes.get("/generations/<job_id>/<int:number>.json", Answer(dict[str, Any]), cost=0.5)
def generation_record(job_id: str, number: int) -> ResponseReturnValue:
    """Send the record of a picture: references with their licences, parameters, models."""
    return flask.Response(shown_record(job_id, number), mimetype="application/json")


@routes.get("/generations/<job_id>/book.cbz", Answer(media="application/vnd.comicbook+zip"), cost=5)
def generated_cbz(job_id: str) -> ResponseReturnValue:
    """Send what a script became as a comic book, with its page of credits."""
    return flask.Response(shown_sequence(job_id).book("cbz"), mimetype="application/vnd.comicbook+zip")


@routes.get("/generations/<job_id>/book.pdf", Answer(media="application/pdf"), cost=5)
def generated_pdf(job_id: str) -> ResponseReturnValue:
    """Send what a script became as a PDF, with its page of credits."""
    return flask.Response(shown_sequence(job_id).book("pdf"), mimetype="application/pdf")


@routes.get("/generations/<job_id>/page-<int:number>.png", Answer(media="image/png"), cost=5)
def generated_page(job_id: str, number: int) -> ResponseReturnValue:
    """Send a page of what a script became, or all of it as the only page where it is a strip."""
    from models.generation.png import encode_png

    made = shown_sequence(job_id)
    pages = made.pictures()
    if not 1 <= number <= len(pages):
        raise NotFoundError(f"the job {job_id} has {len(pages)} pages")
    told = {"title": made.title, "credit": made.credit, "licence": made.licence}
    source = {"digital_source_type": made.panels[0].record.backend.source_type.value}
    return flask.Response(encode_png(pages[number - 1], {**told, **source}), mimetype="image/png")


def shown_sequence(job_id: str) -> "MadeSequence":
    """Return what a script became. Raises NotFoundError where there is none, or a part was taken down."""
    for number in range(1, site().studio.job(job_id).pictures + 1):
        shown_record(job_id, number)
    return site().studio.sequence(job_id)


def shown_record(job_id: str, number: int) -> bytes:
    """Return the record of a picture. Raises NotFoundError where what it was made from was taken down."""
    record = site().studio.record(job_id, number)
    check_shown(record, read_rights(site().home), f"picture {number} of the job {job_id}")
    return record
