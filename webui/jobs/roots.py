"""Which folders may be added: those below roots that the operator gave, and no others.

What a request names is first held against the roots as text, and looked at on the disk only then.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.containers.discovery import is_candidate
from indexer.containers.names import natural_key
from schemas.errors import NotFoundError, QueryError

MAX_LISTED = 1_000
"""Folders that a listing names; nobody leafs through more."""
_MAX_PATH = 4_096


@dataclass(frozen=True, slots=True)
class ListedFolder:
    """A folder below another."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class FolderListing:
    """What lies in a folder: further folders by name, and how many files are books by their name.

    ``parent`` is None at a root; ``is_cut`` where there are more folders than are listed.
    """

    path: str
    parent: str | None
    folders: tuple[ListedFolder, ...]
    books: int
    is_cut: bool


class Roots:
    """Folders below which everything may be looked at and added."""

    def __init__(self, roots: Sequence[Path], library: Path) -> None:
        """Take the operator's folders; the library's own folder is never one of comics."""
        self.roots = tuple(Path(os.path.abspath(root)) for root in roots)  # noqa: PTH100 (links are kept)
        self._library = library.resolve()

    def resolve(self, text: str) -> Path:
        """Return the folder that a request names.

        Raises:
            QueryError: it does not lie below a root.
            NotFoundError: there is no such folder.
        """
        path = self._below_a_root(text)
        real = Path(os.path.realpath(path))
        if not any(real.is_relative_to(os.path.realpath(root)) for root in self.roots):
            raise self._outside(text)  # a link that leads out
        if real.is_relative_to(self._library):
            raise QueryError(f"{text[:200]} is the library itself, not a folder of comics")
        if not real.is_dir():
            raise NotFoundError(f"there is no folder {text[:200]!r}")
        return path

    def listing(self, text: str) -> FolderListing:
        """Return what lies in a folder. Raises as :meth:`resolve`; NotFoundError where it cannot be read."""
        folder = self.resolve(text)
        try:
            with os.scandir(folder) as found:
                entries = [entry for entry in found if _is_shown(entry.name)]
        except OSError as error:
            raise NotFoundError(f"the folder {text[:200]} cannot be read: {error.strerror}") from error
        folders = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
        folders.sort(key=lambda entry: (natural_key(entry.name), entry.name))
        return FolderListing(
            path=str(folder),
            parent=None if folder in self.roots else str(folder.parent),
            folders=tuple(ListedFolder(entry.name, entry.path) for entry in folders[:MAX_LISTED]),
            books=sum(
                is_candidate(Path(entry.path)) for entry in entries if entry.is_file(follow_symlinks=False)
            ),
            is_cut=len(folders) > MAX_LISTED,
        )

    def _below_a_root(self, text: str) -> Path:
        if not self.roots:
            raise QueryError("no folders can be added here: start the server with --comics DIR")
        if "\0" in text or len(text) > _MAX_PATH or not text.startswith("/"):
            raise QueryError("folder must be an absolute path")
        path = Path(os.path.normpath(text))
        root = next((root for root in self.roots if path.is_relative_to(root)), None)
        if root is None or not all(_is_shown(part) for part in path.relative_to(root).parts):
            raise self._outside(text)
        return path

    def _outside(self, text: str) -> QueryError:
        roots = ", ".join(map(str, self.roots))
        return QueryError(f"{text[:200]!r} does not lie below a folder that may be added: {roots}")


def _is_shown(name: str) -> bool:
    """Leave out hidden folders, and names that no answer can carry."""
    return not name.startswith(".") and name.isprintable()
