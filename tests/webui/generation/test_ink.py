"""The command ``longbox ink``, as typed."""

import json
import zipfile

import cv2
import numpy as np
import pytest

from indexer.library.rights import change_rights
from schemas.errors import NoReferenceError, NotFoundError, UnreadablePictureError
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


def hue_spread(path) -> float:
    picture = cv2.imread(str(path)).astype(int)
    return float(np.ptp(picture, axis=2).mean())


def test_a_grey_picture_and_a_panel_are_coloured_and_can_be_repeated(drawn_library, panel, tmp_path):
    library = ("--library", str(drawn_library))
    ramp = np.tile(np.linspace(20, 235, 240).astype(np.uint8), (180, 1))
    cv2.circle(ramp, (120, 90), 50, 90, -1)
    grey, out, again = (tmp_path / f"{name}.png" for name in ("grey", "coloured", "again"))
    cv2.imwrite(str(grey), ramp)
    run("colourise", str(grey), *library, "--like", panel, "--out", str(out), "--side", "240")
    assert hue_spread(grey) == 0
    assert hue_spread(out) > 8
    light = cv2.cvtColor(cv2.imread(str(out)), cv2.COLOR_BGR2GRAY).astype(int)
    assert np.abs(light - ramp).mean() < 6
    run("replay", str(out), *library, "--out", str(again))
    assert again.read_bytes() == out.read_bytes()

    asked = ("--like", panel, "--out", str(tmp_path / "own.png"), "--side", "240", "--json")
    told = run("colourise", panel, *library, *asked)
    roles = sorted(one["role"] for one in json.loads(told)["references"])
    assert roles == ["layout", "palette"]


def test_colours_of_nobody_are_asked_for(drawn_library, panel, tmp_path):
    told = run("colourise", panel, "--library", str(drawn_library), "--out", str(tmp_path / "x.png"))
    assert "--like ID, or --words" in told


def test_what_is_neither_a_file_nor_a_panel_is_called_so(drawn_library, panel, tmp_path):
    with pytest.raises(NotFoundError, match="neither the file of a picture nor a panel"):
        run("colourise", "nowhere.png", "--library", str(drawn_library), "--like", panel,
            "--out", str(tmp_path / "x.png"))  # fmt: skip
    assert list(tmp_path.iterdir()) == []
