"""The issues of a catalogue that books were matched with, as far as searches care."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.matches import Matched, Matches, filled
from search.legs.words import plain_words


@dataclass(frozen=True)
class MatchedBooks:
    """For each matched book its issue; ``aliases`` are other names of characters, all as plain words."""

    issues: Mapping[str, Matched] = field(default_factory=dict)
    aliases: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, matches: Matches, books: Mapping[str, str]) -> "MatchedBooks":
        """Find the books of today, given as ids with their paths, that are an issue."""
        if not matches:
            return cls()
        decided = matches.of_books(books)
        issues = {book: one for book, told in decided.items() for one in told if one.verdict == "yes"}
        return cls(issues, _aliases(issues))

    def filled(self, row: Mapping[str, object]) -> dict[str, object]:
        """Return a row of ``books`` with what its issue adds to it; it names its ``book_id``."""
        return filled(row, self.issues.get(str(row["book_id"])))


def _aliases(issues: Mapping[str, Matched]) -> dict[str, frozenset[str]]:
    """Return for each name all others of who is called so: a chain of names is followed one step."""
    others: dict[str, set[str]] = {}
    for one in issues.values():
        for names in one.facts.aliases:
            words = {plain for name in names if (plain := plain_words(name))}
            for name in words:
                others.setdefault(name, set()).update(words - {name})
    return {name: frozenset(known) for name, known in others.items()}
