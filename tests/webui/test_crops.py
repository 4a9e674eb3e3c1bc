"""Pages, parts of pages and panels as pictures: sizes, conditions, ranges, and a book that is away."""

import io
from pathlib import Path

import pytest
from PIL import Image

from tests.webui.test_api import assert_error, hits, moved_away


def size_of(response, media="image/webp") -> tuple[int, int]:
    assert response.status_code == 200
    assert response.mimetype == media
    return Image.open(io.BytesIO(response.data)).size


@pytest.fixture
def hit(client):
    return hits(client.get("/api/v1/search?dialogue=Ask+the+harbour+cat"))[0]


@pytest.fixture
def crop_address(hit):
    return f"/api/v1/crops/{hit['panel_id'].replace('#', '%23')}"


def test_crop_has_the_shape_of_its_panel(client, hit, crop_address):
    width, height = size_of(client.get(f"{crop_address}?side=400"))
    assert max(width, height) == 400
    assert width / height == pytest.approx(hit["aspect"], rel=0.02)


def test_part_of_a_page_is_that_part(client, hit):
    address = f"/api/v1/pictures/{hit['page_id']}"
    whole = Image.open(io.BytesIO(client.get(f"{address}?side=1400").data)).convert("RGB")
    part = client.get(f"{address}?box=0,0,0.5,0.25&side=800")
    width, height = size_of(part)
    assert width / height == pytest.approx(2 * whole.width / whole.height, rel=0.02)
    shown = Image.open(io.BytesIO(part.data)).convert("RGB").resize((40, 30))
    wanted = whole.crop((0, 0, whole.width // 2, whole.height // 4)).resize((40, 30))
    differences = [abs(a - b) for a, b in zip(shown.tobytes(), wanted.tobytes(), strict=True)]
    assert sum(differences) / len(differences) < 8


@pytest.mark.parametrize("box", ["0,0,0,1", "0,0,2,1", "1,1,0,0", "0,0,1", "a,b,c,d", "0,0,.,1", "0,0,nan,1"])
def test_impossible_part_is_refused(client, hit, box):
    assert_error(client.get(f"/api/v1/pictures/{hit['page_id']}?box={box}"), 400, "query")


def test_crop_that_is_known_is_not_sent_again_and_not_even_made(client, crop_address, monkeypatch):
    tag = client.get(crop_address).headers["ETag"]
    monkeypatch.setattr("webui.pictures.PagePictures.picture", None)
    again = client.get(crop_address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag


def test_other_sizes_parts_and_formats_have_other_validators(client, hit, crop_address):
    page = f"/api/v1/pictures/{hit['page_id']}"
    addresses = (crop_address, f"{crop_address}?side=800", f"{crop_address}?format=jpeg", page)
    addresses += (f"{page}?side=800", f"{page}?box=0,0,1,0.5", f"{page}?box=0,0,0.5,1")
    tags = {client.get(address).headers["ETag"] for address in addresses}
    assert len(tags) == len(addresses)


def test_ranges_of_a_picture_put_together_are_the_picture(client, crop_address):
    whole = client.get(crop_address)
    assert whole.headers["Accept-Ranges"] == "bytes"
    half = len(whole.data) // 2
    first = client.get(crop_address, headers={"Range": f"bytes=0-{half - 1}"})
    rest = client.get(crop_address, headers={"Range": f"bytes={half}-"})
    assert (first.status_code, rest.status_code) == (206, 206)
    assert first.headers["Content-Range"] == f"bytes 0-{half - 1}/{len(whole.data)}"
    assert first.data + rest.data == whole.data


def test_range_beyond_the_end_is_416(client, crop_address):
    answer = client.get(crop_address, headers={"Range": "bytes=9999999-"})
    assert_error(answer, 416, "requested-range-not-satisfiable")
    assert answer.headers["Content-Range"].startswith("bytes */")


def test_programs_without_webp_get_jpeg(client, hit, crop_address):
    assert max(size_of(client.get(f"{crop_address}?format=jpeg&side=200"), "image/jpeg")) == 200
    size_of(client.get(f"/api/v1/thumbnails/{hit['page_id']}?format=jpeg"), "image/jpeg")


def test_crop_of_a_book_that_is_away_is_its_thumbnail_for_now(client, hit, crop_address):
    thumbnail = client.get(crop_address.replace("crops", "thumbnails")).data
    tag = client.get(crop_address).headers["ETag"]
    with moved_away(Path(hit["source"])):
        answer = client.get(crop_address, headers={"If-None-Match": tag})
        part = client.get(f"/api/v1/pictures/{hit['page_id']}?box=0,0,1,0.5")
    assert answer.data == thumbnail
    assert answer.cache_control.no_store
    assert part.cache_control.no_store
    assert size_of(part)[0] > size_of(part)[1] * 1.2


def test_panel_that_is_not_there_is_404(client, hit):
    assert_error(client.get(f"/api/v1/crops/{hit['page_id']}%2377"), 404, "not-found")
    assert_error(client.get("/api/v1/crops/nope"), 404, "not-found")


def test_file_of_a_book_is_sent_as_it_is_in_ranges_too(client, hit):
    address = f"/api/v1/books/{hit['book_id']}/file"
    stored = Path(hit["source"]).read_bytes()
    answer = client.get(address, buffered=True)
    assert (answer.data, answer.mimetype) == (stored, "application/vnd.comicbook+zip")
    assert "lamps.cbz" in answer.headers["Content-Disposition"]
    assert client.get(address, headers={"Range": "bytes=0-3"}, buffered=True).data == stored[:4]
    with moved_away(Path(hit["source"])):
        assert_error(client.get(address, buffered=True), 404, "not-found")


def test_panels_like_one_leave_it_out_and_page_on(client, hit):
    address = f"/api/v1/panels/{hit['panel_id'].replace('#', '%23')}/similar?min_score=0&limit=3"
    answer = client.get(address).get_json()
    more = client.get(f"{address}&cursor={answer['cursor']}").get_json()
    found = [panel["panel_id"] for panel in answer["hits"] + more["hits"]]
    assert len(set(found)) == 6
    assert hit["panel_id"] not in found
    assert_error(client.get("/api/v1/panels/none/similar"), 404, "not-found")


def test_batch_answers_each_search_in_its_place(client):
    searches = [{"q": "umbrella"}, {"q": "x", "limit": 0}, {"dialogue": "Hold the ladder", "limit": 1}]
    answers = client.post("/api/v1/search/batch", json={"searches": searches}).get_json()["answers"]
    alone = hits(client.post("/api/v1/search", json=searches[0]))
    assert [hit["panel_id"] for hit in answers[0]["found"]["hits"]] == [hit["panel_id"] for hit in alone]
    assert answers[1]["found"] is None
    assert (answers[1]["error"]["status"], answers[1]["error"]["code"]) == (400, "query")
    assert "ladder" in answers[2]["found"]["hits"][0]["text"].lower()


@pytest.mark.parametrize("body", [{}, {"searches": []}, {"searches": [{"q": "x"}] * 33}, {"searches": ["x"]}])
def test_batch_is_bounded(client, body):
    assert_error(client.post("/api/v1/search/batch", json=body), 400, "query")
