"""Puts the Flask app together: the library, the routes, headers and the error pages."""

import logging
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from typing import cast as typed

import flask
from werkzeug.exceptions import SecurityError

import search
from indexer.daemon.control import watched_folders
from indexer.library.boards import Boards
from indexer.library.rights import read_rights
from schemas.errors import LongboxError
from search.library import Library
from webui import WebConfig
from webui.api import (
    about,
    audit,
    boards,
    cast,
    catalogue,
    chores,
    consistency,
    elements,
    generated,
    generation,
    jobs,
    maps,
    matches,
    pictures,
    session,
    upkeep,
    why,
)
from webui.api import search as searching
from webui.casts import Casts
from webui.consistency import ConsistencyReports
from webui.errors import register_errors
from webui.generation.asking import signer_of
from webui.generation.generators import Generators
from webui.generation.studio import Seal, Studio
from webui.help import help_page
from webui.jobs.keeper import DaemonKeeper
from webui.jobs.registry import Jobs
from webui.jobs.roots import Roots
from webui.jobs.streaming import Streams
from webui.matching import Matching
from webui.opds import routes as opds
from webui.pictures import PagePictures, QueryPictures, stored_page
from webui.reasons import Reasons
from webui.replacement import look_again, look_first
from webui.request_ids import name_answer
from webui.security.audit import AuditLog
from webui.security.gate import Gate
from webui.security.keys import KeyFile
from webui.security.limits import Allowance
from webui.security.login import login
from webui.state import Site
from webui.views import views

if TYPE_CHECKING:
    from models.generation.backend import Progress
    from schemas.generation import GenerationRequest
    from search.generation.making import MadePanel

API = (
    searching.routes,
    catalogue.routes,
    pictures.routes,
    boards.routes,
    maps.routes,
    elements.routes,
    why.routes,
    cast.routes,
    consistency.routes,
    jobs.routes,
    chores.routes,
    upkeep.routes,
    audit.routes,
    matches.routes,
    generation.routes,
    generated.routes,
    session.routes,
    opds.routes,
    about.routes,
    about.root_routes,
)
"""All declared routes, in the order of the document."""

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_PORT = re.compile(r":\d+\Z")


def build_app(config: WebConfig, library: Library | None) -> flask.Flask:
    """Make the app; a library not given is opened here, so that a wrong one is known at once."""
    app = flask.Flask("webui", template_folder="templates", static_folder="static")
    app.config["MAX_CONTENT_LENGTH"] = config.max_upload_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = config.max_upload_bytes
    app.extensions["longbox"] = _site(config, library or search.open(config.library, pages=stored_page))
    app.before_request(partial(_refuse_foreign_host, frozenset(map(str.lower, config.trusted_hosts))))
    app.register_blueprint(views)
    app.register_blueprint(login)
    for routes in API:
        routes.register(app, "api")
    app.extensions["longbox.endpoints"] = tuple(endpoint for routes in API for endpoint in routes.endpoints)
    app.add_url_rule("/api", view_func=help_page)
    _guard(app, config)
    app.before_request(look_first)
    app.after_request(look_again)
    app.after_request(_secure)
    app.after_request(name_answer)
    register_errors(app)
    app.jinja_env.globals["library_path"] = str(config.library)
    return app


def keep_in_step(app: flask.Flask) -> None:
    """Have folders that were added in the browser watched again, as when they were added."""
    served = typed("Site", app.extensions["longbox"])
    served.studio.resume()
    try:
        if watched_folders(served.home):
            served.keeper.ensure()
    except LongboxError as error:  # a library that cannot be written can still be read
        logging.getLogger(__name__).warning("the added folders are not watched: %s", error)


def close_app(app: flask.Flask) -> None:
    """End what an app started: the daemon, where it did."""
    served = typed("Site", app.extensions["longbox"])
    for chore in served.chores.values():
        chore.stop()
    served.studio.close()
    served.keeper.close()


def _make(
    library: Library,
    home: Path,
    generators: Generators,
    request: "GenerationRequest",
    progress: "Progress",
) -> "Sequence[MadePanel]":
    """Make panels with what the library's keeper declared by now."""
    from search.generation.making import Maker
    from search.generation.sequences import make_sequence

    maker = Maker(library, stored_page, read_rights(home), load=generators.load)
    if request.script:
        strip = request.is_strip
        return make_sequence(maker, request.script, request, is_strip=strip, progress=progress).panels
    return maker.make(request, progress=progress)


def _seal_of(config: WebConfig) -> Seal:
    """Return what makes the file of a panel. Raises ConfigError, BackendUnavailableError."""
    signer = signer_of(config.signed_with)

    def seal(made: "MadePanel") -> bytes:
        return made.png() if signer is None else signer.signed(made.png(), [made.record], title="panel.png")

    return seal


def _guard(app: flask.Flask, config: WebConfig) -> None:
    """Let every request pass the gate."""
    guard = Gate(
        keys=KeyFile(config.home),
        audit=AuditLog(config.home),
        is_open=not config.needs_key,
        allowance=Allowance(config.rate, config.burst),
        failures=Allowance(config.wrong_keys_a_minute / 60, config.wrong_keys_a_minute),
        endpoints={f"api.{endpoint.name}": endpoint for routes in API for endpoint in routes.endpoints},
    )
    app.extensions["longbox.gate"] = guard
    app.before_request(guard.check)
    app.jinja_env.globals["csrf_token"] = guard.token
    app.jinja_env.globals["visitor"] = guard.visitor


def _site(config: WebConfig, library: Library) -> Site:
    keeper = DaemonKeeper(config.home)
    generators = Generators(config.generators)
    studio = Studio(config.home, partial(_make, library, config.home, generators), _seal_of(config))
    return Site(
        library=library,
        page_pictures=PagePictures(capacity_bytes=config.picture_cache_bytes),
        query_pictures=QueryPictures(capacity_bytes=config.query_picture_bytes),
        home=config.home,
        boards=Boards(config.home),
        roots=Roots(config.comics, config.home),
        keeper=keeper,
        jobs=Jobs(config.home, keeper),
        streams=Streams(config.max_streams),
        reasons=Reasons(library),
        casts=Casts(library, config.home),
        studio=studio,
        generators=generators,
        reports=ConsistencyReports(library, config.home, studio),
        matching=Matching(library, config.home),
    )


def _refuse_foreign_host(trusted: frozenset[str]) -> None:
    """Raise SecurityError for a name that is none of ours.

    Werkzeug's own TRUSTED_HOSTS cuts names at their first colon, so that no IPv6 address passes.
    """
    name = _PORT.sub("", flask.request.host).lower()
    if name not in trusted:
        raise SecurityError(f"{name!r} is none of this server's names")


def _secure(response: flask.Response) -> flask.Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response
