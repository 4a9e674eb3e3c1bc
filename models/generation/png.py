"""PNG with what it was made from inside: iTXt chunks that any reader skips and ours finds."""

import io
import json
import struct
import zlib
from collections.abc import Mapping

import numpy as np
from PIL import Image, PngImagePlugin

from schemas.errors import PictureError
from schemas.records import RgbImage

RECORD_KEY = "longbox:record"
XMP_KEY = "XML:com.adobe.xmp"
_MOST_RECORD_BYTES = 4_000_000
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""Before the digital source types of the IPTC."""


def encode_png(picture: RgbImage, record: Mapping[str, object]) -> bytes:
    """Return a picture as PNG with its record, credit and IPTC source type; same in, same out."""
    info = PngImagePlugin.PngInfo()
    info.add_itxt(RECORD_KEY, json.dumps(record, ensure_ascii=False, sort_keys=True), zip=False)
    info.add_itxt(
        XMP_KEY, _xmp(str(record.get("digital_source_type", "")), str(record.get("credit", ""))), zip=False
    )
    info.add_itxt("Software", f"Longbox {record.get('longbox', '')}".strip())
    return png_of(picture, info)


def png_of(pixels: RgbImage, info: PngImagePlugin.PngInfo | None = None, *, quickly: bool = False) -> bytes:
    """Return RGB or RGBA as PNG; same in, same out.

    ``quickly`` takes a third of the time, and an eighth more room.
    """
    out = io.BytesIO()
    level = 1 if quickly else 6
    Image.fromarray(np.ascontiguousarray(pixels)).save(out, "PNG", pnginfo=info, compress_level=level)
    return out.getvalue()


def record_in(data: bytes) -> dict[str, object]:
    """Return the record inside a PNG. Raises PictureError where there is none.

    Chunks are read by their lengths, without decoding any picture.
    """
    at = 8
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise PictureError("this is no PNG picture")
    while at + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"iTXt" and body.startswith(RECORD_KEY.encode() + b"\0") and length <= _MOST_RECORD_BYTES:
            return _record_of(body)
    raise PictureError("the picture carries no record of how it was made")


def _record_of(body: bytes) -> dict[str, object]:
    try:
        _, rest = body.split(b"\0", 1)
        is_packed, text = rest[0], rest[2:].split(b"\0", 2)[2]
        if is_packed:
            unpacked = zlib.decompressobj()
            text = unpacked.decompress(text, _MOST_RECORD_BYTES)
        record = json.loads(text)
    except (ValueError, IndexError, zlib.error) as error:
        raise PictureError("the record in the picture is damaged") from error
    if not isinstance(record, dict):
        raise PictureError("the record in the picture is damaged")
    return record


def _xmp(source_type: str, credit: str) -> str:
    from xml.sax.saxutils import escape, quoteattr

    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
        f"Iptc4xmpExt:DigitalSourceType={quoteattr(SOURCE_TYPES + source_type)}>"
        f"<photoshop:Credit>{escape(credit)}</photoshop:Credit></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
