"""Books that are archives: ZIP, RAR, 7z, TAR, and archives inside them."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from indexer.containers import epub, names
from indexer.containers.book import Container, PageEntry, PageRead, book_failure
from indexer.containers.budget import Budget
from indexer.containers.libarchive_reader import LibarchiveReader
from indexer.containers.rar_tool import RarToolReader
from indexer.containers.reader import ArchiveReader, Member
from indexer.containers.remarks import Remarks
from indexer.containers.sniff import Magic, is_picture, sniff_file
from indexer.containers.spool import in_page_order
from indexer.containers.tar_reader import TarReader
from indexer.containers.zip_reader import open_zip
from schemas.errors import (
    BackendUnavailableError,
    ContainerError,
    CorruptContainerError,
    EmptyBookError,
    EncryptedContainerError,
    LimitExceededError,
    LongboxError,
    PictureError,
    PictureTooLargeError,
    UnsupportedContainerError,
)

ReaderFactory = Callable[[], ArchiveReader]


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a page lies: which archive (0 is the book itself), which member, shown as what."""

    archive_no: int
    reader: ArchiveReader
    member: Member
    shown: str


@dataclass(slots=True)
class Listing:
    """What a scan of one archive found."""

    reader: ArchiveReader
    archive_no: int
    pages: list[Member] = field(default_factory=list)
    others: dict[str, Member] = field(default_factory=dict)
    metadata: dict[str, bytes] = field(default_factory=dict)
    inner: list[tuple[str, Path]] = field(default_factory=list)
    too_deep: bool = False
    failures: list[LongboxError] = field(default_factory=list)


class ArchiveContainer(Container):
    """Pages of an archive in natural order, followed by those of the archives inside it."""

    def __init__(self, path: Path, kind: str, *, slots: Sequence[Slot], budget: Budget) -> None:
        super().__init__(path, kind)
        shown = names.unique_names(slot.shown for slot in slots)
        self._slots = tuple(slots)
        self._budget = budget
        self.entries = tuple(
            PageEntry(index, name, slot.member.size)
            for index, (name, slot) in enumerate(zip(shown, slots, strict=True))
        )
        self.resources = ExitStack()

    def iter_pages(self) -> Iterator[PageRead]:
        """Give every page in order; archives without random access are read in one pass each."""
        by_archive: dict[int, list[PageEntry]] = {}
        for entry, slot in zip(self.entries, self._slots, strict=True):
            by_archive.setdefault(slot.archive_no, []).append(entry)
        for entries in by_archive.values():
            if self._slots[entries[0].index].reader.sequential:
                order = sorted(entries, key=lambda entry: self._slots[entry.index].member.index)
                yield from in_page_order(entries, order, self._attempt)
            else:
                yield from map(self._attempt, entries)

    def _read(self, entry: PageEntry) -> bytes:
        slot = self._slots[entry.index]
        return self._budget.read_member(
            (slot.archive_no, slot.member.index),
            slot.reader.chunks(slot.member),
            max_bytes=self._budget.limits.picture.max_bytes,
            name=entry.name,
        )

    def close(self) -> None:
        """Release all archives and the copies of inner ones."""
        self.resources.close()


class ArchiveOpener:
    """Opens one book that is an archive; keeps what has to be closed if it fails midway."""

    def __init__(self, path: Path, *, budget: Budget, book: str) -> None:
        self._path, self._budget, self._book = path, budget, book
        self._resources = ExitStack()
        self._archives = 0
        self._remarks = Remarks(book)

    def open(self, magic: Magic, kind: str) -> ArchiveContainer:
        """Open the book. Raises ContainerError."""
        with self._resources:
            listing = self.list_archive(self._path, magic, depth=0)
            slots = self._slots_of(listing, prefix="")
            if epub.CONTAINER_FILE in listing.others:
                kind = "epub"
                slots = self._in_epub_order(listing, slots)
            metadata, failures = dict(listing.metadata), list(listing.failures)
            for name, path in sorted(listing.inner, key=lambda item: names.natural_key(item[0])):
                slots += self._inner_slots(name, path, metadata, failures)
            if not slots:
                slots = self._nameless_pages(listing)
            if not slots:
                raise self._no_page(listing, failures)
            container = ArchiveContainer(self._path, kind, slots=slots, budget=self._budget)
            container.metadata_files = metadata
            container.zip_comment = listing.reader.comment
            container.failures = (*map(book_failure, failures), *self._remarks.failures())
            container.resources = self._resources.pop_all()
            return container

    def list_archive(self, path: Path, magic: Magic, *, depth: int) -> Listing:
        """Scan an archive with the first reader that knows its variant."""
        refusal: LongboxError | None = None
        for factory in self._readers(path, magic):
            try:
                with ExitStack() as attempt:
                    reader = attempt.enter_context(closing(factory()))
                    listing = self._scan(reader, depth)
                    _probe(listing)
                    self._resources.push(attempt.pop_all())
                    return listing
            except (UnsupportedContainerError, BackendUnavailableError) as error:
                refusal = error
        raise refusal or UnsupportedContainerError(f"{self._book} has a format that no reader knows")

    def _readers(self, path: Path, magic: Magic) -> tuple[ReaderFactory, ...]:
        book = self._book
        if magic is Magic.ZIP:
            return (lambda: open_zip(path, book=book, max_entries=self._budget.limits.max_entries),)
        if magic in (Magic.RAR4, Magic.RAR5):
            archive_format = "rar5" if magic is Magic.RAR5 else "rar"
            return (
                lambda: LibarchiveReader(path, archive_format, book=book),
                lambda: RarToolReader(path, book=book),
            )
        if magic is Magic.SEVEN_ZIP:
            return (lambda: LibarchiveReader(path, "7zip", book=book),)
        return (lambda: TarReader(path, magic, book=book),)

    def _scan(self, reader: ArchiveReader, depth: int) -> Listing:
        listing = Listing(reader, self._archives)
        self._archives += 1
        for member in reader.scan():
            self._budget.list_member(member.size)
            if member.is_link:
                self._remarks.link(member.name)
                continue
            if not names.is_junk(member.name):
                self._remarks.name(member.name)
            if names.is_page(member.name):
                listing.pages.append(member)
            elif names.is_metadata(member.name):
                self._keep_metadata(listing, member)
            elif names.is_archive(member.name):
                self._keep_inner(listing, member, depth)
            else:
                listing.others.setdefault(member.name, member)
        if reader.damage is not None:
            listing.failures.append(CorruptContainerError(f"{self._book}: {reader.damage}"))
        return listing

    def _keep_metadata(self, listing: Listing, member: Member) -> None:
        try:
            data = self._budget.read_member(
                (listing.archive_no, member.index),
                listing.reader.chunks(member),
                max_bytes=self._budget.limits.max_metadata_bytes,
                name=member.name,
            )
        except EncryptedContainerError:
            return  # the probe of the first page says so for the book
        except PictureTooLargeError as error:
            listing.failures.append(LimitExceededError(str(error)))
        except LimitExceededError:
            raise
        except ContainerError as error:
            listing.failures.append(error)
        else:
            listing.metadata[names.display_name(member.name)] = data

    def _keep_inner(self, listing: Listing, member: Member, depth: int) -> None:
        """Copy an inner archive to a temporary file: readers need to seek in it."""
        if depth >= self._budget.limits.max_depth:
            listing.too_deep = True
            return
        try:
            with tempfile.NamedTemporaryFile(prefix="longbox-", delete=False) as copy:
                path = Path(copy.name)
                self._resources.callback(path.unlink, missing_ok=True)
                self._copy(listing, member, copy)
        except LimitExceededError:
            raise
        except ContainerError as error:
            listing.failures.append(error)
        except OSError as error:
            raise ContainerError(
                f"no room in {tempfile.gettempdir()} to unpack {member.name} of {self._book}: "
                f"{error.strerror}"
            ) from error
        else:
            listing.inner.append((names.display_name(member.name), path))

    def _copy(self, listing: Listing, member: Member, copy: IO[bytes]) -> None:
        size = 0
        with closing(listing.reader.chunks(member)) as chunks:
            for chunk in chunks:
                size += len(chunk)
                self._budget.spend((listing.archive_no, member.index), size)
                copy.write(chunk)

    def _inner_slots(
        self, name: str, path: Path, metadata: dict[str, bytes], failures: list[LongboxError]
    ) -> list[Slot]:
        magic = sniff_file(path)
        if magic is None or magic is Magic.PDF:
            failures.append(CorruptContainerError(f"{name} in {self._book} is no archive, as it claims"))
            return []
        try:
            listing = self.list_archive(path, magic, depth=1)
        except LimitExceededError:
            raise
        except (ContainerError, BackendUnavailableError) as error:
            failures.append(error)
            return []
        failures += listing.failures
        if listing.too_deep and not listing.pages:
            failures.append(self._too_deep(name))
        for inner_name, data in listing.metadata.items():
            metadata.setdefault(f"{name}/{inner_name}", data)
        return self._slots_of(listing, prefix=f"{name}/")

    def _in_epub_order(self, listing: Listing, slots: list[Slot]) -> list[Slot]:
        """Order by the spine; natural order, and a failure recorded, where that cannot be read."""
        by_name = {slot.shown: slot for slot in slots}

        def read(name: str) -> bytes | None:
            if name in listing.metadata:
                return listing.metadata[name]
            member = listing.others.get(name)
            if member is None:
                return None
            return self._budget.read_member(
                (listing.archive_no, member.index),
                listing.reader.chunks(member),
                max_bytes=self._budget.limits.max_metadata_bytes,
                name=name,
            )

        try:
            order = epub.read_order(read, by_name, book=self._book)
        except (EncryptedContainerError, LimitExceededError):
            raise
        except (ContainerError, PictureError) as error:
            listing.failures.append(error)
            return slots
        listing.metadata.setdefault(order.package_name, order.package)
        return [by_name[name] for name in order.pictures] or slots

    def _slots_of(self, listing: Listing, *, prefix: str) -> list[Slot]:
        slots = [
            Slot(listing.archive_no, listing.reader, member, prefix + names.display_name(member.name))
            for member in listing.pages
        ]
        return sorted(slots, key=lambda slot: (names.natural_key(slot.shown), slot.shown))

    def _nameless_pages(self, listing: Listing) -> list[Slot]:
        """Find pages by content among files without a suffix, as some downloaders pack them."""
        for member in listing.others.values():
            if names.suffix_of(member.name) or names.is_junk(member.name):
                continue
            try:
                with closing(listing.reader.chunks(member)) as chunks:
                    if is_picture(next(chunks, b"")):
                        listing.pages.append(member)
            except CorruptContainerError:
                continue
        return self._slots_of(listing, prefix="")

    def _no_page(self, listing: Listing, failures: list[LongboxError]) -> ContainerError:
        for failure in failures:
            if isinstance(failure, ContainerError):
                return failure
        if listing.too_deep:
            return self._too_deep(self._book)
        return EmptyBookError(f"{self._book} holds no picture: nothing to index")

    def _too_deep(self, name: str) -> LimitExceededError:
        return LimitExceededError(
            f"{name} holds archives nested deeper than {self._budget.limits.max_depth}: unpack it first"
        )


def _probe(listing: Listing) -> None:
    """Unpack a piece of the first page, to learn of passwords and unknown methods on opening.

    Damage of that page is its own matter and shows when it is read.
    """
    first = min(listing.pages, key=lambda member: member.index, default=None)
    if first is None:
        return
    try:
        with closing(listing.reader.chunks(first)) as chunks:
            next(chunks, b"")
    except CorruptContainerError:
        return
