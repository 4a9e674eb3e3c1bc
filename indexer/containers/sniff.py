"""What a file is, by its first bytes; names lie (a .cbr is often a ZIP)."""

from enum import StrEnum
from pathlib import Path

_TAR_MAGIC_AT = 257
HEAD_BYTES = 1024  # a PDF header may stand anywhere in the first KiB


class Magic(StrEnum):
    """Formats that can hold a book."""

    ZIP = "zip"
    RAR4 = "rar4"
    RAR5 = "rar5"
    SEVEN_ZIP = "7z"
    TAR = "tar"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    PDF = "pdf"


CONTAINER_KINDS = {
    Magic.ZIP: "cbz",
    Magic.RAR4: "cbr",
    Magic.RAR5: "cbr",
    Magic.SEVEN_ZIP: "cb7",
    Magic.TAR: "cbt",
    Magic.GZIP: "cbt",
    Magic.BZIP2: "cbt",
    Magic.XZ: "cbt",
    Magic.PDF: "pdf",
}
"""The word that a library stores for each format; an EPUB is a ZIP until it is opened."""

_PREFIXES = (
    (b"PK\x03\x04", Magic.ZIP),
    (b"PK\x05\x06", Magic.ZIP),  # without entries
    (b"PK\x07\x08", Magic.ZIP),  # split, or made by a streaming writer
    (b"Rar!\x1a\x07\x01\x00", Magic.RAR5),
    (b"Rar!\x1a\x07\x00", Magic.RAR4),
    (b"7z\xbc\xaf\x27\x1c", Magic.SEVEN_ZIP),
    (b"\x1f\x8b", Magic.GZIP),
    (b"BZh", Magic.BZIP2),
    (b"\xfd7zXZ\x00", Magic.XZ),
)

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")


def sniff(head: bytes) -> Magic | None:
    """Name the format of a file from its first ``HEAD_BYTES`` bytes; None for none of ours."""
    for prefix, magic in _PREFIXES:
        if head.startswith(prefix):
            return magic
    if head[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar":
        return Magic.TAR
    if b"%PDF-" in head:
        return Magic.PDF
    return None


def is_picture(head: bytes) -> bool:
    """Say whether a file begins like one of the picture formats that comics are made of."""
    return head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def sniff_file(path: Path) -> Magic | None:
    """Name the format of a file. Raises OSError."""
    with path.open("rb") as file:
        return sniff(file.read(HEAD_BYTES))
