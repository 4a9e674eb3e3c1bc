"""New panels over HTTP: asked for, followed to their end, cancelled, taken up again, with their records."""

import base64
import io
import shutil
import time
import zipfile
from dataclasses import replace
from functools import partial

import cv2
import numpy as np
import pytest

from indexer.care.backup import back_up
from indexer.care.keepsakes import carry_over
from indexer.care.restore import restore
from indexer.library.generated import derived_from
from indexer.library.rights import change_rights, read_rights
from schemas.errors import GenerationError, LibraryError, NotFoundError
from schemas.generation import GenerationRequest
from search.generation.making import Maker
from search.library import open_library
from webui import WebConfig, create_app
from webui.app import close_app
from webui.generation.job import StudioState
from webui.generation.studio import Studio
from webui.pictures import stored_page

PROMPT = "A girl in the harbour, night."
SMALL = {"width_px": 192, "height_px": 192}


@pytest.fixture(scope="module")
def library(drawn_library, tmp_path_factory):
    return shutil.copytree(drawn_library, tmp_path_factory.mktemp("studio") / "library")


@pytest.fixture
def author(library):
    app = create_app(WebConfig(library=library))
    with app.test_client() as client:
        yield client
    close_app(app)


def told(client, path):
    return client.get(f"/api/v1/{path}").get_json()


def ended(look, is_over, wait_s: float = 90.0):
    until = time.monotonic() + wait_s
    while not is_over(job := look()):
        assert time.monotonic() < until, job
        time.sleep(0.05)
    return job


def asked(author, **body):
    answer = author.post("/api/v1/generations", json={"prompt": PROMPT, **SMALL, **body})
    assert answer.status_code == 202, answer.get_json()
    job_id = answer.get_json()["job_id"]
    return ended(
        lambda: told(author, f"generations/{job_id}"), lambda job: job["state"] not in ("waiting", "running")
    )


def test_a_panel_is_made_with_its_record_and_shown(author):
    job = asked(author)
    job_id = job["job_id"]
    assert (job["state"], job["pictures"]) == ("done", 1), job["message"]
    assert author.get(f"/api/v1/generations/{job_id}/1.png").data.startswith(b"\x89PNG")
    record = told(author, f"generations/{job_id}/1.json")
    assert record["digital_source_type"] == "composite"
    assert record["references"]
    assert all(one["licence"] for one in record["references"])
    assert f"/api/v1/generations/{job_id}/1.png" in author.get("/studio").get_data(as_text=True)
    assert author.get(f"/api/v1/generations/{job_id}/2.png").status_code == 404
    assert author.delete(f"/api/v1/generations/{job_id}").status_code == 204
    assert author.get(f"/api/v1/generations/{job_id}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"prompt": ""},
        {"prompt": "x" * 5_000},
        {"prompt": "x", "variants": 9},
        {"prompt": "x", "backend": "diffusers:/etc"},
        {"prompt": "x", "pinned": [{"panel_id": "a/00001#01", "weight": 2}]},
        {"prompt": "x", "pinned": [{"panel_id": f"a/00001#0{n}", "role": "layout"} for n in (1, 2)]},
        {"prompt": "x", "pinned": [{"panel_id": "a/00001#01"}], "excluded": ["a/00001#01"]},
        {"prompt": "x", "elements": [{"name": "Ada"}, {"name": "ADA"}]},
        {"prompt": "x", "finish": "restyle", "steps": 0},
    ],
)
def test_what_cannot_be_made_is_refused_at_once(author, body):
    answer = author.post("/api/v1/generations", json=body)
    assert (answer.status_code, bool(answer.get_json()["error"]["message"])) == (400, True)


def test_balloons_are_moved_and_put_back_with_all_files_alike(author):
    job = asked(author, prompt='A girl in the harbour.\nGirl: "Land!"')
    assert job["lettered"] == [1], job["message"]
    path = f"generations/{job['job_id']}/1"
    before = {kind: author.get(f"/api/v1/{path}.{kind}").data for kind in ("png", "ora", "json")}
    balloons = f"/api/v1/generations/{job['job_id']}/balloons"
    moved = author.post(balloons, json={"middles": [[0.5, 0.8]]}).get_json()["balloons"]
    record = told(author, f"{path}.json")
    assert record["boxes"]["balloon"] == moved
    assert sum(moved[0][1::2]) / 2 == pytest.approx(0.8, abs=0.1)
    assert record["edits"] == [{"kind": "balloons", "middles": [[0.5, 0.8]]}]
    assert author.get(f"/api/v1/{path}.png").data != before["png"]
    author.post(balloons, json={"middles": [None]})
    assert {kind: author.get(f"/api/v1/{path}.{kind}").data for kind in before} == before
    author.delete(f"/api/v1/generations/{job['job_id']}")


@pytest.mark.parametrize("middles", [[], [None, None], [[2, 0]], [["a", 0]], [[0.5]]])
def test_places_of_balloons_that_are_none_change_nothing(author, middles):
    job = asked(author, prompt='A girl in the harbour.\nGirl: "Land!"')
    path = f"/api/v1/generations/{job['job_id']}"
    before = author.get(f"{path}/1.png").data
    answer = author.post(f"{path}/balloons", json={"middles": middles})
    assert (answer.status_code, bool(answer.get_json()["error"]["message"])) == (400, True)
    assert author.get(f"{path}/1.png").data == before
    author.delete(f"/api/v1/generations/{job['job_id']}")
    assert author.post(f"{path}/balloons", json={"middles": []}).status_code == 404


def test_references_that_are_not_there_fail_the_job_with_a_word(author):
    job = asked(author, pinned=[{"panel_id": "f" * 24 + "/00001#01"}])
    assert (job["state"], job["message"] != "") == ("failed", True)


def sheet() -> str:
    image = np.full((150, 200), 250, np.uint8)
    cv2.circle(image, (100, 75), 50, 60, 2, cv2.LINE_AA)
    return base64.b64encode(cv2.imencode(".png", image)[1].tobytes()).decode()


def test_a_drawing_is_inked_in_its_own_shape_and_comes_in_layers(author):
    panel = told(author, "search?q=harbour&limit=1")["hits"][0]["panel_id"]
    job = asked(author, drawing=sheet(), pinned=[{"panel_id": panel}])
    assert (job["state"], job["has_layers"]) == ("done", True), job["message"]
    record = told(author, f"generations/{job['job_id']}/1.json")
    assert record["backend"]["name"] == "artificer"
    assert (record["request"]["width_px"], record["request"]["height_px"]) == (192, 144)
    assert [one["panel_id"] for one in record["references"]] == [panel]
    layers = author.get(f"/api/v1/generations/{job['job_id']}/1.ora")
    assert layers.mimetype == "image/openraster"
    assert layers.data.startswith(b"PK")
    assert "1.ora" in author.get("/studio").get_data(as_text=True)
    assert author.delete(f"/api/v1/generations/{job['job_id']}").status_code == 204


@pytest.mark.parametrize(
    ("drawing", "status"), [("!", 415), ("bm8gcGljdHVyZQ==", 415), ("A" * 6_000_000, 400)]
)
def test_a_drawing_that_is_none_starts_no_job(author, drawing, status):
    before = told(author, "generations")
    answer = author.post("/api/v1/generations", json={"prompt": PROMPT, "drawing": drawing})
    assert (answer.status_code, bool(answer.get_json()["error"]["message"])) == (status, True)
    assert told(author, "generations") == before


def test_a_board_is_handed_over_as_references(author):
    panel = told(author, "search?q=harbour&limit=1")["hits"][0]["panel_id"]
    board = author.post("/api/v1/boards", json={"title": "Harbour", "panels": [panel]}).get_json()
    address = f"/studio?board={board['board_id']}"
    assert address in author.get(f"/boards/{board['board_id']}").get_data(as_text=True)
    assert f'data-panel="{panel}"' in author.get(address).get_data(as_text=True)
    assert author.get("/studio?board=nowhere").status_code == 404


def failing(_request, progress):
    progress(0.5, "half")
    raise GenerationError("the backend gave half a picture")


def never_ending(_request, progress):
    while True:
        progress(0.5, "on and on")
        time.sleep(0.01)


def test_a_failed_job_says_why_and_leaves_no_picture(tmp_path):
    studio = Studio(tmp_path, failing)
    job = studio.start(GenerationRequest(PROMPT))
    over = ended(partial(studio.job, job.job_id), lambda one: one.is_over)
    assert (over.state, over.message) == (StudioState.FAILED, "the backend gave half a picture")
    assert not list((tmp_path / "generated" / "jobs" / job.job_id).glob("*.png"))


def test_a_job_that_fails_unforeseen_does_not_keep_the_next_one(tmp_path):
    def broken(request, progress):
        if request.prompt == "first":
            raise ZeroDivisionError("in a backend")
        return ()

    studio = Studio(tmp_path, broken)
    first, second = (studio.start(GenerationRequest(prompt)) for prompt in ("first", "second"))
    assert ended(partial(studio.job, second.job_id), lambda one: one.is_over).state is StudioState.DONE
    assert (studio.job(first.job_id).state, studio.job(first.job_id).message) == ("failed", "in a backend")


def test_a_job_that_cannot_be_kept_is_none(tmp_path):
    (tmp_path / "generated").write_text("in the way", "utf-8")
    studio = Studio(tmp_path, failing)
    with pytest.raises(LibraryError, match="cannot keep the job"):
        studio.start(GenerationRequest(PROMPT))
    assert studio.all() == ()


def test_what_was_made_is_known_by_its_references_and_goes_along(library, tmp_path, author):
    job = asked(author)
    record = told(author, f"generations/{job['job_id']}/1.json")
    reference = record["references"][0]["panel_id"]
    made = [derived.book.name for derived in derived_from(library, reference.partition("/")[0])]
    assert made == ["1.png"]
    change_rights(library, lambda register: register.refuse(reference, "asked to"))
    back_up(library, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "restored")
    (tmp_path / "swapped").mkdir()
    carry_over(library, tmp_path / "swapped")
    for other in (tmp_path / "restored", tmp_path / "swapped"):
        assert reference in read_rights(other).refused
        assert (other / "generated" / "jobs" / job["job_id"] / "1.png").is_file()
    change_rights(library, lambda register: register.allow(reference))


def test_once_more_is_the_same_request_with_the_seeds_that_follow(tmp_path):
    seen = []
    studio = Studio(tmp_path, lambda request, progress: seen.append(request) or ())
    asked_for = GenerationRequest("long " * 100, seed=4, variants=3, render="ink")
    first = studio.start(asked_for)
    second = studio.again(first.job_id)
    ended(partial(studio.job, second.job_id), lambda one: one.is_over)
    assert seen == [asked_for, replace(asked_for, seed=7)]
    with pytest.raises(NotFoundError):
        studio.again("nowhere")


def test_a_job_is_cancelled_while_it_runs(tmp_path):
    studio = Studio(tmp_path, never_ending)
    job = studio.start(GenerationRequest(PROMPT))
    studio.cancel(job.job_id)
    assert studio.job(job.job_id).state is StudioState.CANCELLED
    studio.close()
    assert Studio(tmp_path, never_ending).job(job.job_id).state is StudioState.CANCELLED


def test_a_job_that_ends_between_two_pictures_leaves_neither(library, tmp_path):
    def sealing(made):
        studio.cancel(job.job_id) if made.record.variant else None
        return made.png()

    with open_library(library) as opened:
        maker = Maker(opened, stored_page, read_rights(library))
        studio = Studio(tmp_path, lambda request, progress: maker.make(request, progress=progress), sealing)
        job = studio.start(GenerationRequest(PROMPT, variants=3, **SMALL))
        ended(partial(studio.job, job.job_id), lambda one: one.is_over)
        studio.close()
    assert studio.job(job.job_id).state is StudioState.CANCELLED
    assert [path.name for path in (tmp_path / "generated" / "jobs" / job.job_id).iterdir()] == ["job.json"]


def test_a_library_of_which_nothing_may_be_used_fails_the_job_and_says_why(author, library):
    with open_library(library) as opened:
        books = tuple(opened.snapshot().books)
    for book in books:
        change_rights(library, lambda register, book=book: register.refuse(book, "asked to"))
    try:
        job = asked(author)
    finally:
        for book in books:
            change_rights(library, lambda register, book=book: register.allow(book))
    assert (job["state"], job["pictures"]) == ("failed", 0)
    assert "no book may give references" in job["message"]
    assert "asked to" in job["message"]


@pytest.mark.parametrize(("prompt", "state"), [("Девушка. Ада: Привет!", "done"), ("Ada: مرحبا", "failed")])
def test_a_script_of_another_language_is_drawn_or_its_letters_are_named(author, prompt, state):
    pytest.importorskip("cvttf_NotoSansCJK_Bold")
    job = asked(author, prompt=prompt)
    assert (job["state"], job["pictures"]) == (state, int(state == "done")), job["message"]
    if state == "failed":
        assert "no font here can letter م" in job["message"]


def test_what_ran_when_a_server_ended_is_made_by_the_next(library, tmp_path):
    first = Studio(tmp_path, never_ending)
    job = first.start(GenerationRequest(PROMPT, **SMALL))
    ended(partial(first.job, job.job_id), lambda one: one.state is StudioState.RUNNING)
    first.close()
    with open_library(library) as opened:
        maker = Maker(opened, stored_page, read_rights(library))
        second = Studio(tmp_path, lambda request, progress: maker.make(request, progress=progress))
        assert second.job(job.job_id).state is StudioState.WAITING
        second.resume()
        done = ended(partial(second.job, job.job_id), lambda one: one.is_over)
    assert (done.state, done.pictures) == (StudioState.DONE, 1), done.message
    assert second.picture(job.job_id, 1).startswith(b"\x89PNG")


def test_a_torn_job_is_left_alone(tmp_path):
    folder = tmp_path / "generated" / "jobs" / "torn"
    folder.mkdir(parents=True)
    (folder / "job.json").write_text("{", "utf-8")
    assert Studio(tmp_path, failing).all() == ()
    assert (folder / "job.json").exists()


def test_a_picture_is_kept_in_the_library_and_gone_with_what_it_was_made_from(author, library):
    job_id = asked(author, seed=8, width_px=384, height_px=384)["job_id"]
    kept = author.post(f"/api/v1/generations/{job_id}/keep", json={"title": "A kept one"})
    assert (kept.status_code, kept.get_json()) == (200, {"pages": 1})
    hits = told(author, "search?q=is:generated")["hits"]
    assert [hit["title"] for hit in hits] == ["A kept one"] * len(hits)
    assert hits
    assert told(author, f"generations/{job_id}")["is_kept"]  # so that nobody is asked to keep it twice
    shown = author.get("/studio").get_data(as_text=True)
    assert "data-keep" not in shown.split(f'data-job="{job_id}"')[1].split("data-job")[0]
    assert author.post(f"/api/v1/generations/{job_id}/keep", json={"pictures": [2]}).status_code == 404
    used = told(author, f"generations/{job_id}/1.json")["references"][0]["panel_id"]
    change_rights(library, lambda register: register.take_down(used, "by request"))
    answer = author.get(f"/api/v1/generations/{job_id}/1.png")
    assert (answer.status_code, "taken down" in answer.get_json()["error"]["message"]) == (404, True)
    shown = author.get("/studio").get_data(as_text=True)
    assert "Not shown any more" in shown
    assert f"{job_id}/1.png" not in shown
    assert author.post(f"/api/v1/generations/{job_id}/keep", json={}).status_code == 404
    change_rights(library, lambda register: register.allow(used))
    assert author.get(f"/api/v1/generations/{job_id}/1.png").status_code == 200


SCRIPT = 'A girl in the harbour, night.\nThe girl walks in the harbour.\nGirl: "Land!"'


def test_a_script_becomes_pages_a_book_and_a_strip_with_credits(author):
    job = asked(author, prompt="", script=SCRIPT, pinned=[])
    assert job["lettered"] == [2]
    path = f"/api/v1/generations/{job['job_id']}"
    assert (job["state"], job["layout"]) == ("done", "pages"), job["message"]
    assert job["pictures"] == len(job["credits"]) >= 2
    page = author.get(f"{path}/page-1.png")
    assert cv2.imdecode(np.frombuffer(page.data, np.uint8), cv2.IMREAD_COLOR).shape == (1754, 1240, 3)
    assert author.get(f"{path}/page-2.png").status_code == 404
    with zipfile.ZipFile(io.BytesIO(author.get(f"{path}/book.cbz").data)) as book:
        assert [name for name in book.namelist() if name.endswith(".jpg")] == ["p01.jpg", "p02.jpg"]
        assert "Made from" in book.read("ComicInfo.xml").decode()
    assert author.get(f"{path}/book.pdf").data.startswith(b"%PDF")
    shown = author.get("/studio").get_data(as_text=True)
    assert f"{path}/book.cbz" in shown
    assert author.post(f"{path}/keep", json={}).get_json() == {"pages": 2}
    author.delete(path)
    assert author.get(f"{path}/book.cbz").status_code == 404


def test_a_strip_is_one_picture_and_single_panels_are_no_book(author):
    strip = asked(author, prompt="", script=SCRIPT, is_strip=True)
    page = author.get(f"/api/v1/generations/{strip['job_id']}/page-1.png")
    height, width = cv2.imdecode(np.frombuffer(page.data, np.uint8), cv2.IMREAD_COLOR).shape[:2]
    assert (strip["layout"], width, height > 1_000) == ("strip", 800, True)
    single = asked(author)
    for name in ("book.cbz", "book.pdf", "page-1.png"):
        assert author.get(f"/api/v1/generations/{single['job_id']}/{name}").status_code == 404
    for job in (strip, single):
        author.delete(f"/api/v1/generations/{job['job_id']}")


def test_a_script_that_says_nothing_fails_with_a_word(author):
    job = asked(author, prompt="Title", script=" \n ")
    assert job["state"] in ("done", "failed")
    answer = author.post("/api/v1/generations", json={"script": "x" * 100_001})
    assert answer.status_code == 400
    author.delete(f"/api/v1/generations/{job['job_id']}")


TWO_PANELS = "A girl in the harbour, night. A robot in the street."


def files_of(author, job_id, number):
    return {
        kind: author.get(f"/api/v1/generations/{job_id}/{number}.{kind}").data
        for kind in ("png", "ora", "json")
    }


def another(author, job_id, **body):
    answer = author.post(f"/api/v1/generations/{job_id}/another", json=body)
    assert answer.status_code == 202, answer.get_json()
    return ended(
        lambda: told(author, f"generations/{answer.get_json()['job_id']}"),
        lambda job: job["state"] not in ("waiting", "running"),
    )


def test_one_panel_of_a_script_is_made_anew_put_in_its_place_and_taken_back(author):
    job_id = asked(author, prompt="", script=TWO_PANELS)["job_id"]
    first, book = files_of(author, job_id, 2), author.get(f"/api/v1/generations/{job_id}/book.cbz").data
    go = another(author, job_id, picture=2, variants=2)
    assert (go["state"], go["pictures"], go["of"], go["panel"]) == ("done", 2, job_id, 2), go["message"]
    assert files_of(author, job_id, 2) == first
    fresh = files_of(author, go["job_id"], 2)
    record = told(author, f"generations/{go['job_id']}/2.json")
    assert record["parent"] == told(author, f"generations/{job_id}/2.json")["picture_sha256"]
    assert (record["request"]["width_px"], record["seed"]) == (
        told(author, f"generations/{job_id}/2.json")["request"]["width_px"],
        told(author, f"generations/{job_id}/2.json")["seed"] + 2,
    )
    place = f"/api/v1/generations/{go['job_id']}/place"
    whole = author.post(place, json={"picture": 2}).get_json()
    assert (whole["job_id"], whole["pictures"]) == (job_id, 2)
    assert whole["credits"][1] == record["credit"]
    assert (files_of(author, job_id, 2), files_of(author, go["job_id"], 2)) == (fresh, first)
    assert author.get(f"/api/v1/generations/{job_id}/book.cbz").data != book
    author.post(place, json={"picture": 2})
    assert files_of(author, job_id, 2) == first
    assert author.get(f"/api/v1/generations/{job_id}/book.cbz").data == book
    further = another(author, job_id, picture=2, prompt="A robot in the street, rain.")
    told_of = told(author, f"generations/{further['job_id']}/1.json")
    assert told_of["request"]["prompt"] == "A robot in the street, rain."
    assert told_of["seed"] == record["seed"] + 1
    for gone in (job_id, go["job_id"], further["job_id"]):
        author.delete(f"/api/v1/generations/{gone}")


def test_another_go_at_nothing_and_places_that_are_none_say_so(author):
    job_id = asked(author)["job_id"]
    for path, body, status in (
        ("another", {"picture": 2}, 404),
        ("another", {"picture": 0}, 400),
        ("another", {"picture": 1, "variants": 9}, 400),
        ("another", {"picture": 1, "prompt": "x" * 5_000}, 400),
        ("place", {"picture": 1}, 404),
    ):
        answer = author.post(f"/api/v1/generations/{job_id}/{path}", json=body)
        assert (answer.status_code, bool(answer.get_json()["error"]["message"])) == (status, True), path
    go = another(author, job_id, picture=1)
    before = files_of(author, go["job_id"], 1)
    author.delete(f"/api/v1/generations/{job_id}")
    answer = author.post(f"/api/v1/generations/{go['job_id']}/place", json={})
    assert (answer.status_code, job_id in answer.get_json()["error"]["message"]) == (404, True)
    assert files_of(author, go["job_id"], 1) == before


def test_a_panel_that_cannot_go_with_the_others_stays_outside(author, library, monkeypatch):
    job_id = asked(author, prompt="", script=TWO_PANELS)["job_id"]
    go = another(author, job_id, picture=2)
    before = files_of(author, job_id, 2)
    monkeypatch.setattr(
        "search.generation.sequences.conflict_between", lambda kept, added: "they exclude each other"
    )
    answer = author.post(f"/api/v1/generations/{go['job_id']}/place", json={})
    assert answer.status_code == 400
    assert "made without" in answer.get_json()["error"]["message"]
    assert files_of(author, job_id, 2) == before


def test_pictures_change_places_whole_or_not_at_all(author, library, monkeypatch):
    job_id = asked(author, prompt="", script=TWO_PANELS)["job_id"]
    go = another(author, job_id, picture=1)
    before = [files_of(author, *place) for place in ((job_id, 1), (go["job_id"], 1))]

    def full(part, path):
        raise LibraryError(f"cannot write {path}: no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("indexer.library.whole._beside", full)
        answer = author.post(f"/api/v1/generations/{go['job_id']}/place", json={})
    assert answer.status_code >= 400
    assert [files_of(author, *place) for place in ((job_id, 1), (go["job_id"], 1))] == before


def test_a_panel_of_the_library_is_coloured_like_others(author):
    used = told(author, f"generations/{asked(author)['job_id']}/1.json")["references"]
    grey, coloured = sorted({one["panel_id"] for one in used})[:2]
    pinned = [{"panel_id": grey, "role": "layout"}, {"panel_id": coloured}]
    job = asked(author, finish="colourise", pinned=pinned)
    assert job["state"] == "done", job["message"]
    record = told(author, f"generations/{job['job_id']}/1.json")
    assert record["backend"]["name"] == "artificer"
    roles = {one["role"]: one["panel_id"] for one in record["references"]}
    assert roles == {"layout": grey, "palette": coloured}
    answer = author.post("/api/v1/generations", json={"prompt": "x", "finish": "colourise"})
    assert (answer.status_code, "layout" in answer.get_json()["error"]["message"]) == (400, True)


def test_panels_are_handed_over_to_the_studio_one_by_one(author):
    hits = told(author, "search?q=harbour&limit=2")["hits"]
    page = author.get("/studio", query_string=[("panel", hit["panel_id"]) for hit in hits])
    assert all(f'data-panel="{hit["panel_id"]}"' in page.get_data(as_text=True) for hit in hits)
    assert author.get("/studio?panel=nothing").status_code == 404
