"""A small sound library, made once and copied for each test that harms it."""

import shutil
from pathlib import Path

import pytest

from schemas.config import IndexOptions
from tests.indexer.builders import run_index, write_book

OPTIONS = IndexOptions(workers=2, picture_encoder="fake-picture", text_encoder="fake-text")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original")
    for seed in range(3):
        write_book(folder / "comics" / f"book {seed}.cbz", seed=seed, pages=3)
    run_index(folder / "comics", folder / "library", options=OPTIONS)
    return folder


@pytest.fixture
def comics(original: Path) -> Path:
    return original / "comics"


@pytest.fixture
def library(original: Path, tmp_path: Path) -> Path:
    shutil.copytree(original / "library", tmp_path / "library")
    return tmp_path / "library"
