"""What an index run has to do: compares the sources on the disk with the ledger, reading no book."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from indexer.containers import find_books, fingerprint
from indexer.library.entries import SourceEntry
from schemas.errors import ContainerError, LinkError
from schemas.labels import BookStatus


@dataclass(frozen=True, slots=True)
class Source:
    """A file or folder that may be a book; size in bytes and time of last change in nanoseconds.

    ``key`` is the absolute path as text that any database can hold.
    """

    path: Path
    key: str
    size_bytes: int
    mtime_ns: int
    problem: ContainerError | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """``changed`` need to be looked into; ``vanished`` and ``gone`` are entries without a file.

    ``vanished`` were there at the last run, ``gone`` were missing before.
    """

    found: tuple[Source, ...]
    changed: tuple[Source, ...]
    vanished: tuple[SourceEntry, ...]
    gone: tuple[SourceEntry, ...]


def take_survey(
    roots: Sequence[Path],
    entries: Iterable[SourceEntry],
    unsettled: Set[str],
    *,
    revision: str | None,
    retry: bool,
) -> Survey:
    """Compare what lies under ``roots`` with what the ledger says.

    Args:
        roots: files and folders; one that does not exist is passed by, with all that lay under it.
        entries: all entries of the ledger.
        unsettled: ids of books that a killed run left half-written.
        revision: how books would be read now; None, not known, makes every source a changed one.
        retry: look again into sources that failed wholly or in part.
    """
    present = [root for root in roots if root.exists()]
    known = {entry.source: entry for entry in entries}
    named = {root.absolute() for root in present}
    found = tuple(_source(path, is_named=path.absolute() in named) for path in find_books(present))
    again = (BookStatus.FAILED, BookStatus.PARTIAL) if retry else ()
    changed = tuple(
        source
        for source in found
        if is_changed(source, known.get(source.key), unsettled, revision=revision, again=again)
    )
    lost = _lost(present, known, {source.key for source in found})
    return Survey(
        found=found,
        changed=changed,
        vanished=tuple(entry for entry in lost if entry.status is not BookStatus.MISSING),
        gone=tuple(entry for entry in lost if entry.status is BookStatus.MISSING),
    )


def _source(path: Path, *, is_named: bool) -> Source:
    key = _storable(path)
    if path.is_symlink() and not is_named:
        problem = LinkError(f"{path.name} is a link, which is not followed: index what it leads to")
        return Source(path, key, 0, 0, problem)
    if not _is_utf8(str(path)):
        return Source(path, key, 0, 0, ContainerError(f"{key} has a name that is not valid UTF-8: rename it"))
    try:
        size_bytes, mtime_ns = fingerprint(path)
    except ContainerError as error:
        return Source(path, key, 0, 0, error)
    return Source(path, key, size_bytes, mtime_ns)


def _storable(path: Path) -> str:
    """Return the absolute path, odd bytes of a name written as escapes."""
    return str(path.absolute()).encode("utf-8", "backslashreplace").decode("utf-8")


def _is_utf8(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def is_changed(
    source: Source,
    entry: SourceEntry | None,
    unsettled: Set[str],
    *,
    revision: str | None,
    again: Collection[BookStatus] = (),
) -> bool:
    """Say whether a source must be looked into; ``again`` are states that are not rested on."""
    return (
        entry is None
        or revision is None
        or entry.pipeline_rev != revision
        or entry.fingerprint != (source.size_bytes, source.mtime_ns)
        or entry.status in (*again, BookStatus.MISSING)
        or entry.book_id in unsettled
    )


def _lost(
    roots: Sequence[Path], known: Mapping[str, SourceEntry], found: set[str]
) -> tuple[SourceEntry, ...]:
    """Return entries under existing roots that were not found again; imported ones need no file."""
    folders = [Path(_storable(root)) for root in roots]
    return tuple(
        entry
        for key, entry in known.items()
        if key not in found
        and not entry.is_imported
        and any(Path(key).is_relative_to(folder) for folder in folders)
    )
