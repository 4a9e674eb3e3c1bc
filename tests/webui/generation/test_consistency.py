"""Consistency reports as people ask for them: of a generated story in files, over the API, in the browser."""

import json
import re
import shutil
import time

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from models.pictures import decode_picture, encode_png
from schemas.config import PictureLimits
from schemas.errors import ConfigError, ExchangeError, NotFoundError
from schemas.geometry import Box
from webui import WebConfig, create_app
from webui.app import close_app
from webui.cli import root
from webui.generation.asking import spoken_wish, wish_of
from webui.pictures import stored_page

STORY = "A girl in the harbour.\n\nThe girl in the street, night.\n\nThe girl in the garden.\n"


def run(*arguments):
    result = CliRunner().invoke(root, arguments, obj=stored_page)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


@pytest.fixture(scope="module")
def story(drawn_library, tmp_path_factory):
    """A generated page and its record."""
    folder = tmp_path_factory.mktemp("story")
    (folder / "story.txt").write_text(STORY, encoding="utf-8")
    run("generate", "--script", str(folder / "story.txt"), "--library", str(drawn_library),
        "--out", str(folder / "page.png"))  # fmt: skip
    return folder


@pytest.fixture
def author(drawn_library, tmp_path):
    library = shutil.copytree(drawn_library, tmp_path / "library")
    app = create_app(WebConfig(library=library))
    with app.test_client() as client:
        yield client
    close_app(app)


def picture(path):
    return decode_picture(path.read_bytes(), name=path.name, limits=PictureLimits()).image


def recoloured(story, folder, number):
    """Copy a story; what a figure wears in one panel takes the opposite hue."""
    from models.generation.pages import page_frames

    record = json.loads((story / "page.json").read_text())
    frame, box = page_frames(3)[number - 1], Box(*record["panels"][number - 1]["boxes"]["figure"][0])
    page = picture(story / "page.png").copy()
    x0, y0, x1, y1 = box.to_pixels(width_px=frame.width, height_px=frame.height)
    part = page[frame.y + y0 : frame.y + y1, frame.x + x0 : frame.x + x1]
    hsv = cv2.cvtColor(part, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(int) + 60) % 180
    part[:] = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
    (folder / "page.png").write_bytes(encode_png(page))
    shutil.copy(story / "page.json", folder / "page.json")
    return folder / "page.json"


def test_one_recoloured_panel_is_flagged_and_the_untouched_story_is_not(drawn_library, story, tmp_path):
    library, html = ("--library", str(drawn_library)), tmp_path / "report.html"
    assert "nothing stands out" in run("consistency", str(story / "page.json"), *library)
    odd = recoloured(story, tmp_path, 2)
    told = run("consistency", str(odd), *library, "--html", str(html), "--json", str(tmp_path / "told.json"))
    assert re.search(r"! panel 2: girl", told)
    assert "anew: longbox generate" in told
    report = json.loads((tmp_path / "told.json").read_text())
    assert [(one["panel"], one["kind"]) for one in report["findings"]] == [(2, "colour")]
    girl = next(one for one in report["elements"] if one["element"] == "girl")
    assert [one["stands_out"] for one in girl["panels"]] == [False, True, False]
    assert girl["colour_distance"]["at_random"] > girl["colour_distance"]["own"]
    page = html.read_text("utf-8")
    assert page.count("data:image/webp") >= 6
    assert not re.search(r"(?:src|href)=\"(?!data:|#)", page)  # it needs no other file


def test_another_go_names_the_girl_of_the_other_panels(drawn_library, story, tmp_path):
    odd = recoloured(story, tmp_path, 2)
    run("consistency", str(odd), "--library", str(drawn_library), "--json", str(tmp_path / "told.json"))
    anew = json.loads((tmp_path / "told.json").read_text())["anew"]["2"]
    pin = next(one for one in anew["pinned"] if one["role"] == "character")
    panels = json.loads(odd.read_text())["panels"]
    used = {one["panel_id"] for one in panels[0]["references"] if one["role"] == "character"}
    assert (pin["element"], pin["role"], {pin["panel_id"]}) == ("girl", "character", used)
    assert anew["seed"] == panels[1]["request"]["seed"] + 1


def test_a_hostile_record_is_escaped(drawn_library, story, tmp_path):
    text = (story / "page.json").read_text().replace("girl", "<b onclick=x>gi</b>")
    (tmp_path / "page.json").write_text(text)
    shutil.copy(story / "page.png", tmp_path / "page.png")
    out = tmp_path / "report.html"
    run("consistency", str(tmp_path / "page.json"), "--library", str(drawn_library), "--html", str(out))
    assert "<b onclick" not in out.read_text("utf-8")
    assert "&lt;b onclick" in out.read_text("utf-8")


def test_missing_and_broken_pictures_are_told(drawn_library, story, tmp_path):
    shutil.copy(story / "page.json", tmp_path / "page.json")
    library = ("--library", str(drawn_library))
    assert "its picture is missing" in run("consistency", str(tmp_path), *library)
    (tmp_path / "page.png").write_bytes(b"\x89PNG no")
    assert "page.png" in run("consistency", str(tmp_path), *library)
    small = encode_png(np.zeros((10, 10, 3), np.uint8))
    (tmp_path / "page.png").write_bytes(small)
    assert "another size" in run("consistency", str(tmp_path / "page.png"), *library)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (None, ConfigError),
        ("{", ExchangeError),
        ("[1]", ExchangeError),
        ('{"panels": [7]}', ExchangeError),
        ('{"panels": 5}', ExchangeError),
        ('{"record": 1}', ExchangeError),
    ],
)
def test_what_is_no_record_is_refused(drawn_library, tmp_path, text, error):
    if text is not None:
        (tmp_path / "page.json").write_text(text)
    with pytest.raises(error):
        run("consistency", str(tmp_path / "page.json"), "--library", str(drawn_library))


def test_a_book_of_the_library_is_compared_too(drawn_library):
    from search.library import open_library

    with open_library(drawn_library) as opened:
        book_id = next(iter(opened.snapshot().books))
    told = run("consistency", f"book:{book_id}", "--library", str(drawn_library))
    assert "panels, compared by standby" in told
    with pytest.raises(NotFoundError):
        run("consistency", "book:none", "--library", str(drawn_library))


def test_wishes_are_spoken_as_they_are_read():
    for text in ("abc/00001#02:character=old girl:0.5@0,0.25,1,0.5", "abc/00001#02:style:1", "abc/00001#02"):
        assert spoken_wish(wish_of(text)) == text


def test_a_job_is_reported_on_and_a_panel_made_anew(author):
    started = author.post(
        "/api/v1/generations",
        json={"prompt": "A girl in the harbour.", "variants": 2, "width_px": 256, "height_px": 256},
    ).get_json()
    job = f"job:{started['job_id']}"
    until = time.monotonic() + 60
    while author.get(f"/api/v1/generations/{started['job_id']}").get_json()["state"] != "done":
        assert time.monotonic() < until
        time.sleep(0.05)
    report = author.get("/api/v1/consistency", query_string={"of": job}).get_json()
    assert report["panels"] == 2
    assert any(one["element"] == "girl" for one in report["elements"])
    page = author.get("/consistency", query_string={"of": job})
    assert page.status_code == 200
    assert "data:image/webp" in page.text
    assert f"of={job}" in author.get("/studio").text.replace("%3A", ":")
    odd = [one["panel"] for one in report["findings"]]
    for number in (1, 2):
        answer = author.post("/api/v1/consistency/anew", json={"of": job, "panel": number})
        assert answer.status_code == (202 if number in odd else 404)


@pytest.mark.parametrize("of", ["/etc/passwd", "job:none", "story:none", "book:none", "job:../x", "file:x"])
def test_no_file_is_compared_from_afar(author, of):
    assert author.get("/api/v1/consistency", query_string={"of": of}).status_code in (400, 404)
    assert author.get("/consistency", query_string={"of": of}).status_code in (400, 404, 409)
