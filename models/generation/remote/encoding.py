"""How pictures travel: PNG, base64, and forms with files."""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from models.generation.remote.client import Question
from schemas.records import RgbImage


@dataclass(frozen=True, slots=True)
class FormFile:
    """A PNG in a form."""

    field: str
    file_name: str
    data: bytes


def png_of(picture: RgbImage) -> bytes:
    """Return a picture as PNG, packed quickly: it is sent once."""
    buffer = BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def base64_png(picture: RgbImage) -> str:
    """Return a picture as PNG in base64."""
    return base64.b64encode(png_of(picture)).decode("ascii")


def from_base64(text: str) -> bytes | None:
    """Return the bytes of base64, with or without the head of a data URL; None where it is none."""
    encoded = text.partition(",")[2] if text.startswith("data:") else text
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None


def form_question(path: str, values: Iterable[tuple[str, str]], files: Iterable[FormFile]) -> Question:
    """Return a POST of ``multipart/form-data`` (RFC 7578); field and file names are our own."""
    parts = [
        (f'Content-Disposition: form-data; name="{name}"\r\n\r\n'.encode(), text.encode())
        for name, text in values
    ]
    for file in files:
        head = (
            f'Content-Disposition: form-data; name="{file.field}"; filename="{file.file_name}"\r\n'
            "Content-Type: image/png\r\n\r\n"
        )
        parts.append((head.encode(), file.data))
    boundary = _boundary(parts)
    body = b"".join(b"--" + boundary + b"\r\n" + head + data + b"\r\n" for head, data in parts)
    kind = f"multipart/form-data; boundary={boundary.decode()}"
    return Question("POST", path, body + b"--" + boundary + b"--\r\n", {"Content-Type": kind})


def _boundary(parts: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return a line that stands in none of the parts, as no part can hold its own hash."""
    digest = hashlib.sha256()
    for head, data in parts:
        digest.update(head + data)
    return b"longbox-" + digest.hexdigest()[:32].encode()
