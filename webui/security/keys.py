"""API keys: random, shown once, stored as hashes in a file that only the owner can read."""

import hashlib
import hmac
import json
import os
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

from schemas.errors import ConfigError, LibraryError
from webui.security.scopes import Scope

KEYS_FILE = "keys.json"
PREFIX = "lbx_"
_KEY_BYTES = 32
"""256 bits: no salt and no slow hash are needed for what nobody can guess."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
MAX_KEYS = 1_000


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key. ``scope`` is ``read`` or ``write``, which may also read."""

    name: str
    scope: Scope
    sha256: str
    created_s: float

    def allows(self, scope: Scope) -> bool:
        """Say whether the key may do what asks for a scope."""
        return scope is not Scope.WRITE or self.scope is Scope.WRITE


class KeyFile:
    """The keys of a library, read anew whenever the file has changed. Safe to share between threads."""

    def __init__(self, library: Path) -> None:
        """Look after the keys in a library's folder."""
        self._path = library / KEYS_FILE
        self._lock = Lock()
        self._seen: tuple[int, int, int] | None = None
        self._keys: tuple[ApiKey, ...] = ()
        self._secret = b""

    def all(self) -> tuple[ApiKey, ...]:
        """Return the keys by name. Raises ConfigError where the file is damaged."""
        with self._lock:
            self._refresh()
            return self._keys

    def find(self, given: str) -> ApiKey | None:
        """Return the key that a visitor showed, None where it is none of ours.

        All keys are compared, each in constant time: how long it takes tells nothing.
        """
        digest = digest_of(given)
        found = None
        for key in self.all():
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found

    def named(self, name: str) -> ApiKey | None:
        """Return the key of a name."""
        return next((key for key in self.all() if key.name == name), None)

    @property
    def secret(self) -> bytes:
        """What logins are signed with; it changes with no key."""
        self.all()
        return self._secret

    def add(self, name: str, scope: Scope) -> str:
        """Make a key and return it: it is shown this once and kept nowhere.

        Raises:
            ConfigError: the name is taken, or is none.
            LibraryError: the file cannot be written.
        """
        if not _NAME.fullmatch(name):
            raise ConfigError(f"{name!r} is no name for a key: use up to 40 letters, digits, '-' and '_'")
        keys = self.all()
        if any(key.name == name for key in keys):
            raise ConfigError(f"there is a key {name!r} already: remove it first, or take another name")
        if len(keys) >= MAX_KEYS:
            raise ConfigError(f"there are {MAX_KEYS:,} keys already: remove some first")
        text = PREFIX + secrets.token_urlsafe(_KEY_BYTES)
        self._write((*keys, ApiKey(name, scope, digest_of(text), round(time.time(), 3))))
        return text

    def remove(self, name: str) -> None:
        """Take a key away, and with it its logins. Raises ConfigError where there is none of that name."""
        keys = self.all()
        if all(key.name != name for key in keys):
            names = ", ".join(key.name for key in keys) or "none"
            raise ConfigError(f"there is no key {name!r}; there are: {names}")
        self._write([key for key in keys if key.name != name])

    def _refresh(self) -> None:
        try:
            status = self._path.stat()
            seen = (status.st_mtime_ns, status.st_ino, status.st_size)
            if seen == self._seen:
                return
            told = json.loads(self._path.read_text("utf-8"))
            keys = [ApiKey(**{**key, "scope": Scope(key["scope"])}) for key in told["keys"]]
            self._keys, self._secret = tuple(keys), bytes.fromhex(told["secret"])
            self._seen = seen
        except FileNotFoundError:
            self._seen, self._keys, self._secret = None, (), b""
        except OSError as error:
            raise ConfigError(f"cannot read {self._path}: {error.strerror}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                f"the file of keys {self._path} is damaged: delete it and add keys anew"
            ) from error

    def _write(self, keys: Sequence[ApiKey]) -> None:
        secret = self.secret or secrets.token_bytes(_KEY_BYTES)
        told = {
            "keys": [asdict(key) for key in sorted(keys, key=lambda key: key.name)],
            "secret": secret.hex(),
        }
        fresh = self._path.with_suffix(f".json.{secrets.token_hex(4)}")
        try:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(told, file, indent=1)
            fresh.replace(self._path)
        except OSError as error:
            fresh.unlink(missing_ok=True)
            raise LibraryError(f"cannot write {self._path}: {error.strerror}") from error
        with self._lock:
            self._seen = None


def digest_of(key: str) -> str:
    """Return what is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
