"""The state folder of a library on object storage, and where the tables of any library lie."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from indexer.remote.paths import ObjectPath
from schemas.errors import ConfigError, LibraryError, LibraryFormatError
from schemas.places import Place, StoreServer, StoreUri, place_of, store_error, store_trouble

if TYPE_CHECKING:
    from lancedb import DBConnection, Session

STORE_FILE = "store.json"
"""In a state folder: which store its tables lie on."""
STATE_VARIABLE = "LONGBOX_STATE"
"""Names the folder below which state folders are made; else it is the user's, by the XDG rules."""
_DIGEST_CHARS = 12


def local_path(place: Place) -> Path:
    """Return the folder that the write side knows a library by: its own, or its state folder.

    Raises:
        LibraryError: the state folder cannot be made.
        LibraryFormatError: it is another library's.
    """
    if isinstance(place, Path):
        return place
    folder = _states() / _folder_name(place)
    made = store_of(folder)
    if made is None:
        _make_state(folder, place)
    elif made != place:
        raise LibraryFormatError(f"{folder} is the state of {made}, not of {place}: delete its {STORE_FILE}")
    return folder


def store_of(library: Path) -> StoreUri | None:
    """Return where the tables of a library lie that has them on object storage, None for a local one."""
    path = library / STORE_FILE
    try:
        told = path.read_text("utf-8")
    except OSError:
        return None
    try:
        return StoreUri.parse(json.loads(told)["tables"])
    except (ValueError, KeyError, TypeError) as error:
        raise LibraryFormatError(
            f"{path} names no store: delete it, and name the library by its s3://"
        ) from error


def state_id(library: Path) -> str:
    """Return what tells a state folder from those of other machines. Raises LibraryError."""
    try:
        return str(json.loads((library / STORE_FILE).read_text("utf-8"))["state"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LibraryError(f"{library / STORE_FILE} cannot be read ({error}): delete it") from error


def shown(library: Path) -> Place:
    """Return what a library is called in messages."""
    return store_of(library) or library


def tables_at(library: Path) -> Path | ObjectPath:
    """Return the folder that holds the tables."""
    store = store_of(library)
    return library if store is None else ObjectPath(store)


def has_table(library: Path, name: str) -> bool:
    """Say whether a table is there; on object storage, where folders come before what is in them, whole."""
    tables = tables_at(library)
    if isinstance(tables, Path):
        return (tables / f"{name}.lance").is_dir()
    return (tables / f"{name}.lance" / "_versions").is_dir()


def connect(library: Path, session: Session | None = None) -> DBConnection:
    """Open a library's tables as a database of LanceDB, which makes a local folder where there is none.

    Raises:
        StoreUnreachableError: the object storage does not answer, or refuses.
        ConfigError: its address is bad.
    """
    import lancedb

    store = store_of(library)
    if store is None:
        return lancedb.connect(str(library), session=session)
    options = StoreServer.of(os.environ).storage_options()
    try:
        return lancedb.connect(str(store), storage_options=options, session=session)
    except (OSError, RuntimeError, ValueError) as error:
        raise store_error(store, error, os.environ) from None


def is_trouble_of_store(library: Path, error: BaseException) -> bool:
    """Say whether an error tells of an object storage that cannot be reached, and not of the tables."""
    return store_of(library) is not None and store_trouble(error) is not None


def _states() -> Path:
    """Return the folder of all state folders."""
    own = os.environ.get(STATE_VARIABLE)
    if own:
        return Path(own).absolute()
    given = os.environ.get("XDG_STATE_HOME")
    home = Path(given) if given and Path(given).is_absolute() else _home() / ".local" / "state"
    return home / "longbox"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:
        raise ConfigError(
            f"there is no home folder to keep a library's state in: set {STATE_VARIABLE}"
        ) from error


def _folder_name(store: StoreUri) -> str:
    """Return a name that tells the bucket and is another for each server and place."""
    server = StoreServer.of(os.environ).endpoint or ""
    digest = sha256(f"{server} {store}".encode()).hexdigest()[:_DIGEST_CHARS]
    return f"{store.bucket}-{digest}"


def _make_state(folder: Path, store: StoreUri) -> None:
    partial = folder / f"{STORE_FILE}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps({"tables": str(store), "state": uuid4().hex}), "utf-8")
        partial.replace(folder / STORE_FILE)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise LibraryError(
            f"cannot keep the state of {store} in {folder}: {error.strerror}: set {STATE_VARIABLE} to a "
            "folder that can be written"
        ) from error


def named(library: str | os.PathLike[str]) -> Path:
    """Return the local path of the library that a user names. Raises ConfigError, LibraryError."""
    return local_path(place_of(os.fspath(library)))
