"""A small library of drawn books, opened."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def library(drawn_library: Path) -> "Iterator[object]":
    from search.library import open_library

    with open_library(drawn_library) as opened:
        yield opened
