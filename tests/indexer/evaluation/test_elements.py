"""``longbox eval elements``: characters found from a few examples, on labels of every shape."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from indexer.evaluation.cast import CastPanel, find_cast, works_of
from indexer.evaluation.elements_cli import elements
from models.elements.evidence import Material
from models.elements.trials import ranked_trials, teaching_trials

SIDE = 60
COLOURS = {"Red": (200, 20, 20), "Blue": (20, 20, 200)}


def draw(folder: Path, book: str, page: int, *, seed: int, key: str = "characters") -> None:
    """A page of four panels; whoever is there is a blot of a colour."""
    rng = np.random.default_rng(seed)
    picture = rng.integers(120, 180, (SIDE, SIDE * 4, 3)).astype(np.uint8)
    panels = []
    for place in range(4):
        names = [name for name in COLOURS if rng.random() < 0.4]
        for number, name in enumerate(names):
            y, x = 8 + 24 * number, SIDE * place + 10
            picture[y : y + 20, x : x + 40] = COLOURS[name]
        panels.append({"box": [SIDE * place, 0, SIDE * (place + 1), SIDE], key: names})
    path = folder / "images" / book / f"p{page:02}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), picture[:, :, ::-1])
    label = {"image": f"{book}/p{page:02}.png", "size": [SIDE * 4, SIDE], "panels": panels}
    target = folder / "labels" / book / f"p{page:02}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(label))


def run(folder: Path, *options: str) -> Result:
    places = (
        f"--labels={folder / 'labels'}",
        f"--images={folder / 'images'}",
        "--encoder=standby",
        "--reader=none",
        "--json",
    )
    return CliRunner().invoke(elements, [*places, *options])


def test_characters_are_found_better_than_by_chance_and_split_by_book(tmp_path: Path) -> None:
    for number in range(6):
        for page in range(4):
            draw(tmp_path, f"serial/ep{number}", page, seed=10 * number + page)
    told = json.loads(run(tmp_path).stdout)
    assert set(told["elements"]) == {"serial/Red", "serial/Blue"}
    for one in told["elements"].values():
        assert (one["split"], one["groups"], one["panels"]) == ("book", 6, 96)
        assert one["by_positives"]["5"]["ap"] > 1.2 * one["by_positives"]["5"]["prevalence"]
    assert told["mean_ap"] == told["by_positives"]["5"]["mean_ap"]
    assert told["mean_ap_over_prevalence"] > 1.2
    assert 0.4 < told["all_negative_accuracy"] < 0.8
    assert told["labels_to_target"]["by_queue"] > 0


def test_one_book_is_split_by_page_and_one_page_by_panel(tmp_path: Path) -> None:
    for page in range(8):
        draw(tmp_path / "book", "alone", page, seed=page)
    told = json.loads(run(tmp_path / "book", "--no-teaching").stdout)
    assert {one["split"] for one in told["elements"].values()} == {"page"}
    assert told["labels_to_target"] is None
    draw(tmp_path / "page", "alone", 0, seed=3)
    (work,) = works_of([p for p in _cast(tmp_path / "page") if isinstance(p, CastPanel)])
    assert (work.split, len(work.groups)) == ("panel", 4)


def test_damaged_labels_and_pictures_are_skipped_with_a_reason(tmp_path: Path) -> None:
    for page in range(8):
        draw(tmp_path, "alone", page, seed=page)
    draw(tmp_path, "alone", 8, seed=1, key="cast")
    (tmp_path / "labels" / "alone" / "bad.json").write_text("{")
    (tmp_path / "labels" / "alone" / "lost.json").write_text('{"image": "nowhere.png", "panels": []}')
    (tmp_path / "images" / "alone" / "p00.png").write_bytes(b"no picture")
    result = run(tmp_path, "--no-teaching")
    assert json.loads(result.stdout)["skipped"] == 4
    for reason in ("is no JSON", "its picture is not in", "says of no panel who is there"):
        assert reason in result.stderr


def test_labels_without_characters_fail_in_one_line(tmp_path: Path) -> None:
    draw(tmp_path, "alone", 0, seed=0, key="cast")
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "no character is in 4 panels or more" in result.stderr
    assert json.loads(result.stdout)["mean_ap"] is None


def test_speakers_of_a_strip_and_lists_of_a_page_say_who_is_there(tmp_path: Path) -> None:
    images = tmp_path / "images"
    images.mkdir()
    cv2.imwrite(str(images / "1.png"), np.zeros((100, 300, 3), np.uint8))
    cv2.imwrite(str(images / "2.png"), np.zeros((100, 100, 3), np.uint8))
    labels = tmp_path / "labels"
    labels.mkdir()
    regions = [{"speaker": "Mimi", "box": [10, 0, 60, 20]}, {"speaker": "SFX", "box": [210, 0, 260, 20]}]
    (labels / "1.json").write_text(json.dumps({"size": [300, 100], "regions": regions}))
    (labels / "2.json").write_text(json.dumps({"characters": ["Eunice", "label"]}))
    first, second = _cast(tmp_path)
    assert isinstance(first, CastPanel)
    assert isinstance(second, CastPanel)
    assert (first.names, second.names) == ({"Mimi"}, {"Eunice"})
    assert first.box.as_tuple() == pytest.approx((0, 0, 1 / 3, 1))


def _cast(folder: Path) -> list[object]:
    return list(find_cast(folder / "labels", folder / "images"))


def test_trials_hold_out_whole_groups_and_need_enough_positives() -> None:
    rng = np.random.default_rng(0)
    truth = np.zeros(80, np.bool_)
    truth[::8] = True
    rows = rng.standard_normal((80, 8)).astype(np.float32)
    rows[truth, 0] += 6
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    groups = [str(row // 10) for row in range(80)]
    trials = ranked_trials(Material(rows), truth, groups, 3)
    assert min(trial.ap for trial in trials) > 0.5
    assert ranked_trials(Material(rows), truth, groups, 11) == []
    assert ranked_trials(Material(rows), truth, ["one"] * 80, 3) == []
    taught = teaching_trials(Material(rows), truth, groups)
    assert all(one.by_queue >= 4 for one in taught)
