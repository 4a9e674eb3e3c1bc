"""Every error that Longbox raises on purpose.

::

    LongboxError
    ├── ConfigError (ValueError)             a setting is unknown, of the wrong type or out of range
    ├── BackendUnavailableError (RuntimeError)   an optional package, model file or system library is missing
    ├── WeightsError (ValueError)            a weights file is damaged, of the wrong hash or of another model
    ├── PageReadingError (RuntimeError)      a page reader gave no answer of use for a page
    ├── ExchangeError (ValueError)           a file of another tool's format says something else
    ├── ContainerError (ValueError)          a book cannot be opened
    │   ├── NotAComicError                   no container that we know, or no pictures meant as one
    │   ├── EmptyBookError                   a container without a single page
    │   ├── EncryptedContainerError          a password is needed
    │   ├── UnsupportedContainerError        a method or variant that no installed reader knows
    │   ├── CorruptContainerError            damaged beyond listing
    │   ├── LinkError                        a link in a folder, which is not followed
    │   └── LimitExceededError               a bomb, or larger than the limits allow
    ├── PictureError (ValueError)            a picture cannot be decoded
    │   ├── UnreadablePictureError           not a picture, or damaged beyond any use
    │   └── PictureTooLargeError             more pixels or bytes than the limits allow
    ├── DaemonError (RuntimeError)           the daemon cannot go on, or there is none to talk to
    ├── LibraryError (RuntimeError)          a library cannot be used
    │   ├── LibraryNotFoundError (FileNotFoundError)
    │   ├── LibraryFormatError               written by another version, or damaged
    │   ├── EncoderMismatchError             asked for another encoder than the library was made with
    │   ├── LibraryBusyError                 another process is writing to it
    │   ├── StoreUnreachableError (ConnectionError)  its object storage does not answer, or refuses
    │   └── BackupError                      a backup or snapshot is none, damaged, or cannot be written
    ├── BenchmarkError (RuntimeError)        a measurement could not be finished
    ├── GenerationError (RuntimeError)       a backend gave no picture of use
    │   ├── GenerationCancelledError         somebody ended the work
    │   └── NoReferenceError                 no reference may be used; the message says why each was left out
    ├── QueryError (ValueError)              a search request that cannot be answered
    ├── ConflictError (RuntimeError)         something was changed by somebody else meanwhile
    └── NotFoundError (KeyError)             no such book, page, panel, board or job

Each carries a ``reason``: a short constant slug for programs, lists and tests. The
message is one line for people: what, which item, what to do.
"""

import re
from typing import ClassVar

_SHOWN_CAUSE = 200
"""Characters shown of another library's message: the first of them say what it is about."""
_LANCE_INNARDS = re.compile(r",?\s*(?:at\s+)?\S+\.rs:\d+.*")
"""Where in its own sources Lance noticed something: of no use to a reader."""


def plain_cause(error: BaseException) -> str:
    """Return what another library's error says, in its first line and without the places in its sources."""
    first = (str(error).splitlines() or [""])[0]
    return _LANCE_INNARDS.sub("", first)[:_SHOWN_CAUSE].strip() or type(error).__name__


class LongboxError(Exception):
    """Base of all errors raised on purpose; ``str()`` is one line meant for people."""

    reason: ClassVar[str] = "error"

    def __str__(self) -> str:
        """Return the message on one line, whatever control characters a file name brings."""
        text = str(self.args[0]) if self.args else self.reason
        return "".join(c if c.isprintable() else " " for c in text)


class ConfigError(LongboxError, ValueError):
    """A setting is unknown, of the wrong type or out of range."""

    reason = "config"


class BackendUnavailableError(LongboxError, RuntimeError):
    """An optional package, model file or system library is missing; the message says how to get it."""

    reason = "backend-unavailable"


class WeightsError(LongboxError, ValueError):
    """A weights file is damaged, has the wrong hash or belongs to another model."""

    reason = "weights"


class PageReadingError(LongboxError, RuntimeError):
    """A vision-language model gave no answer of use for a page, however often it was asked.

    ``defect`` is a slug of :class:`schemas.vlm.ReadingDefect`: what the last answer suffered from.
    """

    reason = "page-reading"

    def __init__(self, message: str, *, defect: str = "unknown") -> None:
        """Keep the message for people and the defect for programs."""
        super().__init__(message)
        self.defect = defect


class ExchangeError(LongboxError, ValueError):
    """A file that should be in an exchange format is not; the message names the item and the field."""

    reason = "exchange"


class ContainerError(LongboxError, ValueError):
    """A book cannot be opened."""

    reason = "container"


class NotAComicError(ContainerError):
    """The file is no container that Longbox knows."""

    reason = "not-a-comic"


class EmptyBookError(ContainerError):
    """The container opens but holds no page."""

    reason = "empty"


class EncryptedContainerError(ContainerError):
    """The container needs a password."""

    reason = "encrypted"


class UnsupportedContainerError(ContainerError):
    """The container uses a method or variant that no installed reader knows."""

    reason = "unsupported"


class CorruptContainerError(ContainerError):
    """The container is damaged beyond listing its entries."""

    reason = "corrupt"


class LinkError(ContainerError):
    """A link found in a folder is not followed: its target was not asked for."""

    reason = "link"


class LimitExceededError(ContainerError):
    """The container is a bomb, or larger than the limits allow."""

    reason = "limit"


class PictureError(LongboxError, ValueError):
    """A picture cannot be decoded."""

    reason = "picture"


class UnreadablePictureError(PictureError):
    """The bytes are no picture, or damaged beyond any use."""

    reason = "unreadable-picture"


class PictureTooLargeError(PictureError):
    """The picture has more pixels or bytes than the limits allow."""

    reason = "picture-too-large"


class DaemonError(LongboxError, RuntimeError):
    """The daemon cannot go on, or there is none to talk to."""

    reason = "daemon"


class LibraryError(LongboxError, RuntimeError):
    """A library cannot be used."""

    reason = "library"


class LibraryNotFoundError(LibraryError, FileNotFoundError):
    """There is no library in that folder."""

    reason = "library-not-found"


class LibraryFormatError(LibraryError):
    """The library was written by another version of the format, or is damaged."""

    reason = "library-format"


class EncoderMismatchError(LibraryError):
    """The library was made with another encoder than the one asked for."""

    reason = "encoder-mismatch"


class LibraryBusyError(LibraryError):
    """Another process is writing to the library."""

    reason = "library-busy"


class StoreUnreachableError(LibraryError, ConnectionError):
    """The object storage that a library lies on does not answer, or lets us not in."""

    reason = "store-unreachable"


class BackupError(LibraryError):
    """A backup or a snapshot is none, is damaged, or cannot be written."""

    reason = "backup"


class BenchmarkError(LongboxError, RuntimeError):
    """A measurement could not be finished."""

    reason = "benchmark"


class GenerationError(LongboxError, RuntimeError):
    """A backend answered, and not with a picture of use."""

    reason = "generation"


class GenerationCancelledError(GenerationError):
    """Somebody ended the work before it was done."""

    reason = "cancelled"


class NoReferenceError(GenerationError):
    """No reference may be used: none was found, or licences forbid all of them."""

    reason = "no-reference"


class StoppedError(LongboxError, RuntimeError):
    """Somebody ended the work before it was done, or it took too long."""

    reason = "stopped"


class QueryError(LongboxError, ValueError):
    """A search request cannot be answered as asked."""

    reason = "query"


class ConflictError(LongboxError, RuntimeError):
    """Something was changed by somebody else meanwhile; ``current`` is how it stands, ready for JSON."""

    reason = "conflict"

    def __init__(self, message: str, *, current: dict[str, object]) -> None:
        """Keep the message for people and the present state for programs."""
        super().__init__(message)
        self.current = current


class NotFoundError(LongboxError, KeyError):
    """There is no such book, page, panel, board or job in the library."""

    reason = "not-found"
