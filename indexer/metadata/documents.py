"""Parses hostile XML and JSON: no entities, no network, any encoding, bounded."""

import json
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from schemas.errors import ContainerError, CorruptContainerError, LimitExceededError

_MAX_BYTES = 8 * 1024 * 1024
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse_xml(data: bytes, name: str) -> Element:
    """Parse XML; what declares a wrong encoding or holds control characters is mended first.

    Raises:
        LimitExceededError: it is too large.
        CorruptContainerError: it is no XML, or declares entities.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(data) > _MAX_BYTES:
        raise LimitExceededError(f"{name} has more than {_MAX_BYTES} bytes: its metadata are ignored")
    reason: Exception | None = None
    for document in (data, _mended(data)):
        try:
            root: Element = fromstring(document)
        except DefusedXmlException as error:
            raise CorruptContainerError(
                f"{name} declares XML entities, as attacks do: its metadata are ignored"
            ) from error
        except (ParseError, ValueError, LookupError) as error:
            reason = error
        else:
            return root
    raise CorruptContainerError(f"{name} is no valid XML ({reason}): its metadata are ignored")


def parse_json(data: bytes, name: str) -> dict[str, object]:
    """Parse a JSON object. Raises LimitExceededError, CorruptContainerError."""
    if len(data) > _MAX_BYTES:
        raise LimitExceededError(f"{name} has more than {_MAX_BYTES} bytes: its metadata are ignored")
    try:
        value = json.loads(data.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise _no_json(name) from error
    if not isinstance(value, dict):
        raise _no_json(name)
    return value


def _no_json(name: str) -> ContainerError:
    return CorruptContainerError(f"{name} is no valid JSON object: its metadata are ignored")


def _mended(data: bytes) -> str:
    """Decode by BOM or as UTF-8 whatever the declaration says, without characters XML forbids."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = _DECLARATION.sub("", data.decode(encoding, "replace"))
    return _NOT_XML.sub("", text[max(0, text.find("<")) :])


def local(element: Element) -> str:
    """Return the tag without its namespace, lower case."""
    return element.tag.rsplit("}", 1)[-1].lower() if isinstance(element.tag, str) else ""


def child(element: Element | None, *path: str) -> Element | None:
    """Return the first descendant along a path of lower-case tags."""
    for tag in path:
        if element is None:
            return None
        element = next((item for item in element if local(item) == tag), None)
    return element


def children(element: Element | None, tag: str) -> Iterator[Element]:
    """Give the direct children of one lower-case tag."""
    if element is not None:
        yield from (item for item in element if local(item) == tag)


def said(element: Element | None, *path: str) -> str | None:
    """Return the text of the first descendant along a path."""
    found = child(element, *path)
    return found.text if found is not None else None


def full_text(element: Element | None) -> str | None:
    """Return all text below an element, one line a child, markup left out."""
    if element is None:
        return None
    return "\n".join("".join(part.itertext()) for part in element) if len(element) else element.text
