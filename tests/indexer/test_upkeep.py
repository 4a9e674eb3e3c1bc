"""Compaction that meets a conflict."""

from datetime import timedelta

import pytest

from indexer.upkeep import CONFLICT_RETRIES, optimize


class NoTags:
    def list(self) -> dict[str, object]:
        return {}


class Contested:
    """A table whose first commits conflict until it looks at the newest version."""

    def __init__(self, conflicts: int, message: str = "Commit conflict for version 7") -> None:
        self.conflicts = conflicts
        self.message = message
        self.refreshed = 0
        self.tags = NoTags()

    def optimize(self, *, cleanup_older_than: timedelta) -> None:
        if self.conflicts > self.refreshed:
            raise RuntimeError(self.message)

    def checkout_latest(self) -> None:
        self.refreshed += 1


def test_a_conflict_is_tried_again_on_the_newest_version() -> None:
    table = Contested(conflicts=2)
    optimize(table)  # type: ignore[arg-type]
    assert table.refreshed == 2


def test_a_conflict_that_stays_is_an_error_in_the_end() -> None:
    table = Contested(conflicts=99)
    with pytest.raises(RuntimeError, match="conflict"):
        optimize(table)  # type: ignore[arg-type]
    assert table.refreshed == CONFLICT_RETRIES - 1


def test_another_error_is_not_tried_again() -> None:
    table = Contested(conflicts=1, message="No space left on device (os error 28)")
    with pytest.raises(RuntimeError, match="No space"):
        optimize(table)  # type: ignore[arg-type]
    assert table.refreshed == 0
