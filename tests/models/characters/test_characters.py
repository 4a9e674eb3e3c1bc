"""Cohorts, losses, training and reports of classifiers with many labels."""

from pathlib import Path

import numpy as np
import pytest

from models.characters.cohort import Item, build_cohort, split
from models.characters.losses import LOSSES, loss_of
from models.characters.report import f_score, report_on
from models.characters.training import TrainingPlan, find_rate, train
from models.encoders.rows import unit_rows
from schemas.errors import ConfigError, WeightsError


def items_of(*names: set[str], series: int = 5, absent: dict[int, set[str]] | None = None) -> list[Item]:
    return [
        Item(f"i{n}", frozenset(mine), f"s{n % series}", frozenset((absent or {}).get(n, ())))
        for n, mine in enumerate(names)
    ]


def cohort_with_vectors(items: int = 600, labels: int = 6, seed: int = 0):
    """Items of thirty series; each label is a direction among noise."""
    rng = np.random.default_rng(seed)
    names = [f"c{n}" for n in range(labels)]
    has = rng.random((items, labels)) < np.geomspace(0.4, 0.03, labels)
    directions = unit_rows(rng.standard_normal((labels, 48)))
    vectors = unit_rows(has @ directions * 1.2 + 0.16 * rng.standard_normal((items, 48)) + 0.3)
    told = [
        Item(f"i{n}", frozenset(name for name, there in zip(names, row, strict=True) if there), f"s{n % 30}")
        for n, row in enumerate(has)
    ]
    return build_cohort(told, top=labels, min_support=3), vectors


def test_no_series_is_in_two_parts_of_the_split() -> None:
    groups = [f"s{n % 17}" for n in range(400)]
    truth = np.random.default_rng(0).random((400, 5)) < 0.2
    part, notes = split(groups, truth)
    for name in set(groups):
        assert len({int(p) for p, group in zip(part, groups, strict=True) if group == name}) == 1
    assert [round(float((part == n).mean()), 1) for n in range(3)] == [0.6, 0.2, 0.2]
    assert notes == ()


def test_one_series_is_split_all_the_same_and_says_so() -> None:
    part, notes = split(["s"] * 30, np.random.default_rng(0).random((30, 1)) < 0.5)
    assert set(part.tolist()) == {0, 1, 2}
    assert "one or two series" in notes[0]


def test_cohort_takes_the_most_frequent_labels_and_says_what_it_left_out() -> None:
    told = [
        {"hero"} | ({"rare"} if n < 2 else set()) | ({"foe", "dog"} if n % 3 == 0 else set())
        for n in range(40)
    ]
    told = [names - {"hero"} if n % 4 == 0 else names for n, names in enumerate(told)]
    cohort = build_cohort(items_of(*told), top=2, min_support=5)
    assert cohort.names == ("hero", "dog")
    assert cohort.left_out == {"in fewer than 5": 1, "beyond the first 2": 1}


def test_labels_that_always_come_together_are_named() -> None:
    told = [{"batman", "robin"} if n % 2 else {"joker"} if n % 4 == 0 else set() for n in range(40)]
    cohort = build_cohort(items_of(*told))
    assert ("batman", "robin", 1.0) in cohort.together


def test_tens_of_thousands_of_labels_are_cut_to_those_that_can_be_learnt() -> None:
    told = [{f"n{n}_{k}" for k in range(155)} | ({"cat"} if n % 2 else set()) for n in range(200)]
    cohort = build_cohort(items_of(*told))
    assert cohort.names == ("cat",)
    assert cohort.left_out == {"in fewer than 5": 31_000}


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (items_of(*[set()] * 20), "no item has a label"),
        (items_of(*[{"everyman"}] * 20), "'everyman' is in nearly all"),
        (items_of(*[{f"n{n}"} for n in range(20)]), "label more, or lower --min-support"),
        (items_of(*[{"a"}] * 10, absent={3: {"a"}}), "i3 is said to show 'a' and not to"),
        (items_of({"a"}, {"a"}, set(), {"a"}), "too few"),
    ],
)
def test_what_cannot_be_learnt_says_why(items: list[Item], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        build_cohort(items, min_support=2)


@pytest.mark.parametrize("name", LOSSES)
def test_slopes_of_losses_are_those_of_small_steps(name: str) -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 1.5, (7, 3)).astype(np.float64)
    truth = (rng.random((7, 3)) < 0.4).astype(np.float64)
    loss = loss_of(name, truth.sum(axis=0).astype(np.int64), 7)

    def value(given: np.ndarray) -> float:
        return loss(1 / (1 + np.exp(-given)), truth)[0] * given.size

    slopes = loss(1 / (1 + np.exp(-logits)), truth)[1]
    for spot in np.ndindex(logits.shape):
        step = np.zeros_like(logits)
        step[spot] = 1e-5
        assert slopes[spot] == pytest.approx((value(logits + step) - value(logits - step)) / 2e-5, abs=2e-3)


@pytest.mark.parametrize("name", LOSSES)
def test_training_finds_directions_and_beats_saying_no_to_everything(name: str) -> None:
    cohort, vectors = cohort_with_vectors()
    trained = train(vectors, cohort, TrainingPlan(loss=name, epochs=60))
    report = trained.report
    assert report.macro.mean_ap > 2 * report.all_negative["mean_ap"]
    assert report.macro.mean_ap > 0.75
    assert report.macro.f2 > 0.6 > report.all_negative["f2"]
    assert report.calibration_error < 0.12
    assert 1e-5 < trained.rate < 1


def test_training_stops_when_nothing_gets_better_and_keeps_the_best() -> None:
    cohort, vectors = cohort_with_vectors()
    seen: list[float] = []
    trained = train(
        vectors, cohort, TrainingPlan(epochs=500, patience=4), on_epoch=lambda _, ap: seen.append(ap)
    )
    assert trained.epochs < 500
    assert trained.best_valid_ap == max(seen)
    assert len(seen) == trained.epochs


def test_rate_is_found_where_learning_is_fast_and_not_where_it_blows_up() -> None:
    cohort, vectors = cohort_with_vectors()
    truth = cohort.truth.astype(np.float32)
    rate = find_rate(vectors, truth, loss_of("plain", cohort.truth.sum(axis=0), len(vectors)), TrainingPlan())
    assert 1e-3 < rate < 0.7


def test_report_counts_confusion_and_stands_beside_all_negative() -> None:
    truth = np.array([[1, 0], [1, 0], [0, 1], [0, 0]], np.bool_)
    likely = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.7], [0.1, 0.1]], np.float32)
    report = report_on(("a", "b"), likely, truth, np.array([0.5, 0.5], np.float32))
    first = report.labels[0]
    counts = (first.true_positives, first.false_positives, first.false_negatives, first.true_negatives)
    assert counts == (1, 1, 1, 1)
    assert report.confused[0] == ("a", "b", 1)
    assert report.all_negative["accuracy"] == pytest.approx(5 / 8)
    assert report.all_negative["mean_ap"] == pytest.approx((0.5 + 0.25) / 2)
    assert f_score(2, 1, 1, 2.0) == pytest.approx(5 * 2 / (5 * 2 + 4 * 1 + 1))
    assert 0 < report.f2_by_item < 1


def test_report_of_no_items_is_no_crash() -> None:
    report = report_on(("a",), np.zeros((0, 1), np.float32), np.zeros((0, 1), np.bool_), np.array([0.5]))
    assert report.items == 0


def save_resnet(path: Path) -> Path:
    torch = pytest.importorskip("torch")
    torchvision = pytest.importorskip("torchvision")
    from safetensors.torch import save_file

    torch.manual_seed(0)
    save_file(torchvision.models.resnet18(weights=None).state_dict(), path)
    return path


def test_resnet_is_tuned_on_pictures_from_weights_of_a_file(tmp_path: Path) -> None:
    from models.characters.tuning import fine_tune

    weights = save_resnet(tmp_path / "r18.safetensors")
    rng = np.random.default_rng(0)
    red = rng.random(42) < 0.5
    images = []
    for is_red in red:
        image = rng.integers(90, 160, (40, 30, 3), dtype=np.uint8)
        image[10:30, 5:25] = (220, 20, 20) if is_red else (20, 20, 220)
        images.append(image)
    cohort = build_cohort(
        [Item(f"i{n}", frozenset({"red"} if yes else ()), f"s{n % 14}") for n, yes in enumerate(red)]
    )
    tuned = fine_tune(images, cohort, TrainingPlan(epochs=2, rate=1e-3), weights)
    assert tuned.architecture == "resnet18"
    assert tuned.trained.report.macro.mean_ap > 0.9
    assert tuned.state["fc.weight"].shape == (1, 512)


def test_file_that_is_no_resnet_is_refused(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from models.characters.tuning import open_resnet

    (tmp_path / "broken.safetensors").write_bytes(b"x" * 100)
    torch.save({"a": torch.zeros(2)}, tmp_path / "other.pth")
    torch.save({"a": Path("/")}, tmp_path / "pickle.pth")
    for name, said in (
        ("broken.safetensors", "cannot read"),
        ("other.pth", "no ResNet"),
        ("pickle.pth", "more than tensors"),
    ):
        with pytest.raises(WeightsError, match=said):
            open_resnet(tmp_path / name, 3)
