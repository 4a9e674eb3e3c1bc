"""Jobs: a folder added in the browser, followed, cancelled; and only folders that may be."""

import json
import os
import signal
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.daemon.control import watched_folders
from indexer.daemon.status import published
from indexer.running.indexing import index_library
from schemas.config import IndexOptions
from tests.comics import write_cbz
from tests.indexer.builders import write_book
from tests.indexer.daemon.running import RunningDaemon, daemon, load_slow
from tests.webui.serving import Served
from tests.webui.test_api import assert_error
from webui import WebConfig, create_app
from webui.jobs.roots import Roots

PATIENCE_S = 60.0


@contextmanager
def site(tmp_path: Path, **settings) -> Iterator[tuple[FlaskClient, RunningDaemon]]:
    """A client beside a daemon with fake models that watches an empty folder."""
    (tmp_path / "watched").mkdir()
    library = tmp_path / "library"
    with daemon(tmp_path / "watched", library, **settings) as running:
        running.wait_for(lambda: running.status.surveys and (library / "books.lance").is_dir())
        config = WebConfig(library=library, comics=(tmp_path / "comics",), max_streams=1)
        with create_app(config).test_client() as client:
            yield client, running


def ended(client: FlaskClient, job: dict, patience_s: float = PATIENCE_S) -> dict:
    until = time.monotonic() + patience_s
    while job["ended_s"] is None:
        assert time.monotonic() < until, f"waited in vain: {job}"
        time.sleep(0.05)
        job = client.get(f"/api/v1/jobs/{job['job_id']}").get_json()
    return job


def start(client: FlaskClient, **body: object) -> dict:
    answer = client.post("/api/v1/jobs", json=body)
    assert answer.status_code == 202, answer.get_json()
    assert answer.headers["Location"] == f"/api/v1/jobs/{answer.get_json()['job_id']}"
    return answer.get_json()


def events(text: str) -> list[tuple[str, dict]]:
    blocks = [block for block in text.split("\n\n") if block.startswith("event:")]
    parsed = [block.split("\n") for block in blocks]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in parsed]


def test_folder_is_added_followed_to_its_end_and_watched(tmp_path):
    write_book(tmp_path / "comics" / "new" / "one.cbz", seed=1)
    write_book(tmp_path / "comics" / "new" / "two.cbz", seed=2)
    folder = str(tmp_path / "comics" / "new")
    with site(tmp_path) as (client, running):
        job = start(client, kind="add-folder", folder=folder)
        assert (job["state"], job["folder"]) == ("running", folder)
        job = ended(client, job)
        assert (job["state"], job["message"]) == ("done", "")
        assert (job["progress"]["total"], job["progress"]["done"]) == (2, 2)
        assert folder in running.status.watched
        assert client.get("/api/v1/folders").get_json()["added"] == [folder]
        assert [one["job_id"] for one in client.get("/api/v1/jobs").get_json()["jobs"]] == [job["job_id"]]
        write_book(tmp_path / "comics" / "new" / "three.cbz", seed=3)
        assert ended(client, start(client, kind="rescan"))["progress"]["done"] == 3
        assert client.delete("/api/v1/folders", query_string={"path": folder}).status_code == 204
        running.wait_for(lambda: folder not in running.status.watched)
        assert_error(client.delete("/api/v1/folders", query_string={"path": folder}), 404, "not-found")


def test_progress_comes_as_events_that_end_with_the_job(tmp_path):
    write_book(tmp_path / "comics" / "one.cbz", seed=1)
    with site(tmp_path) as (client, _):
        job = start(client, kind="add-folder", folder=str(tmp_path / "comics"))
        answer = client.get(f"/api/v1/jobs/{job['job_id']}/events")
        assert answer.mimetype == "text/event-stream"
        assert answer.cache_control.no_store
        told = events(answer.get_data(as_text=True))
        answer.close()
    names = [name for name, _ in told]
    assert set(names[:-1]) == {"progress"}
    assert names[-1] == "end"
    assert told[-1][1]["state"] == "done"
    assert told[-1][1]["progress"]["done"] == 1


def test_streams_are_bounded_and_free_their_place_even_unread(tmp_path):
    with site(tmp_path) as (client, _):
        (tmp_path / "comics").mkdir()
        job = start(client, kind="add-folder", folder=str(tmp_path / "comics"))
        address = f"/api/v1/jobs/{job['job_id']}/events"
        first = client.get(address, buffered=False)
        refused = client.get(address)
        assert_error(refused, 429, "too-many-streams")
        assert int(refused.headers["Retry-After"]) > 0
        first.close()
        assert client.get(address, buffered=True).status_code == 200
        assert_error(client.get("/api/v1/jobs/none/events"), 404, "not-found")


def test_cancelled_folder_is_watched_no_more(tmp_path):
    for number in range(6):
        write_book(tmp_path / "comics" / f"{number}.cbz", seed=number, pages=4)
    with site(tmp_path, load=load_slow) as (client, running):
        job = start(client, kind="add-folder", folder=str(tmp_path / "comics"))
        running.wait_for(lambda: client.get("/api/v1/stats").get_json()["books"] >= 1)
        cancelled = client.delete(f"/api/v1/jobs/{job['job_id']}").get_json()
        assert cancelled["state"] == "cancelled"
        running.wait_for(lambda: str(tmp_path / "comics") not in running.status.watched)
        running.wait_until_idle()
        assert 1 <= client.get("/api/v1/stats").get_json()["books"] < 6
        assert client.delete(f"/api/v1/jobs/{job['job_id']}").get_json() == cancelled
        assert ended(client, cancelled) == cancelled


def test_reading_pauses_and_goes_on(tmp_path):
    write_book(tmp_path / "comics" / "one.cbz", seed=1)
    with site(tmp_path) as (client, _):
        assert ended(client, start(client, kind="pause"))["state"] == "done"
        job = start(client, kind="add-folder", folder=str(tmp_path / "comics"))
        until = time.monotonic() + PATIENCE_S
        while (seen := client.get(f"/api/v1/jobs/{job['job_id']}").get_json())["state"] != "paused":
            assert time.monotonic() < until, seen
            time.sleep(0.05)
        assert ended(client, start(client, kind="resume"))["state"] == "done"
        assert ended(client, job)["progress"]["done"] == 1


def test_books_in_quarantine_are_listed_with_reasons_and_tried_again(tmp_path):
    broken = tmp_path / "comics" / "broken.cbz"
    broken.parent.mkdir()
    broken.write_bytes(b"PK\x03\x04 no zip at all")
    with site(tmp_path) as (client, running):
        job = ended(client, start(client, kind="add-folder", folder=str(broken.parent)))
        assert (job["progress"]["failed"], job["state"]) == (1, "done")
        assert "see the quarantine" in job["message"]
        (entry,) = client.get("/api/v1/quarantine").get_json()["books"]
        assert entry["source"] == str(broken)
        assert entry["message"]
        running.wait_until_idle()
        write_book(broken, seed=5)
        assert ended(client, start(client, kind="retry"))["progress"]["done"] == 1
        assert client.get("/api/v1/quarantine").get_json()["books"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "format"},
        {"kind": "add-folder"},
        {"kind": "rescan", "folder": "/"},
        {"kind": "add-folder", "folder": 7},
        {"kind": "add-folder", "folder": "/etc"},
        {"kind": "add-folder", "folder": "comics"},
        {"kind": "add-folder", "folder": "x" * 5_000},
        {"kind": "rescan"},
        {"kind": "pause"},
        {"kind": "retry"},
    ],
)
def test_impossible_jobs_are_refused(client, body):
    assert_error(client.post("/api/v1/jobs", json=body), 400, "query")
    assert client.get("/api/v1/jobs").get_json()["jobs"] == []


def test_unknown_job_is_404(client):
    assert_error(client.get("/api/v1/jobs/none"), 404, "not-found")
    assert_error(client.delete("/api/v1/jobs/none"), 404, "not-found")


@pytest.fixture
def roots(tmp_path: Path) -> Roots:
    for folder in ("comics/b/deep", "comics/a10", "comics/a9", "comics/.hidden", "outside", "comics/library"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "comics" / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "comics" / "one.cbz").write_bytes(b"PK")
    return Roots([tmp_path / "comics"], tmp_path / "comics" / "library")


@pytest.mark.parametrize(
    "path",
    [
        *("outside", "comics/../outside", "comics/link", "comics/link/x", "comics/.hidden", "comicsX", ""),
        *("comics/\0", "comics/library", "comics/b/../../outside", "comics/./../outside/./"),
    ],
)
def test_nothing_outside_the_roots_can_be_named(client, roots, tmp_path, path):
    from schemas.errors import QueryError

    with pytest.raises(QueryError):
        roots.resolve(f"{tmp_path}/{path}")
    for relative in (path, "../comics"):
        with pytest.raises(QueryError):
            roots.resolve(relative)


def test_folders_below_a_root_are_listed_in_natural_order(roots, tmp_path):
    top = str(tmp_path / "comics")
    listing = roots.listing(top)
    assert [folder.name for folder in listing.folders] == ["a9", "a10", "b", "library"]
    assert (listing.parent, listing.books) == (None, 1)
    deeper = roots.listing(f"{top}/b/")
    assert (deeper.parent, [folder.path for folder in deeper.folders]) == (top, [f"{top}/b/deep"])


def test_server_without_roots_says_how_to_get_some(client):
    answer = client.get("/api/v1/folders/list?path=/")
    assert "--comics" in assert_error(answer, 400, "query")


def wait_for(what) -> None:
    until = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.1)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text("ascii").split()[2] != "Z"


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_server_starts_a_daemon_that_ends_with_it(tmp_path, end):
    library, comics = tmp_path / "library", tmp_path / "comics"
    comics.mkdir()
    write_cbz(comics / "moons.cbz", [["A paper moon"], ["Hold the ladder"]], title="Moons")
    index_library([], library, IndexOptions(workers=1, reader="none"))
    served = Served(library, "--comics", str(comics))
    try:
        job = served.ask("/api/v1/jobs", {"kind": "add-folder", "folder": str(comics)})
        stream = urllib.request.urlopen(f"{served.base}/api/v1/jobs/{job['job_id']}/events", timeout=60)
        with stream:
            told = events(stream.read().decode())
        assert told[-1][0] == "end"
        assert told[-1][1]["state"] == "done", told[-1]
        wait_for(lambda: served.ask("/api/v1/books")["total"] == 1)  # a look at the library is a second old
        pid = published(library).pid
        assert is_running(pid)
        served.process.send_signal(end)
        served.process.wait(60)
        wait_for(lambda: not is_running(pid))
        assert published(library) is None
        assert watched_folders(library) == (str(comics),)
        write_cbz(comics / "suns.cbz", [["A paper sun"]], title="Suns")
        again = Served(library, "--comics", str(comics))
        try:
            wait_for(lambda: again.ask("/api/v1/books")["total"] == 2)
            pid = published(library).pid
        finally:
            again.kill()
        wait_for(lambda: not is_running(pid))
    finally:
        served.kill()
