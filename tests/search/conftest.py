"""Fixtures of the read side: fake encoders and small libraries."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.encoding import Encoders
from search.library import Library, open_library
from tests.search import builders
from tests.search.builders import BookSpec, FakePictureEncoder, FakeTextEncoder, PageSpec, PanelSpec, book_of

WITCH = BookSpec(
    "Witch",
    (
        PageSpec((PanelSpec("Nothing ever works with me!"), PanelSpec("The potion of Genius"))),
        PageSpec(
            (
                PanelSpec("A dragon sleeps in the kitchen", colour=(1, 0, 0)),
                PanelSpec("", colour=(0, 1, 0)),
                PanelSpec("Where is my broom?\nIt flew away without you", colour=(0, 0, 1)),
            ),
            colour=(0.2, 0.2, 1),
        ),
        PageSpec((PanelSpec("Buy our seven league boots today"),), page_type="advertisement"),
    ),
    series="Witch Tales",
    year=1999,
)
NOISY = book_of(
    "Noisy", "N0THING EVERWORKS WITH ME", "the p0tion is to strong", "I hear the crickets sing", year=2005
)
MANGA = book_of(
    "Manga", "何もうまくいかない", "魔法の薬を飲んだ", "猫が窓から逃げた", language="ja", direction="rtl"
)
KOREAN = book_of("Manhwa", "물약을 마셨다", "용이 부엌에서 잔다", language="ko")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of four books that no test changes."""
    return builders.create(tmp_path_factory.mktemp("read") / "lib", WITCH, NOISY, MANGA, KOREAN)


def fake_encoders(library: builders.LibraryFormat = builders.FORMAT) -> Encoders:
    return Encoders(
        library, load_text=lambda _: FakeTextEncoder(), load_picture=lambda _: FakePictureEncoder()
    )


@pytest.fixture(scope="session")
def library(folder: Path) -> Iterator[Library]:
    """The shared library, opened."""
    with open_library(folder, encoders=fake_encoders()) as opened:
        yield opened
