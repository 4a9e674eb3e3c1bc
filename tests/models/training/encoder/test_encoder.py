"""The whole way from nothing to weights that index, and on again after a stop."""

from pathlib import Path

import pytest

from models.encoders.mini import MiniPictureEncoder
from models.encoders.minilm import package_folder
from models.training.encoder.run import CHECKPOINT, Plan, draw_shards, require_packages, train_encoder
from schemas.errors import BackendUnavailableError


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    try:
        require_packages("torch", "skia", "onnx")
        package_folder()
    except BackendUnavailableError as error:
        pytest.skip(str(error))
    return Plan(tmp_path / "out", tmp_path / "shards", minutes=1e-6, scenes=30, workers=1)


@pytest.mark.slow
def test_a_run_draws_trains_exports_and_goes_on(plan: Plan) -> None:
    told: list[str] = []
    train_encoder(plan, told.append)
    assert MiniPictureEncoder(plan.out).tags
    assert "drew s0000" in told
    told.clear()
    train_encoder(plan, told.append)
    assert told[0] == f"goes on from {plan.out / CHECKPOINT}"
    assert not [line for line in told if line.startswith(("drew", "embedded"))]


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.training.encoder.run._PACKAGES", {"no_such_module": "no-such-package"})
    with pytest.raises(BackendUnavailableError, match=r"no-such-package: pip install 'longbox\[train\]'"):
        require_packages("no_such_module")


@pytest.mark.slow
def test_shards_that_are_there_are_not_drawn_again(plan: Plan) -> None:
    draw_shards(plan, lambda _: None)
    told: list[str] = []
    draw_shards(plan, told.append)
    assert not told
