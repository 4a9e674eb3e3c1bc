"""Who may do what: every route of the app, asked by everybody.

The lists below are written by hand: a route that is new must be put into one, or it reads.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webui import WebConfig, create_app
from webui.security.keys import KeyFile
from webui.security.scopes import Scope

OPEN = {
    "GET /static/x",
    "GET /login",
    "GET /preferences",
    "POST /logout",
    "GET /healthz",
    "GET /api/v1/openapi.json",
    "GET /api/v1/session",
}
WRITE = {
    "POST /api/v1/boards",
    "PATCH /api/v1/boards/x",
    "DELETE /api/v1/boards/x",
    "POST /api/v1/boards/x/items",
    "PATCH /api/v1/boards/x/items/x",
    "DELETE /api/v1/boards/x/items/x",
    "POST /api/v1/elements",
    "POST /api/v1/books/x/cast",
    "PATCH /api/v1/elements/x",
    "DELETE /api/v1/elements/x",
    "POST /api/v1/elements/x/answers",
    "PATCH /api/v1/pages/x",
    "POST /api/v1/generations",
    "POST /api/v1/generations/x/again",
    "POST /api/v1/generations/x/another",
    "POST /api/v1/generations/x/place",
    "POST /api/v1/consistency/anew",
    "POST /api/v1/generations/x/keep",
    "POST /api/v1/generations/x/balloons",
    "DELETE /api/v1/generations/x",
    "POST /api/v1/jobs",
    "POST /api/v1/audit",
    "POST /api/v1/audit/decisions",
    "POST /api/v1/matches",
    "DELETE /api/v1/matches/x",
    "DELETE /api/v1/jobs/x",
    "DELETE /api/v1/chores/x",
    "POST /api/v1/maps",
    "DELETE /api/v1/maps/x",
    "GET /api/v1/folders",
    "GET /api/v1/folders/list",
    "DELETE /api/v1/folders",
}
READ_BY_POST = {"POST /", "POST /api/v1/search", "POST /api/v1/search/batch", "POST /api/v1/nearest"}
SAFE = ("GET", "HEAD")
OWN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
FOREIGN = ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"})
FOREIGN = (*FOREIGN, {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:81"})


def every_route(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"OPTIONS"}):
            if (method, rule.rule) != ("POST", "/login"):  # refuses by itself: see test_login
                yield method, re.sub(r"<[^>]+>", "x", rule.rule)


def scope_of(method: str, address: str) -> Scope:
    route = f"{'GET' if method == 'HEAD' else method} {address}"
    if route in OPEN:
        return Scope.OPEN
    return Scope.WRITE if route in WRITE else Scope.READ


@dataclass
class Place:
    """A served library with keys."""

    app: Flask
    keys: dict[Scope, str]

    def ask(self, method: str, address: str, *, client: FlaskClient | None = None, **headers: str):
        client = client or self.app.test_client()
        body = {} if method in (*SAFE, "DELETE") or address in ("/", "/login", "/logout") else {"json": {}}
        with client.open(address, method=method, headers=headers, **body) as answer:
            return answer

    def with_key(self, method: str, address: str, key: str, **headers: str):
        return self.ask(method, address, Authorization=f"Bearer {key}", **headers)

    def logged_in(self, scope: Scope) -> FlaskClient:
        client = self.app.test_client()
        assert client.post("/login", data={"key": self.keys[scope]}).status_code == 303
        return client


@pytest.fixture
def library(library_path: Path, tmp_path: Path) -> Path:
    shutil.copytree(library_path, tmp_path / "library")
    return tmp_path / "library"


@pytest.fixture
def place(library: Path) -> Place:
    keys = {scope: KeyFile(library).add(scope.value, scope) for scope in (Scope.READ, Scope.WRITE)}
    config = WebConfig(library=library, needs_key=True, wrong_keys_a_minute=1e9)
    return Place(create_app(config), keys)


def code_of(answer) -> str:
    return answer.get_json()["error"]["code"] if answer.is_json else ""


def is_refused(answer) -> bool:
    to_login = answer.status_code == 302 and answer.headers["Location"].startswith("/login")
    return to_login or answer.status_code in (401, 403)


def test_lists_name_routes_that_are_there(place):
    there = {f"{method} {address}" for method, address in every_route(place.app)}
    assert there >= OPEN | WRITE | READ_BY_POST
    changing = {route for route in there if not route.startswith(SAFE)}
    assert changing == {r for r in OPEN | WRITE if not r.startswith(SAFE)} | READ_BY_POST


def test_nobody_comes_in_without_a_key(place):
    for method, address in every_route(place.app):
        answer = place.ask(method, address)
        assert is_refused(answer) is (scope_of(method, address) is not Scope.OPEN), (method, address)
        if answer.status_code == 401 and address.startswith("/api/"):
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_reading_key_reads_and_changes_nothing(place):
    for method, address in every_route(place.app):
        answer = place.with_key(method, address, place.keys[Scope.READ])
        assert is_refused(answer) is (scope_of(method, address) is Scope.WRITE), (method, address)


def test_writing_key_may_do_everything(place):
    for method, address in every_route(place.app):
        answer = place.with_key(method, address, place.keys[Scope.WRITE])
        assert not is_refused(answer), (method, address)


@pytest.mark.parametrize("wrong", ["lbx_wrong", "", "Basic"])
def test_wrong_key_opens_nothing_not_even_what_is_open(place, wrong):
    for method, address in every_route(place.app):
        answer = place.with_key(method, address, wrong)
        assert answer.status_code == 401, (method, address)


def test_login_changes_things_only_from_our_own_pages_with_their_token(place):
    client = place.logged_in(Scope.WRITE)
    token = client.get("/api/v1/session").get_json()["csrf_token"]
    for method, address in every_route(place.app):
        if address == "/logout":
            continue
        is_change = method not in SAFE
        is_guarded = is_change and scope_of(method, address) is Scope.WRITE
        bare = place.ask(method, address, client=client, **OWN)
        assert is_refused(bare) is is_guarded, (method, address)
        wrong = place.ask(method, address, client=client, **OWN, **{"X-CSRF-Token": "0" * 64})
        assert is_refused(wrong) is is_guarded
        right = place.ask(method, address, client=client, **OWN, **{"X-CSRF-Token": token})
        assert not is_refused(right), (method, address)
        for foreign in FOREIGN:
            answer = place.ask(method, address, client=client, **foreign, **{"X-CSRF-Token": token})
            assert is_refused(answer) is is_change, (method, address, foreign)


def test_foreign_page_changes_nothing_with_a_key_either(place):
    for method, address in every_route(place.app):
        for foreign in FOREIGN:
            answer = place.with_key(method, address, place.keys[Scope.WRITE], **foreign)
            assert is_refused(answer) is (method not in SAFE), (method, address, foreign)


def test_open_server_lets_programs_of_this_machine_in_and_no_foreign_page(library):
    place = Place(create_app(WebConfig(library=library)), {})
    token = place.app.test_client().get("/api/v1/session").get_json()["csrf_token"]
    for method, address in every_route(place.app):
        is_change = method not in SAFE
        is_guarded = is_change and scope_of(method, address) is Scope.WRITE
        assert not is_refused(place.ask(method, address)), (method, address)
        assert is_refused(place.ask(method, address, **OWN)) is is_guarded
        assert not is_refused(place.ask(method, address, **OWN, **{"X-CSRF-Token": token}))
        for foreign in FOREIGN:
            answer = place.ask(method, address, **foreign, **{"X-CSRF-Token": token})
            assert is_refused(answer) is is_change, (method, address, foreign)
