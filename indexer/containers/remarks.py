"""Oddities of a container that lose nothing, but that its owner should know of."""

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.containers import names
from indexer.containers.book import STAGE
from schemas.records import StageFailure


@dataclass(slots=True)
class Tally:
    """How many names there were of a kind, and the first of them, harmless to show."""

    count: int = 0
    first: str = ""

    def add(self, raw: str) -> None:
        """Count a name."""
        self.count += 1
        self.first = self.first or names.printable(raw)

    def __str__(self) -> str:
        """Return the first name and how many more there are."""
        return self.first if self.count == 1 else f"{self.first} and {self.count - 1} more"


class Remarks:
    """Collects remarks while a book is opened: one line a kind, however many files are concerned."""

    def __init__(self, book: str) -> None:
        self._book = book
        self._links, self._unsafe = Tally(), Tally()

    def link(self, raw: str) -> None:
        """Note a link that was not followed."""
        self._links.add(raw)

    def name(self, raw: str) -> None:
        """Note the name of a file that is read, if it leads out of the container."""
        if names.leads_outside(raw):
            self._unsafe.add(raw)

    def failures(self) -> Iterator[StageFailure]:
        """Give the remarks as records."""
        if self._unsafe.count:
            told = f"{self._book}: {self._unsafe}: the name leads out of the book; read under a harmless one"
            yield StageFailure(STAGE, "unsafe-name", told)
        if self._links.count:
            told = f"{self._book}: {self._links}: a link, not followed; put the file itself in its place"
            yield StageFailure(STAGE, "link", told)
