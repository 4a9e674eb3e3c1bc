"""A catalogue beside a library, as it is read: issues, and what their stories say."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

from indexer.catalogue.characters import ROLES, Appearance, parse_characters
from indexer.catalogue.naming import series_key
from indexer.library.sqlite_file import connect_read_only
from schemas.elements import fold_name
from schemas.errors import LibraryError, LibraryFormatError, NotFoundError
from schemas.matches import CATALOGUE_FILE, CATALOGUE_VERSION

MOST_ISSUES = 500
"""Issues that are looked at for one book."""
_CREDITS = ("script", "pencils", "inks", "colors", "letters")
_KEPT = 20_000
_FLAGS = ("flashback", "origin", "death")
_ISSUE = """
SELECT i.id, s.name, i.number, i.key_date, s.year_began, p.name FROM gcd_issue i
JOIN gcd_series s ON i.series_id = s.id LEFT JOIN gcd_publisher p ON p.id = s.publisher_id
"""
_LIKE = f"""
{_ISSUE} WHERE s.folded = ? AND (? IS NULL OR i.number = ?) ORDER BY i.key_date, i.id LIMIT {MOST_ISSUES}
"""
_CREDITED = """
SELECT t.name, n.name FROM gcd_story s JOIN gcd_story_credit c ON c.story_id = s.id
JOIN gcd_creator_name_detail n ON n.id = c.creator_id JOIN gcd_credit_type t ON t.id = c.credit_type_id
WHERE s.issue_id = ? ORDER BY s.id LIMIT 2000
"""
_SEEN = """
SELECT n.name, r.name, c.is_flashback, c.is_origin, c.is_death, c.notes FROM gcd_story s
JOIN gcd_story_character c ON c.story_id = s.id
JOIN gcd_character_name_detail n ON n.id = c.character_id
LEFT JOIN gcd_character_role r ON r.id = c.role_id
WHERE s.issue_id = ? ORDER BY s.id LIMIT 2000
"""


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue of a catalogue; what its stories say together comes with :meth:`Catalogue.whole`."""

    issue_id: int
    series: str
    number: str
    year: int | None
    publisher: str | None
    genres: tuple[str, ...] = ()
    creators: tuple[tuple[str, str], ...] = ()
    characters: tuple[Appearance, ...] = ()
    synopsis: str = ""

    @property
    def named(self) -> str:
        """Its name in a line."""
        return f"{self.series} {self.number} ({self.year or '?'})"

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)


class Catalogue:
    """A catalogue that is open."""

    def __init__(self, connection: sqlite3.Connection, version: int) -> None:
        self._connection = connection
        self.version = version

    @property
    def is_outdated(self) -> bool:
        """Whether an older Longbox imported it: other names of characters may be missing."""
        return self.version < CATALOGUE_VERSION

    def issues_like(self, series: str, number: str | None) -> list[Issue]:
        """Return the issues of series of that name, of one number where it is given."""
        folded = fold_name(series) if self.is_outdated else series_key(series)
        return [_bare(row) for row in self._connection.execute(_LIKE, (folded, number, number))]

    def find(self, issue_id: int) -> Issue | None:
        """Return one issue, None where there is none."""
        wanted = (min(issue_id, 2**63 - 1),)
        found = self._connection.execute(f"{_ISSUE} WHERE i.id = ?", wanted).fetchone()
        return None if found is None else _bare(found)

    def issue(self, issue_id: int) -> Issue:
        """Return one issue. Raises NotFoundError."""
        found = self.find(issue_id)
        if found is None:
            raise NotFoundError(f"the catalogue has no issue {issue_id}: see 'longbox catalogue match'")
        return found

    def whole(self, issue: Issue) -> Issue:
        """Return an issue with what its stories say."""
        columns = ("genre", "characters", "synopsis", *_CREDITS)
        query = f"SELECT {', '.join(columns)} FROM gcd_story WHERE issue_id = ? LIMIT 200"  # noqa: S608 (constants)
        told = self._connection.execute(query, (issue.issue_id,))
        stories = [dict(zip(columns, map(_said, one), strict=True)) for one in told]
        people: Counter[Appearance] = Counter()
        creators: dict[tuple[str, str], None] = dict.fromkeys(self._credited(issue))
        for one in self._seen(issue):
            people[one] += 1
        for story in stories:
            people.update(_people(story["characters"]))
            for role in _CREDITS:
                creators |= dict.fromkeys((role, one.name) for one in _people(story[role]))
        genres = dict.fromkeys(part.strip() for story in stories for part in story["genre"].split(";"))
        return replace(
            issue,
            genres=tuple(genre for genre in genres if genre),
            creators=tuple(creators),
            characters=tuple(people),
            synopsis="\n".join(filter(None, (story["synopsis"].strip() for story in stories))),
        )

    def _credited(self, issue: Issue) -> Iterator[tuple[str, str]]:
        """Give who made what, as newer dumps tell it: "pencils, inks" are two."""
        if not self.is_outdated:
            for kind, name in self._connection.execute(_CREDITED, (issue.issue_id,)):
                yield from ((role, _said(name)) for role in re.split(r"\W+", _said(kind)) if role in _CREDITS)

    def _seen(self, issue: Issue) -> Iterator[Appearance]:
        """Give who appears, as newer dumps tell it."""
        if self.is_outdated:
            return
        for name, role, *flags, notes in self._connection.execute(_SEEN, (issue.issue_id,)):
            roles = [flag for flag, is_so in zip(_FLAGS, flags, strict=True) if _said(is_so) in ("1", "True")]
            if role := ROLES.get(_said(role).lower()):
                roles.append(role)
            yield Appearance(
                _said(name), roles=tuple(dict.fromkeys(roles)), notes=tuple(filter(None, [notes]))
            )


@contextmanager
def open_catalogue(library: Path) -> Iterator[Catalogue]:
    """Open the catalogue of a library while the block runs.

    Raises:
        NotFoundError: there is none.
        LibraryFormatError: a newer Longbox imported it.
        LibraryError: it is damaged.
    """
    path = library / CATALOGUE_FILE
    if not path.is_file():
        raise NotFoundError(
            f"the library {library} has no catalogue: make one with 'longbox catalogue import'"
        )
    try:
        with closing(connect_read_only(path)) as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version > CATALOGUE_VERSION:
                raise LibraryFormatError(
                    f"the catalogue {path} was imported by a newer Longbox: upgrade, or import a dump again"
                )
            yield Catalogue(connection, version)
    except sqlite3.Error as error:
        raise LibraryError(f"the catalogue {path} is damaged ({error}): import it anew") from error


def _bare(row: tuple[object, ...]) -> Issue:
    issue_id, series, number, date, began, publisher = row
    named = None if publisher is None else str(publisher)
    return Issue(int(str(issue_id)), _said(series), _said(number), _year(date) or _year(began), named)


@lru_cache(maxsize=_KEPT)
def _people(told: str) -> tuple[Appearance, ...]:
    """Read a list of people: the same ones come again from story to story."""
    return parse_characters(told)


def _said(value: object) -> str:
    return "" if value is None else str(value)


def _year(date: object) -> int | None:
    digits = str(date or "")[:4]
    return int(digits) if digits.isascii() and digits.isdigit() and int(digits) > 0 else None
