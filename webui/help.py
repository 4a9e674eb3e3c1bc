"""``/api``: every route with an example for the command line, for people."""

import re
import shlex
from dataclasses import dataclass
from urllib.parse import urlencode

import flask
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from webui.api.about import declared, described
from webui.openapi.document import path_of, statuses_of
from webui.openapi.routes import Endpoint
from webui.security.gate import gate
from webui.security.scopes import Scope

EXAMPLES = {
    "suggest": {"q": "the li"},
    "search_by_query": {"q": "a castle at night", "limit": "5"},
    "books": {"limit": "10", "order": "recent"},
    "stories": {"q": "lighthouse"},
    "picture": {"side": "1400", "box": "0.1,0.1,0.5,0.4"},
    "crop": {"side": "800"},
    "similar": {"limit": "10"},
    "why": {"q": "a castle at night"},
    "why_map": {"q": "a castle at night"},
    "consistency": {"of": "story:STORY_ID"},
    "export_board": {"format": "zip"},
    "remove_item": {"version": "3"},
    "list_folder": {"path": "/home/me"},
    "forget_folder": {"path": "/home/me/Comics"},
    "map_tile": {"colour": "series"},
    "map_selection": {"area": "0.1,0.1;0.5,0.1;0.3,0.6"},
    "map_selection_csv": {"area": "0.1,0.1;0.5,0.1;0.3,0.6"},
    "opds_search": {"q": "rain"},
    "opds2_search": {"query": "rain"},
    "opensearch_suggest": {"q": "the li"},
}
"""Parameters of the examples, by the names of the views."""
BODIES = {
    "search_by_body": '{"dialogue": "light does not swim", "limit": 5}',
    "search_batch": '{"searches": [{"q": "rain"}, {"q": "snow"}]}',
    "nearest": '{"vectors": [[0.1, 0.2, 0.3]], "k": 10}',
    "create_board": '{"title": "Rain", "panels": ["PANEL_ID"]}',
    "change_board": '{"version": 1, "title": "Rain at night"}',
    "add_items": '{"panels": ["PANEL_ID"], "role": "style"}',
    "change_item": '{"version": 2, "note": "the light"}',
    "retype_page": '{"page_type": "cover"}',
    "start_generation": '{"prompt": "a cat in the rain, night"}',
    "another_go": '{"picture": 3, "variants": 2}',
    "put_in_place": '{"picture": 1}',
    "panel_anew": '{"of": "job:JOB_ID", "panel": 3}',
    "keep_generation": '{"title": "A cat in the rain"}',
    "move_balloons": '{"middles": [[0.3, 0.2], null]}',
    "make_map": '{"side": "look", "method": "umap"}',
    "start_audit": '{"copies": true}',
    "decide_on": '{"action": "exclude", "targets": ["near-books"]}',
    "judge_matches": '{"verdicts": [{"book_id": "BOOK_ID", "verdict": "yes"}]}',
    "create_element": '{"name": "dragon", "words": "a dragon", "positive": ["PANEL_ID"]}',
    "rename_element": '{"name": "Green dragon"}',
    "answer_questions": '{"answers": {"PANEL_ID": "yes"}}',
    "name_cast": '{"group": "1", "name": "Ada"}',
    "start_job": '{"kind": "add-folder", "folder": "/home/me/Comics"}',
}
"""Bodies of the examples."""
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Shown:
    """A route as the page shows it."""

    endpoint: Endpoint
    path: str
    curl: str
    statuses: tuple[int, ...]
    parameters: tuple[dict[str, object], ...]


def help_page() -> ResponseReturnValue:
    """List every route."""
    told = described(declared())
    shown = [_shown(endpoint, told) for endpoint in declared()]
    groups = {tag: [one for one in shown if one.endpoint.tag == tag] for tag in _tags(shown)}
    return flask.render_template("api.html", groups=groups, marked=marked)


def marked(text: str) -> Markup:
    """Return a line in which what stands between backticks is set as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 (escaped before)


def _tags(shown: list[Shown]) -> list[str]:
    return list(dict.fromkeys(one.endpoint.tag for one in shown))


def _shown(endpoint: Endpoint, told: dict[str, object]) -> Shown:
    path = path_of(endpoint)
    paths = told["paths"]
    operation = paths[path][endpoint.method.lower()] if isinstance(paths, dict) else {}
    return Shown(endpoint, path, _curl(endpoint, path), statuses_of(endpoint), tuple(operation["parameters"]))


def _curl(endpoint: Endpoint, path: str) -> str:
    """Return a command that can be pasted once its ids are filled in."""
    asked = EXAMPLES.get(endpoint.name)
    address = f"{flask.request.host_url.rstrip('/')}{path}" + (f"?{urlencode(asked)}" if asked else "")
    words = ["curl"]
    if endpoint.method != "GET":
        words += ["-X", endpoint.method]
    if endpoint.scope is not Scope.OPEN and not gate().is_open:
        words += ["-H", "Authorization: Bearer $LONGBOX_KEY"]
    if endpoint.body is not None:
        words += ["-H", "Content-Type: application/json", "-d", BODIES[endpoint.name]]
    return shlex.join([*words, address]).replace(
        "'Authorization: Bearer $LONGBOX_KEY'", '"Authorization: Bearer $LONGBOX_KEY"'
    )
