"""The command ``longbox ink``, as typed."""

import json
import zipfile

import cv2
import numpy as np
import pytest

from indexer.library.rights import change_rights
from schemas.errors import NoReferenceError, UnreadablePictureError
from tests.webui.generation.test_cli import run


@pytest.fixture(scope="module")
def rough(tmp_path_factory):
    image = np.full((180, 240), 245, np.uint8)
    cv2.circle(image, (120, 90), 60, 80, 2, cv2.LINE_AA)
    path = tmp_path_factory.mktemp("rough") / "rough.png"
    cv2.imwrite(str(path), image)
    return path


@pytest.fixture(scope="module")
def panel(drawn_library):
    found = run("search", "harbour", "--library", str(drawn_library), "--json", "--limit", "1")
    return json.loads(found)["hits"][0]["panel_id"]


def test_a_rough_is_inked_like_a_panel_with_its_record_layers_and_replay(
    drawn_library, rough, panel, tmp_path
):
    out, again = tmp_path / "inked.png", tmp_path / "again.png"
    library = ("--library", str(drawn_library))
    told = run(
        "ink", str(rough), *library, "--like", f"{panel}:palette", "--out", str(out),
        "--side", "240", "--layers", "ora",
    )  # fmt: skip
    assert "Made from" in told
    record = json.loads(out.with_suffix(".json").read_text("utf-8"))
    assert [one["panel_id"] for one in record["references"]] == [panel]
    assert record["request"]["drawing"]
    assert "drawing" not in record["ignored"]
    assert cv2.imread(str(out)).shape == (180, 240, 3)
    assert {"data/layer2.png", "stack.xml"} <= set(zipfile.ZipFile(out.with_suffix(".ora")).namelist())
    run("replay", str(out), *library, "--out", str(again))
    assert again.read_bytes() == out.read_bytes()


def test_words_find_the_colours_where_no_panel_is_named(drawn_library, rough, tmp_path):
    out = tmp_path / "inked.png"
    told = run(
        "ink", str(rough), "--library", str(drawn_library), "--words", "a harbour at night",
        "--out", str(out), "--side", "160", "--json",
    )  # fmt: skip
    assert len(json.loads(told)["references"]) > 1


def test_without_either_it_says_what_is_missing(drawn_library, rough, tmp_path):
    told = run("ink", str(rough), "--library", str(drawn_library), "--out", str(tmp_path / "x.png"))
    assert "--like ID, or --words" in told


def test_what_is_no_picture_leaves_nothing(drawn_library, panel, tmp_path):
    (tmp_path / "rough.png").write_text("no picture", "utf-8")
    out = tmp_path / "out.png"
    with pytest.raises(UnreadablePictureError, match=r"rough\.png"):
        run("ink", str(tmp_path / "rough.png"), "--library", str(drawn_library), "--like", panel,
            "--out", str(out))  # fmt: skip
    assert not out.exists()


def test_a_refused_panel_colours_nothing(drawn_library, rough, panel, tmp_path):
    change_rights(drawn_library, lambda register: register.refuse(panel, "asked to"))
    try:
        with pytest.raises(NoReferenceError, match="may not be used"):
            run("ink", str(rough), "--library", str(drawn_library), "--like", panel,
                "--out", str(tmp_path / "out.png"))  # fmt: skip
    finally:
        change_rights(drawn_library, lambda register: register.allow(panel))
