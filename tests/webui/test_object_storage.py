"""The site of a library that lies on object storage."""

from pathlib import Path

import pytest

from schemas.places import place_of
from tests.object_store import BUCKET, ObjectStore
from webui import WebConfig, create_app


@pytest.fixture
def uri(s3: ObjectStore, lamps_library: Path) -> str:
    for path in lamps_library.rglob("*"):
        if path.is_file() and ".lance" in str(path):
            s3.write(f"web/{path.relative_to(lamps_library)}", path.read_bytes())
    return f"s3://{BUCKET}/web"


def test_it_is_searched_and_an_outage_is_an_answer(uri: str, s3: ObjectStore) -> None:
    with create_app(WebConfig(library=place_of(uri))).test_client() as client:
        answer = client.post("/api/v1/search", json={"dialogue": "Ask the harbour cat"}).get_json()
        assert answer["hits"][0]["text"].lower().startswith("ask the harbour")
        with s3.failing("403 Forbidden", b"<Error><Code>AccessDenied</Code></Error>"):
            outage = client.get(f"/api/v1/thumbnails/{answer['hits'][0]['page_id']}")
        assert outage.status_code == 503
        assert f"{uri}: these credentials may not" in outage.get_json()["error"]["message"]
        assert client.get("/healthz").get_json()["books"] == 3
