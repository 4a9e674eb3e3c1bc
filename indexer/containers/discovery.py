"""Finds the books under some folders."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from indexer.containers import names
from indexer.containers.folder import is_artwork_only, pages_among
from indexer.containers.sniff import HEAD_BYTES, Magic, sniff

_OTHER_ZIPS = frozenset(
    f".{suffix}"
    for suffix in (
        *("docx", "xlsx", "pptx", "docm", "xlsm", "pptm", "odt", "ods", "odp", "odg", "xps", "oxps"),
        *("jar", "war", "apk", "aar", "ipa", "whl", "egg", "xpi", "crx", "vsix", "nupkg"),
        *("npz", "kmz", "sb3", "kra", "ora", "procreate", "3mf", "usdz"),
    )
)
"""Formats that are ZIPs but nobody's comics: a walk passes them by in silence."""
_TELLING = frozenset({Magic.ZIP, Magic.RAR4, Magic.RAR5, Magic.SEVEN_ZIP, Magic.PDF})
_COMPRESSED_TARS = (".tar.gz", ".tar.bz2", ".tar.xz")


def is_candidate(path: Path) -> bool:
    """Say whether a file claims, by suffix or by its first bytes, to be a book; False for folders.

    A candidate that turns out to be none is reported by ``open_container``.
    """
    name = path.name
    suffix = names.suffix_of(name)
    if names.is_junk(name) or not path.is_file():
        return False
    if suffix in names.BOOK_SUFFIXES or name.lower().endswith(_COMPRESSED_TARS):
        return True
    if suffix in _OTHER_ZIPS or suffix in names.PAGE_SUFFIXES or names.is_metadata(name):
        return False
    try:
        with path.open("rb") as file:
            return sniff(file.read(HEAD_BYTES)) in _TELLING
    except OSError:
        return False  # unreadable and not named like a book: nothing to report


def find_books(roots: Iterable[Path]) -> Iterator[Path]:
    """Give the books under files and folders, each once, in natural order.

    A file that is named itself is always given, so that a wrong one is reported. In a folder, a
    book is a file that is a candidate, or the folder itself where it directly holds pictures
    (covers that only illustrate the books beside or below them aside). Hidden folders, the junk
    of operating systems, and links are passed by: whatever a link inside the folder means is
    found at its own place. A link that leads out of the folders and seems to be a book, by its
    name or for being a folder, is given unfollowed, so that it is reported.
    """
    given: set[Path] = set()
    roots = list(roots)
    asked = [Path(os.path.realpath(root)) for root in roots]
    for root in roots:
        for path in _walk(root, asked) if root.is_dir() else (root,):
            key = path.absolute()
            if key not in given:
                given.add(key)
                yield path


def _walk(folder: Path, asked: Sequence[Path]) -> Iterator[Path]:
    """Walk with a stack of its own: a tree may be deeper than Python's recursion."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            folders, files, links = _list(here)
        except OSError:
            yield here  # opening it will say why it cannot be listed
            continue
        pages = pages_among(files)
        if pages and not (folders and is_artwork_only(pages)):
            yield here
        strays = [link for link in links if not _leads_into(Path(link.path), asked)]
        if not pages and any(names.is_page(link.name) for link in strays):
            yield here  # opening it will say that it holds links alone
        yield from (Path(link.path) for link in strays if _is_linked_book(link))
        for file in sorted(files, key=lambda file: (names.natural_key(file.name), file.name)):
            path = Path(file.path)
            if is_candidate(path):
                yield path
        ordered = sorted(folders, key=lambda path: (names.natural_key(path.name), path.name))
        waiting += reversed(ordered)


def _is_linked_book(link: os.DirEntry[str]) -> bool:
    return not names.is_junk(link.name) and (
        names.suffix_of(link.name) in names.BOOK_SUFFIXES or link.is_dir(follow_symlinks=True)
    )


def _leads_into(link: Path, asked: Sequence[Path]) -> bool:
    """Say whether a link's target lies below one of the folders that are walked anyway."""
    target = Path(os.path.realpath(link))
    return any(target.is_relative_to(folder) for folder in asked)


def _list(folder: Path) -> tuple[list[Path], list[os.DirEntry[str]], list[os.DirEntry[str]]]:
    """Return subfolders, regular files and links. Raises OSError."""
    folders: list[Path] = []
    files: list[os.DirEntry[str]] = []
    links: list[os.DirEntry[str]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if not names.is_junk(f"{entry.name}/x"):
                    folders.append(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                files.append(entry)
            elif entry.is_symlink():
                links.append(entry)
    return folders, files, sorted(links, key=lambda link: (names.natural_key(link.name), link.name))
