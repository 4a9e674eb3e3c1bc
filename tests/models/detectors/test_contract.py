"""The ONNX detector keeps to the contract of all panel detectors."""

from pathlib import Path

import pytest

from models.detectors.onnx import OnnxDetector
from models.protocols import PanelDetector
from tests.contracts import test_panel_detectors as contract
from tests.models.detectors.tiny_onnx import save_ink_model, save_settings, settings_for


@pytest.fixture
def detector(tmp_path: Path) -> PanelDetector:
    model = save_ink_model(tmp_path / "ink.onnx")
    return OnnxDetector(str(save_settings(model, settings_for(model))))


test_no_picture_makes_it_fail = contract.test_no_picture_makes_a_detector_fail_or_leave_the_page
test_noise_is_one_picture_or_none = contract.test_noise_is_one_picture_or_none
test_the_page_is_not_changed = contract.test_the_page_is_not_changed_and_the_answer_repeats
test_time_is_bounded = contract.test_time_is_bounded_for_a_very_long_strip
