"""Logging in, staying in, and what is written down of those who may not come in."""

import base64
import json
import shutil
import stat
from pathlib import Path

import pytest
from flask import Flask

from webui import WebConfig, create_app
from webui.security import visitors
from webui.security.audit import AUDIT_FILE
from webui.security.keys import KeyFile
from webui.security.scopes import Scope


@pytest.fixture
def library(library_path: Path, tmp_path: Path) -> Path:
    shutil.copytree(library_path, tmp_path / "library")
    return tmp_path / "library"


@pytest.fixture
def key(library: Path) -> str:
    return KeyFile(library).add("phone", Scope.READ)


@pytest.fixture
def app(library: Path, key: str) -> Flask:
    return create_app(WebConfig(library=library, needs_key=True))


def lines(library: Path) -> list[dict]:
    return [json.loads(line) for line in (library / AUDIT_FILE).read_text("ascii").splitlines()]


def test_visitor_is_led_to_the_login_and_back(app, key):
    client = app.test_client()
    led = client.get("/books?offset=0")
    assert led.headers["Location"] == "/login?next=%2Fbooks%3Foffset%3D0"
    page = client.get(led.headers["Location"]).get_data(as_text=True)
    assert 'name="next" value="/books?offset=0"' in page
    answer = client.post("/login", data={"key": key, "next": "/books?offset=0"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/books?offset=0")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert key not in cookie
    assert client.get("/books").status_code == 200
    assert client.get("/api/v1/session").get_json()["name"] == "phone"
    client.post("/logout")
    assert client.get("/books").status_code == 302


def test_cookie_is_for_encrypted_connections_where_there_is_one(app, key):
    direct = app.test_client().post("/login", data={"key": key}, base_url="https://localhost")
    proxied = app.test_client().post("/login", data={"key": key}, headers={"X-Forwarded-Proto": "https"})
    for answer in (direct, proxied):
        assert "; Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1"]
)
def test_login_leads_nobody_elsewhere(app, key, target):
    answer = app.test_client().post("/login", data={"key": key, "next": target})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("wrong", ["", "x", "lbx_wrong", "x" * 10_000])
def test_wrong_key_is_told_on_the_login_page(app, wrong):
    answer = app.test_client().post("/login", data={"key": wrong})
    assert answer.status_code == 401
    assert "This key is none of ours." in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers


def test_login_ends_when_its_key_is_removed_or_changed(app, key, library):
    client = app.test_client()
    client.post("/login", data={"key": key})
    assert client.get("/books").status_code == 200
    KeyFile(library).remove("phone")
    assert client.get("/books").status_code == 302
    KeyFile(library).add("phone", Scope.WRITE)
    assert client.get("/books").status_code == 302


def test_login_outlives_a_restart_and_ends_after_a_month(app, key, library):
    client = app.test_client()
    client.post("/login", data={"key": key})
    value = client.get_cookie("longbox").value
    again = create_app(WebConfig(library=library, needs_key=True)).test_client()
    again.set_cookie("longbox", value)
    assert again.get("/books").status_code == 200
    keys = KeyFile(library)
    again.set_cookie("longbox", visitors.login_cookie(keys.named("phone"), keys, now=0.0))
    assert again.get("/books").status_code == 302


@pytest.mark.parametrize(
    "change", [lambda v: v[:-1] + "0" * 2, lambda v: v.replace("phone", "other"), lambda v: "x"]
)
def test_forged_cookie_is_nobodys(app, key, change):
    client = app.test_client()
    client.post("/login", data={"key": key})
    client.set_cookie("longbox", change(client.get_cookie("longbox").value))
    assert client.get("/books").status_code == 302


def test_later_expiry_cannot_be_written_into_a_cookie(app, key):
    client = app.test_client()
    client.post("/login", data={"key": key})
    name, expires, signature = client.get_cookie("longbox").value.split(".")
    client.set_cookie("longbox", f"{name}.{int(expires) + 1}.{signature}")
    assert client.get("/books").status_code == 302


def test_reader_of_feeds_sends_the_key_as_a_password(app, key):
    word = base64.b64encode(f"anyone:{key}".encode()).decode()
    client = app.test_client()
    assert client.get("/api/v1/books", headers={"Authorization": f"Basic {word}"}).status_code == 200
    bad = base64.b64encode(b"anyone:no").decode()
    assert client.get("/api/v1/books", headers={"Authorization": f"Basic {bad}"}).status_code == 401


def test_too_many_wrong_keys_are_slowed_down_and_the_right_one_still_works(library, key):
    client = create_app(WebConfig(library=library, needs_key=True, wrong_keys_a_minute=3)).test_client()
    answers = [client.get("/api/v1/books", headers={"Authorization": f"Bearer no{n}"}) for n in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert client.post("/login", data={"key": "no"}).status_code == 429
    assert client.get("/api/v1/books", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_visitor_who_asks_too_much_waits_and_others_do_not(library, key):
    other = KeyFile(library).add("tablet", Scope.READ)
    client = create_app(WebConfig(library=library, needs_key=True, rate=0.5, burst=4)).test_client()

    def ask(text: str):
        return client.get("/api/v1/facets", headers={"Authorization": f"Bearer {text}"})

    answers = [ask(key) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
    assert answers[-1].get_json()["error"]["code"] == "too-much"
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert ask(other).status_code == 200
    assert client.get("/static/css/base.css", buffered=True).status_code == 200


def test_refusals_are_written_down_without_secrets(app, key, library):
    client = app.test_client()
    client.get("/api/v1/search?q=secret-query", headers={"X-Request-Id": "r1"})
    client.get("/api/v1/books", headers={"Authorization": "Bearer lbx_guess-of-mine"})
    client.post("/api/v1/jobs", json={}, headers={"Authorization": f"Bearer {key}"})
    client.post("/login", data={"key": "lbx_other-guess"})
    client.post("/login", data={"key": key})
    told = lines(library)
    assert [(line["event"], line["status"]) for line in told] == [
        ("no-key", 401),
        ("wrong-key", 401),
        ("forbidden", 403),
        ("wrong-login", 401),
        ("login", 303),
    ]
    assert told[0]["request_id"] == "r1"
    assert told[0]["path"] == "/api/v1/search"
    assert told[2]["visitor"] == "phone"
    text = (library / AUDIT_FILE).read_text("ascii")
    assert not any(secret in text for secret in ("guess", "secret-query", key))
    assert stat.S_IMODE((library / AUDIT_FILE).stat().st_mode) == 0o600


def test_name_of_an_address_cannot_forge_a_line(app, library):
    app.test_client().get("/x%0A%7B%22event%22%3A%22login%22%7D")
    assert [line["event"] for line in lines(library)] == ["no-key"]


def test_damaged_file_of_keys_lets_nobody_in_and_is_no_fault_of_the_program(app, key, library):
    (library / "keys.json").write_text("{")
    answer = app.test_client().get("/api/v1/books", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 503
    assert "keys.json is damaged" in answer.get_json()["error"]["message"]


def test_health_tells_strangers_nothing_but_that(app, key):
    client = app.test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/healthz", headers={"Authorization": f"Bearer {key}"}).get_json()["panels"] == 9
