"""The OpenAPI document: it names every route, and says what each really takes and gives."""

import json
import re

import jsonschema
import msgspec
import pytest
from flask import request
from werkzeug.datastructures import MultiDict

from webui.api.parameters import DESCRIBED
from webui.help import BODIES, EXAMPLES
from webui.openapi.reading import read_body, read_query
from webui.parsing import PARAMETERS

PAGES_FOR_PEOPLE = re.compile(r"(views|login|static)\b|help_page")


@pytest.fixture
def told(client):
    return client.get("/api/v1/openapi.json").get_json()


def rules_of(client):
    for rule in client.application.url_map.iter_rules():
        if not PAGES_FOR_PEOPLE.match(rule.endpoint):
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower()


def test_every_route_for_programs_is_described_and_no_other(client, told):
    described = {(path, method) for path, place in told["paths"].items() for method in place}
    assert described == set(rules_of(client))


def test_document_is_sound_by_its_own_rules(told):
    assert told["openapi"].startswith("3.1")
    names = [operation["operationId"] for place in told["paths"].values() for operation in place.values()]
    assert len(names) == len(set(names))
    for reference in re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', json.dumps(told)):
        jsonschema.Draft202012Validator.check_schema(told["components"]["schemas"][reference])
    for path, place in told["paths"].items():
        for operation in place.values():
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))
            assert operation["summary"]
            assert all(int(status) for status in operation["responses"])


def test_every_parameter_of_a_search_is_explained():
    assert set(PARAMETERS) == DESCRIBED


def check_answer(told, path, method, response):
    """Hold an answer against what the document says of it."""
    answers = told["paths"][path][method]["responses"]
    assert str(response.status_code) in answers
    schema = answers[str(response.status_code)]["content"]["application/json"]["schema"]
    jsonschema.validate(response.get_json(), {**schema, "components": told["components"]})


def test_answers_are_as_the_document_says(client, told):
    panel = client.get("/api/v1/search?q=umbrella").get_json()["hits"][0]
    ids = {
        "book_id": panel["book_id"],
        "page_id": panel["page_id"],
        "panel_id": panel["panel_id"].replace("#", "%23"),
    }
    asked = {"/api/v1/search": "?q=umbrella", "/api/v1/books": "?limit=2"}
    seen = 0
    for path, place in told["paths"].items():
        content = place.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if "application/json" in content and set(re.findall(r"{(\w+)}", path)) <= set(ids):
            check_answer(told, path, "get", client.get(path.format(**ids) + asked.get(path, "")))
            seen += 1
    assert seen >= 8


def test_errors_are_as_the_document_says(client, told):
    check_answer(told, "/api/v1/books", "get", client.get("/api/v1/books?limit=0"))
    check_answer(told, "/api/v1/books/{book_id}", "get", client.get("/api/v1/books/none"))
    check_answer(told, "/api/v1/search/batch", "post", client.post("/api/v1/search/batch", json={}))


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("/api/v1/books?limit=501", "limit: expected int <= 500"),
        ("/api/v1/books?offset=-1", "offset: expected int >= 0"),
        ("/api/v1/books?offset=many", "offset: expected int, got str"),
        ("/api/v1/books?order=colour", "order: invalid enum value 'colour'"),
        ("/api/v1/books?shelf=2", "unknown parameter 'shelf'; known are offset, limit, order, comic"),
    ],
)
def test_what_is_not_as_declared_is_named(client, address, named):
    answer = client.get(address)
    assert (answer.status_code, answer.get_json()["error"]["message"]) == (400, named)


def test_empty_parameters_count_as_absent(client):
    assert client.get("/api/v1/books?limit=&order=").status_code == 200


def test_page_for_people_lists_every_route_with_a_command(client, told):
    page = client.get("/api").get_data(as_text=True)
    for path in told["paths"]:
        assert path in page
    assert page.count("curl ") >= len(told["paths"])
    assert "<script>" not in page


def test_examples_on_that_page_are_as_declared(client):
    endpoints = {one.name: one for one in client.application.extensions["longbox.endpoints"]}
    assert set(BODIES) == {name for name, one in endpoints.items() if one.body is not None}
    for name, text in BODIES.items():
        with client.application.test_request_context(data=text, content_type="application/json"):
            read_body(endpoints[name].body, request)
    for name, asked in EXAMPLES.items():
        read_query(endpoints[name].query, MultiDict(asked))
    needing = {name for name, one in endpoints.items() if one.query and needs_anything(one.query)}
    assert needing <= set(EXAMPLES)


def needs_anything(kind) -> bool:
    return any(field.required for field in msgspec.structs.fields(kind))


def test_every_answer_carries_the_name_of_its_request(client):
    assert client.get("/", headers={"X-Request-Id": "mine-1"}).headers["X-Request-Id"] == "mine-1"
    answer = client.get("/api/v1/books/none", headers={"X-Request-Id": "not a word"})
    assert answer.headers["X-Request-Id"] == answer.get_json()["error"]["request_id"] != "not a word"
