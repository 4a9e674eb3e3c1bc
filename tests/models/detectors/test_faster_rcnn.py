"""Needs torch, which the base install lacks: run these with the extra ``clip``."""

import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest

from models.detectors.categories import ComixId, FasterRcnnId
from models.detectors.faster_rcnn import MIN_SCORE, FasterRcnnDetector, FasterRcnnName, require_packages
from models.registry import load_panel_detector
from schemas.errors import BackendUnavailableError, ConfigError, WeightsError
from schemas.labels import DetectionCategory

SIDE_PX = 64
"""Pages are scaled to it: torchvision's 800 px take seconds on a CPU."""
PAGE = np.random.default_rng(3).integers(0, 256, (48, 40, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def torchvision() -> None:
    try:
        require_packages()
    except BackendUnavailableError as error:
        pytest.skip(str(error))


def random_state(classes: int) -> dict:
    """A network of random weights that calls every proposal a panel."""
    import torch
    from torchvision.models.detection import fasterrcnn_resnet50_fpn

    torch.manual_seed(0)
    network = fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None, num_classes=classes)
    state = network.state_dict()
    state["roi_heads.box_predictor.cls_score.bias"][1] = 5.0
    state["roi_heads.box_predictor.cls_score.weight"] *= 0.1
    return state


@pytest.fixture(scope="module")
def weights(torchvision: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch

    file = tmp_path_factory.mktemp("weights") / "raw@four.pth"
    torch.save({"epoch": 3, "model_state_dict": random_state(5)}, file)
    return file


@pytest.fixture(scope="module")
def detector(weights: Path) -> FasterRcnnDetector:
    return detector_of(weights)


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def detector_of(file: Path) -> FasterRcnnDetector:
    return FasterRcnnDetector(
        f"faster_rcnn:{file}@{sha256(file)}", device="cpu", short_side_px=SIDE_PX, long_side_px=SIDE_PX
    )


@pytest.mark.parametrize(
    "name",
    ["", "faster_rcnn:", "faster_rcnn:/a.pth", "faster_rcnn:/a.pth@", "faster_rcnn:@" + "0" * 64,
     "faster_rcnn:/a.pth@" + "0" * 63, "faster_rcnn:/a.pth@" + "g" * 64, "x:/a.pth@" + "0" * 64],
)  # fmt: skip
def test_name_without_path_or_hash_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=r"write faster_rcnn:<path>@<sha256>"):
        FasterRcnnName.parse(name)


def test_name_keeps_an_at_sign_in_its_path_and_takes_capital_digits() -> None:
    name = FasterRcnnName.parse("faster_rcnn:/models/a@b.pth@" + "AB" * 32)
    assert name == FasterRcnnName(Path("/models/a@b.pth"), "ab" * 32)


def test_missing_torch_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(BackendUnavailableError, match=r"torch: pip install 'longbox\[clip\]'"):
        FasterRcnnDetector("faster_rcnn:/a.pth@" + "0" * 64)


def test_missing_file_is_named(torchvision: None, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"gone\.pth"):
        FasterRcnnDetector(f"faster_rcnn:{tmp_path / 'gone.pth'}@" + "0" * 64)


def test_another_file_than_the_pinned_one_is_refused(torchvision: None, tmp_path: Path) -> None:
    (tmp_path / "other.pth").write_bytes(b"other")
    with pytest.raises(WeightsError, match=r"other\.pth has the SHA-256"):
        FasterRcnnDetector(f"faster_rcnn:{tmp_path / 'other.pth'}@" + "0" * 64)


@pytest.mark.parametrize("suffix", ["pth", "safetensors"])
@pytest.mark.parametrize(
    "content", [b"", b"not weights at all", b"PK\x03\x04" + b"\0" * 100, b"\x80\x02}q\0."]
)
def test_damaged_file_is_refused_by_name(
    torchvision: None, tmp_path: Path, suffix: str, content: bytes
) -> None:
    file = tmp_path / f"damaged.{suffix}"
    file.write_bytes(content)
    with pytest.raises(WeightsError, match=rf"damaged\.{suffix}"):
        detector_of(file)


def test_truncated_file_is_refused(weights: Path, tmp_path: Path) -> None:
    file = tmp_path / "truncated.pth"
    file.write_bytes(weights.read_bytes()[:1_000_000])
    with pytest.raises(WeightsError, match=r"cannot read the weights .*truncated\.pth"):
        detector_of(file)


class RunsCode:
    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple:
        return Path.touch, (self._mark,)


def test_pickle_that_runs_code_is_refused_and_does_not_run(torchvision: None, tmp_path: Path) -> None:
    import torch

    file, mark = tmp_path / "hostile.pth", tmp_path / "ran"
    torch.save({"weight": RunsCode(mark)}, file)
    with pytest.raises(WeightsError, match=r"hostile\.pth"):
        detector_of(file)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"conv.weight": 3}, "no Faster R-CNN of torchvision"),
        ({"roi_heads.box_predictor.cls_score.weight": 91}, "knows 90 classes"),
        ({"roi_heads.box_predictor.cls_score.weight": 5}, "another network than Faster R-CNN"),
    ],
)
def test_weights_of_another_network_are_refused(
    torchvision: None, tmp_path: Path, content: dict[str, int], message: str
) -> None:
    import torch

    file = tmp_path / "foreign.pth"
    torch.save({name: torch.zeros(rows, 8) for name, rows in content.items()}, file)
    with pytest.raises(WeightsError, match=rf"foreign\.pth .*{message}"):
        detector_of(file)


@pytest.mark.parametrize("content", [[1, 2], {"a": "text"}, {"model": 3}])
def test_file_without_tensors_is_refused(torchvision: None, tmp_path: Path, content: object) -> None:
    import torch

    file = tmp_path / "list.pth"
    torch.save(content, file)
    with pytest.raises(WeightsError, match="holds no state dict"):
        detector_of(file)


def test_four_classes_are_the_raw_scheme(detector: FasterRcnnDetector) -> None:
    assert detector.scheme is FasterRcnnId


def test_seven_classes_from_safetensors_are_the_comix_scheme(torchvision: None, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    file = tmp_path / "seven.safetensors"
    save_file(random_state(8), file)
    assert detector_of(file).scheme is ComixId


def test_weights_trained_with_frozen_normalisation_fit_too(torchvision: None, tmp_path: Path) -> None:
    import torch

    file = tmp_path / "frozen.pth"
    state = random_state(5)
    torch.save({key: state[key] for key in state if not key.endswith("num_batches_tracked")}, file)
    assert detector_of(file).detect(PAGE).panels


def test_detections_are_typed_scored_and_on_the_page(detector: FasterRcnnDetector) -> None:
    found = detector.detect_all(PAGE)
    assert {one.category for one in found} == {DetectionCategory.PANEL}
    assert len(found) > 3
    assert all(one.score >= MIN_SCORE and one.box.area > 0 for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_detections_are_what_torchvision_itself_gives(detector: FasterRcnnDetector) -> None:
    import torch
    from torchvision.models.detection import fasterrcnn_resnet50_fpn

    network = fasterrcnn_resnet50_fpn(
        weights=None, weights_backbone=None, num_classes=5, min_size=SIDE_PX, max_size=SIDE_PX
    )
    network.load_state_dict(random_state(5))
    with torch.inference_mode():
        expected = network.eval()([torch.from_numpy(PAGE).permute(2, 0, 1) / 255])[0]
    kept = expected["scores"] >= MIN_SCORE
    found = detector.detect_all(PAGE)
    corners = np.array([one.box.as_tuple() for one in found]) * [40, 48, 40, 48]
    assert np.allclose(corners, expected["boxes"][kept].numpy(), atol=1e-3)
    assert [FasterRcnnId(int(label)).name.lower() for label in expected["labels"][kept]] == [
        one.category for one in found
    ]


def test_layout_is_made_of_the_detected_panels(detector: FasterRcnnDetector) -> None:
    panels = {one.box for one in detector.detect_all(PAGE)}
    layout = detector.detect(PAGE)
    assert layout.panels
    assert {region.box for region in layout.panels} <= panels
    assert all(region.confidence >= MIN_SCORE for region in layout.panels)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3000, 1), (1, 3000), (5000, 30)])
def test_odd_pages_do_no_harm(detector: FasterRcnnDetector, height: int, width: int) -> None:
    layout = detector.detect(np.full((height, width, 3), 255, np.uint8))
    assert 0 <= layout.confidence <= 1


def test_registry_name_loads_it_and_the_name_tells_the_weights(weights: Path) -> None:
    loaded = load_panel_detector(f"faster_rcnn:{weights}@{sha256(weights)}")
    assert sha256(weights)[:16] in loaded.name
