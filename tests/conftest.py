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


@pytest.fixture(scope="session")
def lamps_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three little books indexed for real: the whole way, end to end."""
    from indexer.indexing import index_library
    from schemas.config import IndexOptions
    from tests.comics import write_cbz

    books = tmp_path_factory.mktemp("books")
    write_cbz(
        books / "lamps.cbz",
        [
            ["The lighthouse keeper sleeps"],
            ["Where is my red umbrella?", "Ask the harbour cat", "It never answers me"],
        ],
        title="The &lt;script&gt;alert(1)&lt;/script&gt; Lamp",
    )
    write_cbz(
        books / "trains.cbz",
        [["Tickets please"], ["This train is late", "So am I"]],
        title="Trains",
        year=2005,
    )
    write_cbz(
        books / "moons.cbz",
        [["A paper moon"], ["Hold the ladder"]],
        title="Moons",
        series="Night",
        year=1988,
        right_to_left=True,
    )
    library = tmp_path_factory.mktemp("library")
    index_library([books], library, IndexOptions(workers=1))
    return library
