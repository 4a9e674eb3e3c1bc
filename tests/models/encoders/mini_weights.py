"""The weights that ship, for tests."""

import pytest

from models.encoders.mini import FOLDER, PINS_FILE


def skip_without_weights() -> None:
    if not (FOLDER / PINS_FILE).is_file():
        pytest.skip(f"there are no weights of longbox-mini in {FOLDER}")
