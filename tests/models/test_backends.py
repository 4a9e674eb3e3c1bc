import subprocess
import sys

import pytest

from models.backends import BackendKind, check_backends


def test_every_kind_of_backend_is_reported() -> None:
    assert {report.kind for report in check_backends()} == set(BackendKind)


def test_missing_backend_says_how_to_get_it_and_a_present_one_does_not() -> None:
    for report in check_backends():
        assert report.detail
        assert bool(report.remedy) != report.available


def test_missing_command_is_reported_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    reports = {report.name: report for report in check_backends()}
    tesseract = reports["tesseract:<language>"]
    assert not tesseract.available
    assert "tesseract-ocr" in tesseract.remedy


def test_deep_check_runs_what_the_base_install_has() -> None:
    reports = {report.name: report for report in check_backends(deep=True)}
    assert "ran" in reports["classical"].detail
    assert "384 dimensions" in reports["standby"].detail
    assert reports["classical"].available
    assert reports["standby"].available


def test_quick_check_imports_no_backend() -> None:
    heavy = "{'torch', 'open_clip', 'rapidocr', 'onnxruntime', 'cv2', 'tokenizers', 'libarchive'}"
    script = (
        "import sys; from models.backends import check_backends; check_backends();"
        f"print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
