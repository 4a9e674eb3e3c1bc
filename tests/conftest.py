"""Fixtures shared by all tests."""

from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real open comics beside the project; skips where it is missing."""
    if not (CORPUS / "README.md").is_file():
        pytest.skip(f"the open comics corpus is not at {CORPUS}")
    return CORPUS
