"""Drops old versions of a table, sparing those of snapshots, without rewriting anything.

LanceDB drops old versions only while it compacts, and refuses as soon as one of them has a tag. And
it counts a version's age from its own making: the version that a reader has opened on a library at
rest is old, and gone with the first compaction. Here the age counts from when the next one came.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from indexer.care.files import mark_of, versions_in, written_once
from indexer.remote.paths import TablePath


def prune(folder: TablePath, kept: Iterable[int], *, older_than: timedelta) -> int:
    """Delete versions and the files that only they name. For the only writer, between its writes.

    A version goes before its files do: a killed pruning leaves files without a version, which the
    next one deletes, never a version without files.

    Args:
        folder: of the table.
        kept: versions that stay, besides the newest one.
        older_than: versions that were the newest within this time stay, and so do younger files.

    Returns:
        The number of versions deleted.
    """
    manifests = versions_in(folder)
    if not manifests:
        return 0
    # On object storage the store's clock counts: no version is older than the newest one says.
    is_local = isinstance(folder, Path)
    now = time.time() if is_local else min(time.time(), manifests[max(manifests)].stat().st_mtime)
    horizon = now - older_than.total_seconds()
    staying = {*kept, max(manifests)}
    pairs = pairwise(sorted(manifests))
    replaced = [number for number, after in pairs if _is_older(manifests[after], horizon)]
    old = [manifests[number] for number in replaced if number not in staying]
    if not old:
        return 0
    for path in old:
        path.unlink(missing_ok=True)
    # The newest first: it names most of what stays.
    told = [path.read_bytes() for _, path in sorted(versions_in(folder).items(), reverse=True)]
    for path in written_once(folder):
        if _is_older(path, horizon) and not any(mark_of(path) in manifest for manifest in told):
            path.unlink(missing_ok=True)
    if isinstance(folder, Path):
        _drop_empty_folders(folder / "_indices")
    return len(old)


def _is_older(path: TablePath, horizon: float) -> bool:
    return path.stat().st_mtime < horizon


def _drop_empty_folders(folder: Path) -> None:
    for path in folder.glob("*"):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
