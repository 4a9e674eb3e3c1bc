"""Chores: long work on the whole library, such as an audit or a map: how far it is, and stopping it."""

from dataclasses import asdict, dataclass
from typing import Literal

import flask
from flask.typing import ResponseReturnValue

from schemas.errors import NotFoundError
from webui.jobs.chore import Chore, ChoreState
from webui.openapi.routes import Answer, Routes
from webui.state import site

routes = Routes("jobs")


@dataclass(frozen=True, slots=True)
class NamedChore:
    """How far a chore is."""

    name: Literal["audit", "map"]
    state: ChoreState


@dataclass(frozen=True, slots=True)
class ChoreList:
    """All that this server can do on the whole library, one of each at a time."""

    chores: tuple[NamedChore, ...]


@routes.get("/chores", Answer(ChoreList), cost=0.2)
def chores() -> ResponseReturnValue:
    """List the long work on the whole library: the audit, the making of maps."""
    told = [{"name": name, "state": asdict(chore.state)} for name, chore in site().chores.items()]
    return flask.jsonify({"chores": told})


@routes.get("/chores/<name>", Answer(ChoreState), cost=0.2)
def chore(name: str) -> ResponseReturnValue:
    """Say how far it is."""
    return flask.jsonify(asdict(_named(name).state))


@routes.delete("/chores/<name>", Answer(ChoreState))
def stop_chore(name: str) -> ResponseReturnValue:
    """Stop it at once: the last audit and all maps stay as they are."""
    return flask.jsonify(asdict(_named(name).stop()))


def _named(name: str) -> Chore:
    known = site().chores.get(name)
    if known is None:
        raise NotFoundError(f"there is no chore {name[:60]!r}: there are {', '.join(site().chores)}")
    return known
