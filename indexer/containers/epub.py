"""Order of the pictures of an EPUB: container.xml → package (OPF) → spine → pages.

EPUB 3.3, https://www.w3.org/TR/epub-33/. Pages of a fixed-layout comic are XHTML or SVG
documents that hold a picture each.
"""

import posixpath
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError

from schemas.errors import CorruptContainerError, EncryptedContainerError

CONTAINER_FILE = "META-INF/container.xml"
ENCRYPTION_FILE = "META-INF/encryption.xml"
_MAX_SPINE = 20_000
_FONT_OBFUSCATION = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")

ReadMember = Callable[[str], bytes | None]
"""Reads a member by its exact name, bounded; None where there is none."""


@dataclass(frozen=True, slots=True)
class EpubOrder:
    """Names of the pictures in reading order, and where the package document is."""

    pictures: tuple[str, ...]
    package_name: str
    package: bytes


@dataclass(frozen=True, slots=True)
class _Item:
    path: str
    media_type: str
    properties: tuple[str, ...]


def read_order(read: ReadMember, pictures: Collection[str], *, book: str) -> EpubOrder:
    """Find the pictures of an EPUB in reading order.

    Pictures of the spine's documents in their order, the cover first; where the spine shows
    none, the pictures of the manifest.

    Raises:
        CorruptContainerError: no package document can be read.
        EncryptedContainerError: the pictures are protected (DRM).
    """
    _refuse_protected(read, pictures, book)
    package_name, package = _find_package(read, book)
    root = _parse(package, f"the package document of {book}")
    items = _manifest(root, posixpath.dirname(package_name))
    found = list(dict.fromkeys(_spine_pictures(root, items, read, pictures)))
    if not found:
        found = [item.path for item in items.values() if item.path in pictures]
    cover = _cover(root, items)
    if cover is not None and cover in pictures and cover not in found:
        found.insert(0, cover)
    return EpubOrder(tuple(found), package_name, package)


def _find_package(read: ReadMember, book: str) -> tuple[str, bytes]:
    container = read(CONTAINER_FILE)
    if container is not None:
        for element in _parse(container, f"{CONTAINER_FILE} of {book}").iter():
            name = _resolve("", element.get("full-path") or "")
            package = read(name) if _local(element) == "rootfile" and name else None
            if package is not None:
                return name, package
    raise CorruptContainerError(f"{book} is an EPUB without a package document: its order is unknown")


def _manifest(root: Element, folder: str) -> dict[str, _Item]:
    items = {}
    for element in root.iter():
        if _local(element) == "item" and element.get("id") and element.get("href"):
            items[element.get("id", "")] = _Item(
                path=_resolve(folder, element.get("href", "")),
                media_type=element.get("media-type", "").lower(),
                properties=tuple(element.get("properties", "").split()),
            )
    return items


def _spine_pictures(
    root: Element, items: dict[str, _Item], read: ReadMember, pictures: Collection[str]
) -> Iterator[str]:
    spine = [element for element in root.iter() if _local(element) == "itemref"]
    for element in spine[:_MAX_SPINE]:
        item = items.get(element.get("idref", ""))
        if item is None:
            continue
        if item.path in pictures:
            yield item.path
            continue
        document = read(item.path)
        if document is not None:
            for reference in _references(document):
                path = _resolve(posixpath.dirname(item.path), reference)
                if path in pictures:
                    yield path


def _cover(root: Element, items: dict[str, _Item]) -> str | None:
    """Return the declared cover picture: EPUB 3 property, or EPUB 2 ``meta name="cover"``."""
    for item in items.values():
        if "cover-image" in item.properties:
            return item.path
    for element in root.iter():
        if _local(element) == "meta" and element.get("name") == "cover":
            item_of_meta = items.get(element.get("content", ""))
            return item_of_meta.path if item_of_meta else None
    return None


def _refuse_protected(read: ReadMember, pictures: Collection[str], book: str) -> None:
    encryption = read(ENCRYPTION_FILE)
    if encryption is None:
        return
    for block in _parse(encryption, f"{ENCRYPTION_FILE} of {book}"):
        parts = list(block.iter())
        methods = [e.get("Algorithm", "") for e in parts if _local(e) == "EncryptionMethod"]
        targets = [_resolve("", e.get("URI", "")) for e in parts if _local(e) == "CipherReference"]
        if any(target in pictures for target in targets) and not set(methods) & set(_FONT_OBFUSCATION):
            raise EncryptedContainerError(f"{book} is protected (DRM): only its owner's reader opens it")


class _PictureReferences(HTMLParser):
    """Collects what a page shows. An HTML parser, since pages use entities that XML does not know."""

    _ATTRIBUTES = {"img": ("src",), "image": ("href", "xlink:href"), "object": ("data",)}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = self._ATTRIBUTES.get(tag.rsplit(":", 1)[-1], ())
        self.found += [value for name, value in attrs if name in wanted and value]


def _references(document: bytes) -> list[str]:
    parser = _PictureReferences()
    encoding = "utf-16" if document[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    parser.feed(document.decode(encoding, "replace"))
    return parser.found


def _resolve(folder: str, reference: str) -> str:
    """Return the member that a reference means; a name to look up, never a path on disk."""
    try:
        path = unquote(urlsplit(reference).path)
    except ValueError:
        return ""
    return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")


def _parse(data: bytes, what: str) -> Element:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise CorruptContainerError(f"{what} is no valid XML: {error}") from error
    return root


def _local(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""
