"""PDF by pdfium: the embedded JPEG where a page is one picture, else the page rendered.

pdfium is not thread-safe: one lock guards every call of the process, and every object is closed
under it.
"""

import json
import math
import mmap
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.containers import names
from indexer.containers.book import Container, PageEntry, book_failure
from schemas.config import ContainerLimits
from schemas.errors import (
    ContainerError,
    CorruptContainerError,
    EmptyBookError,
    EncryptedContainerError,
    LimitExceededError,
    LongboxError,
    PictureTooLargeError,
    UnsupportedContainerError,
)

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument, PdfImage, PdfPage

INFO_NAME = "pdf-info.json"
"""Under this name ``metadata_files`` carries the document information dictionary."""
XMP_NAME = "pdf-xmp.xml"
"""Under this name it carries the XMP packet."""

_RENDER_DPI = 200
_POINTS_PER_INCH = 72
_RENDER_MIN_SIDE_PX = 1_400  # pages that declare a tiny sheet still get readable lettering
_RENDER_MAX_PIXELS = 24_000_000
_COVERS_PAGE = 0.9
_MAX_ATTACHMENTS = 100
_XMP_START, _XMP_END = b"<x:xmpmeta", b"</x:xmpmeta>"
_PASSWORD_ERROR, _SECURITY_ERROR = 4, 5  # FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY
_INVISIBLE_TEXT = 3  # text render mode of an OCR layer
_pdfium = threading.Lock()


class PdfContainer(Container):
    """Pages of a PDF, named ``page-0001`` and so on."""

    def __init__(self, path: Path, *, limits: ContainerLimits) -> None:
        super().__init__(path, "pdf")
        self._limits = limits
        with _pdfium:
            self._document = _open(path)
            try:
                self._list_pages()
                failures: list[LongboxError] = []
                self.metadata_files = _metadata(self._document, limits, path.name, failures)
                self.failures = tuple(book_failure(failure) for failure in failures)
            except BaseException:
                self._document.close()
                raise
        packet = _xmp_packet(path, limits.max_metadata_bytes)
        if packet is not None:
            self.metadata_files[XMP_NAME] = packet

    def _list_pages(self) -> None:
        count = len(self._document)
        if count < 1:
            raise EmptyBookError(f"{self.path.name} is a PDF without pages: nothing to index")
        if count > self._limits.max_entries:
            raise LimitExceededError(
                f"{self.path.name} declares {count} pages, more than {self._limits.max_entries}: not read"
            )
        self.entries = tuple(PageEntry(index, f"page-{index + 1:04d}") for index in range(count))

    def _read(self, entry: PageEntry) -> bytes:
        import pypdfium2

        where = f"{entry.name} of {self.path.name}"
        try:
            with _pdfium, closing(self._document[entry.index]) as page:
                data = self._embedded_jpeg(page, where)
                image = None if data is not None else self._render(page)
        except (pypdfium2.PdfiumError, ValueError, OSError, MemoryError) as error:
            if isinstance(error, (ContainerError, PictureTooLargeError)):
                raise
            raise CorruptContainerError(f"{where} cannot be rendered: {error}") from error
        if image is None:
            return data or b""
        buffer = BytesIO()
        image.save(buffer, "PNG", compress_level=1)  # lossless; it lives only until it is decoded
        return buffer.getvalue()

    def _embedded_jpeg(self, page: "PdfPage", where: str) -> bytes | None:
        """Return the page's one JPEG, or None where anything else takes part in what is seen."""
        with _objects(page) as (pictures, others):
            for picture in pictures:
                width, height = picture.get_px_size()
                if width * height > self._limits.picture.max_pixels:
                    raise PictureTooLargeError(f"{where} holds a picture of {width} x {height} pixels")
            if others or len(pictures) != 1 or page.get_rotation() != 0:
                return None
            picture = pictures[0]
            if picture.get_filters() != ["DCTDecode"] or not _fills(picture, page) or not _plain(picture):
                return None
            data = bytes(picture.get_data())
        return data if len(data) <= self._limits.picture.max_bytes else None

    def _render(self, page: "PdfPage") -> "Image":
        from PIL.Image import fromarray

        width, height = page.get_size()
        if not (math.isfinite(width) and math.isfinite(height)) or min(width, height) <= 0:
            raise ValueError("the page has no size")
        scale = max(_RENDER_DPI / _POINTS_PER_INCH, _RENDER_MIN_SIDE_PX / max(width, height))
        most = min(_RENDER_MAX_PIXELS, self._limits.picture.max_pixels)
        scale = min(scale, math.sqrt(most / (width * height)), 65_000 / max(width, height))
        with closing(page.render(scale=scale, rev_byteorder=True)) as bitmap:
            return fromarray(bitmap.to_numpy().copy())

    def close(self) -> None:
        """Release the document."""
        with _pdfium:
            self._document.close()


@contextmanager
def _objects(page: "PdfPage") -> Iterator[tuple[list["PdfImage"], bool]]:
    """Give the page's pictures, and whether anything else on it can be seen."""
    from pypdfium2 import PdfImage, raw

    found = list(page.get_objects(max_depth=3))
    try:
        pictures = [item for item in found if isinstance(item, PdfImage)]
        others = any(not _is_unseen(item.raw, item.type) for item in found if item not in pictures)
        yield pictures, others or raw.FPDFPage_GetAnnotCount(page.raw) > 0
    finally:
        for item in found:
            item.close()


def _is_unseen(handle: object, kind: int) -> bool:
    """Say whether an object is a form (its parts are listed too) or the invisible text of OCR."""
    from pypdfium2 import raw

    if kind == raw.FPDF_PAGEOBJ_FORM:
        return True
    if kind != raw.FPDF_PAGEOBJ_TEXT:
        return False
    return bool(raw.FPDFTextObj_GetTextRenderMode(handle) == _INVISIBLE_TEXT)


def _fills(picture: "PdfImage", page: "PdfPage") -> bool:
    """Say whether a picture stands upright, covers the page and is not cropped by it."""
    matrix = picture.get_matrix()
    if matrix.b or matrix.c or matrix.a <= 0 or matrix.d <= 0:
        return False
    left, bottom, right, top = picture.get_bounds()
    crop = page.get_cropbox()
    width = min(right, crop[2]) - max(left, crop[0])
    height = min(top, crop[3]) - max(bottom, crop[1])
    if width <= 0 or height <= 0:
        return False
    page_area = (crop[2] - crop[0]) * (crop[3] - crop[1])
    picture_area = (right - left) * (top - bottom)
    return bool(width * height >= _COVERS_PAGE * max(page_area, picture_area))


def _plain(picture: "PdfImage") -> bool:
    """Say whether the JPEG looks the same outside the PDF: grey or RGB, no transparency."""
    from pypdfium2 import raw

    if raw.FPDFPageObj_HasTransparency(picture.raw):
        return False
    return picture.get_metadata().bits_per_pixel in (8, 24)


def _open(path: Path) -> "PdfDocument":
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code == _PASSWORD_ERROR:
            raise EncryptedContainerError(
                f"{path.name} is encrypted: save it without password first"
            ) from error
        if code == _SECURITY_ERROR:
            raise UnsupportedContainerError(f"{path.name} uses a protection that pdfium lacks") from error
        raise CorruptContainerError(f"{path.name} is a damaged PDF: {error}") from error
    except OSError as error:
        raise ContainerError(f"{path.name} cannot be read: {error.strerror}") from error


def _metadata(
    document: "PdfDocument", limits: ContainerLimits, book: str, failures: list[LongboxError]
) -> dict[str, bytes]:
    """Collect the information dictionary and attached metadata files (ComicInfo.xml)."""
    import pypdfium2

    found: dict[str, bytes] = {}
    info = document.get_metadata_dict(skip_empty=True)
    direction = _declared_direction(document)
    if direction:
        info["Direction"] = direction
    if info:
        data = json.dumps(info).encode()
        if len(data) <= limits.max_metadata_bytes:
            found[INFO_NAME] = data
    try:
        for index in range(min(document.count_attachments(), _MAX_ATTACHMENTS)):
            attachment = document.get_attachment(index)
            name = attachment.get_name()
            if names.is_metadata(name):
                data = bytes(attachment.get_data())
                if len(data) <= limits.max_metadata_bytes:
                    found[names.display_name(name)] = data
    except (pypdfium2.PdfiumError, ValueError) as error:
        failures.append(CorruptContainerError(f"an attachment of {book} is damaged: {error}"))
    return found


def _declared_direction(document: "PdfDocument") -> str:
    """Return the viewer preference ``L2R`` or ``R2L``, empty where none is given."""
    from ctypes import create_string_buffer

    from pypdfium2 import raw

    buffer = create_string_buffer(8)
    raw.FPDF_VIEWERREF_GetName(document.raw, b"Direction", buffer, len(buffer))
    return buffer.value.decode("ascii", "replace")


def _xmp_packet(path: Path, max_bytes: int) -> bytes | None:
    """Find the XMP packet, which is meant to be found by its text (XMP specification part 3)."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            start = view.find(_XMP_START)
            end = view.find(_XMP_END, start) if start >= 0 else -1
            packet = view[start : min(end + len(_XMP_END), start + max_bytes + 1)] if end > start else b""
    except (OSError, ValueError):
        return None
    return packet if 0 < len(packet) <= max_bytes else None
