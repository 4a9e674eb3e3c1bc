"""Small books of every kind that the standard library can write."""

import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

Entries = dict[str, bytes]


def jpeg(seed: int = 0, size: tuple[int, int] = (24, 32)) -> bytes:
    """A picture that no other seed gives."""
    rng = np.random.default_rng(seed)
    buffer = io.BytesIO()
    pixels = rng.integers(0, 255, (size[1], size[0], 3)).astype(np.uint8)
    Image.fromarray(pixels).save(buffer, "JPEG", quality=60)
    return buffer.getvalue()


def pages(*names: str) -> Entries:
    return {name: jpeg(number) for number, name in enumerate(names)}


def write_zip(
    path: Path, entries: Entries, *, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
        archive.comment = comment
    return path


def write_xz_zip(path: Path, entries: Entries) -> Path:
    """A ZIP of method 95 (XZ), which the standard library does not know."""
    packed = {name: lzma.compress(data) for name, data in entries.items()}
    data = bytearray(zip_bytes(packed, method=zipfile.ZIP_STORED))
    for magic, method_at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = 0
        for plain in entries.values():
            at = data.index(magic, at)
            struct.pack_into("<H", data, at + method_at, 95)
            struct.pack_into("<I", data, at + method_at + 6, zlib.crc32(plain))
            struct.pack_into("<I", data, at + method_at + 14, len(plain))
            at += 4
    path.write_bytes(data)
    return path


def zip_bytes(entries: Entries, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo()
            info.filename, info.compress_type = name, method  # any name, also none
            with archive.open(info, "w") as file:
                file.write(data)
    return buffer.getvalue()


def write_tar(path: Path, entries: Entries, mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:
        for name, data in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def write_7z(path: Path, entries: Entries) -> Path:
    """A 7z (LZMA, solid), written by libarchive."""
    import libarchive

    with libarchive.file_writer(str(path), "7zip") as archive:
        for name, data in entries.items():
            archive.add_file_from_memory(name, len(data), data)
    return path


def write_rar4(path: Path, entries: Entries, *, solid: bool = False, encrypted: bool = False) -> Path:
    """A RAR 2.9 of stored files (https://acritum.com/winrar/rar-format); nobody may write others."""
    out = b"Rar!\x1a\x07\x00" + _rar_block(0x73, 0x0008 if solid else 0, bytes(6))
    for number, (name, data) in enumerate(entries.items()):
        flags = 0x8000 | (0x0010 if solid and number else 0) | (0x0004 if encrypted else 0)
        body = struct.pack("<IIBIIBB", len(data), len(data), 3, zlib.crc32(data), 0x5A21_0000, 29, 0x30)
        body += struct.pack("<HI", len(name), 0o100644) + name.encode()
        out += _rar_block(0x74, flags, body) + data
    path.write_bytes(out + _rar_block(0x7B, 0x4000, b""))
    return path


def _rar_block(kind: int, flags: int, body: bytes) -> bytes:
    block = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(block) & 0xFFFF) + block


def write_folder(path: Path, entries: Entries) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name, data in entries.items():
        (path / name).write_bytes(data)
    return path


def encrypt_flag(data: bytes) -> bytes:
    """Mark all entries of a ZIP as encrypted, in the local headers and in the directory."""
    patched = bytearray(data)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = patched.find(magic)
        while at >= 0:
            patched[at + offset] |= 1
            at = patched.find(magic, at + 4)
    return bytes(patched)


def set_method(data: bytes, method: int) -> bytes:
    """Give all entries of a ZIP another compression method number."""
    patched = bytearray(data)
    for magic, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = patched.find(magic)
        while at >= 0:
            struct.pack_into("<H", patched, at + offset, method)
            at = patched.find(magic, at + 4)
    return bytes(patched)


def write_pdf(
    path: Path, jpegs: list[bytes], *, info: dict[str, str] | None = None, extra: bytes = b""
) -> Path:
    """A PDF whose pages are one JPEG each, filling a page of its own size in points."""
    objects: list[bytes] = []
    kids = " ".join(f"{3 + 3 * i} 0 R" for i in range(len(jpegs)))
    objects.append(b"<< /Type /Catalog /Pages 2 0 R " + extra + b">>")
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(jpegs)} >>".encode())
    for number, data in enumerate(jpegs):
        width, height = Image.open(io.BytesIO(data)).size
        first = 3 + 3 * number
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] "
            f"/Resources << /XObject << /Im0 {first + 1} 0 R >> >> /Contents {first + 2} 0 R >>".encode()
        )
        objects.append(
            f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8 "
            f"/ColorSpace /DeviceRGB /Filter /DCTDecode /Length {len(data)} >>\nstream\n".encode()
            + data
            + b"\nendstream"
        )
        content = picture_content(width, height)
        objects.append(f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream")
    if info:
        body = " ".join(f"/{key} ({value})" for key, value in info.items())
        objects.append(f"<< {body} >>".encode())
    path.write_bytes(_pdf_file(objects, has_info=bool(info)))
    return path


def picture_content(width: int, height: int) -> bytes:
    """The content stream of a page that is one picture, with room for tests to draw more."""
    return f"q {width} 0 0 {height} 0 0 cm /Im0 Do Q".encode().ljust(80)


def _pdf_file(objects: list[bytes], *, has_info: bool) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    info = f"/Info {len(objects)} 0 R " if has_info else ""
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {info}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


CONTAINER_XML = (
    b'<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    b'<rootfile full-path="OPS/package.opf"/></rootfiles></container>'
)


def epub_entries(
    documents: dict[str, str], spine: list[str], images: list[str], *, extra: str = ""
) -> Entries:
    """An EPUB: XHTML documents by name, their order, and the names of its pictures."""
    items = "".join(
        f'<item id="d{i}" href="{name}" media-type="application/xhtml+xml"/>'
        for i, name in enumerate(documents)
    ) + "".join(f'<item id="i{i}" href="{name}" media-type="image/jpeg"/>' for i, name in enumerate(images))
    ids = {name: f"d{i}" for i, name in enumerate(documents)} | {n: f"i{i}" for i, n in enumerate(images)}
    refs = "".join(f'<itemref idref="{ids[name]}"/>' for name in spine)
    package = (
        '<package version="3.0" xmlns="http://www.idpf.org/2007/opf" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>Frogs</dc:title>{extra}</metadata><manifest>{items}</manifest>"
        f'<spine page-progression-direction="rtl">{refs}</spine></package>'
    )
    entries: Entries = {"mimetype": b"application/epub+zip", "META-INF/container.xml": CONTAINER_XML}
    entries["OPS/package.opf"] = package.encode()
    entries |= {f"OPS/{name}": text.encode() for name, text in documents.items()}
    return entries | {f"OPS/{name}": jpeg(number) for number, name in enumerate(images)}
