"""The rules of the specifications, as checks: OPDS 1.2 on RFC 4287, and OPDS 2.0 on its manifest.

Each check names the section it comes from.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/terms/}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
ACQUISITION = "http://opds-spec.org/acquisition"
IMAGE_RELS = ("http://opds-spec.org/image", "http://opds-spec.org/image/thumbnail")
NAVIGATION_MEDIA = "application/atom+xml;profile=opds-catalog;kind=navigation"
ACQUISITION_MEDIA = "application/atom+xml;profile=opds-catalog;kind=acquisition"
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_W3CDTF = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_MEDIA = re.compile(r"[\w.+-]+/[\w.+-]+(;[\w.-]+=[\w.-]+)*")


def links(parent: Element, rel: str) -> list[Element]:
    return [link for link in parent.findall(f"{ATOM}link") if link.get("rel", "alternate") == rel]


def check_atom_feed(text: bytes) -> Element:
    """Hold a feed against RFC 4287 and what OPDS 1.2 asks of every feed."""
    feed = fromstring(text)
    assert feed.tag == f"{ATOM}feed"  # RFC 4287, 4.1.1
    _check_once(feed, "id", "title", "updated")
    entries = feed.findall(f"{ATOM}entry")
    has_author = feed.find(f"{ATOM}author") is not None
    assert has_author or all(entry.find(f"{ATOM}author") is not None for entry in entries)  # 4.1.1
    assert len(links(feed, "self")) == 1  # OPDS 1.2, 2.6.1: a feed SHOULD say where it is
    (start,) = links(feed, "start")  # 2.1: every feed SHOULD lead to the root
    assert start.get("type") == NAVIGATION_MEDIA
    for search in links(feed, "search"):  # 3
        assert search.get("type") == "application/opensearchdescription+xml"
    _check_links(feed)
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(ids) == len(set(ids))  # RFC 4287, 4.1.1: the same id only for versions of one entry
    for entry in entries:
        _check_entry(entry)
    return feed


def check_navigation_feed(text: bytes) -> list[str]:
    """Hold a navigation feed against OPDS 1.2, 2.2; return where it leads."""
    feed = check_atom_feed(text)
    entries = feed.findall(f"{ATOM}entry")
    assert entries
    found = []
    for entry in entries:
        catalogues = [link for link in entry.findall(f"{ATOM}link") if "opds-catalog" in link.get("type", "")]
        assert catalogues  # 2.2: each entry MUST lead to a catalogue feed
        assert entry.find(f"{ATOM}content") is not None  # 2.2: SHOULD describe it briefly
        found += [link.get("href") for link in catalogues]
    return found


def check_acquisition_feed(text: bytes) -> list[Element]:
    """Hold an acquisition feed against OPDS 1.2, 2.3 and 5; return its entries."""
    feed = check_atom_feed(text)
    for rel in ("first", "previous", "next", "last"):  # 2.4: paging as in RFC 5005
        assert len(links(feed, rel)) <= 1
    entries = feed.findall(f"{ATOM}entry")
    for entry in entries:
        acquired = [x for x in entry.findall(f"{ATOM}link") if x.get("rel", "").startswith(ACQUISITION)]
        assert acquired  # 2.3 and 5.2: at least one acquisition link
        assert all(link.get("type") for link in acquired)  # 5.2.2
        for rel in IMAGE_RELS:  # 5.2.3: images MUST be GIF, JPEG or PNG
            assert all(x.get("type") in ("image/gif", "image/jpeg", "image/png") for x in links(entry, rel))
        for issued in entry.findall(f"{DC}issued"):  # 5.1: a date of publication in W3CDTF
            assert _W3CDTF.fullmatch(issued.text or "")
        assert entry.findtext(f"{DC}identifier")
    return entries


def _check_entry(entry: Element) -> None:
    _check_once(entry, "id", "title", "updated")  # RFC 4287, 4.1.2
    if entry.find(f"{ATOM}content") is None:
        assert links(entry, "alternate")  # 4.1.2
    for name in ("summary", "content", "rights"):
        assert len(entry.findall(f"{ATOM}{name}")) <= 1
    for author in entry.findall(f"{ATOM}author"):
        assert author.findtext(f"{ATOM}name")  # 3.2.1
    for category in entry.findall(f"{ATOM}category"):
        assert category.get("term")  # 4.2.2
    _check_links(entry)


def _check_once(parent: Element, *names: str) -> None:
    for name in names:
        assert len(parent.findall(f"{ATOM}{name}")) == 1, name
    assert parent.findtext(f"{ATOM}id")
    assert _RFC3339.fullmatch(parent.findtext(f"{ATOM}updated") or "")


def _check_links(parent: Element) -> None:
    seen = set()
    for link in parent.findall(f"{ATOM}link"):
        assert link.get("href")  # RFC 4287, 4.2.7.1
        assert _MEDIA.fullmatch(link.get("type") or "")
        key = (link.get("rel"), link.get("type"), link.get("hreflang"))
        assert link.get("rel") != "alternate" or key not in seen  # 4.1.1 and 4.1.2
        seen.add(key)


def check_opds2_feed(feed: dict) -> dict:
    """Hold a feed against OPDS 2.0: the abstract model and its collections."""
    assert feed["metadata"]["title"]  # must contain a title
    assert _rels(feed["links"]).count("self") == 1  # must contain a reference to itself
    assert any(role in feed for role in ("navigation", "publications", "groups"))  # at least one of these
    for link in feed["links"]:
        _check_link(link)
        if link["rel"] == "search":  # a URI template with at least one parameter: query
            assert re.search(r"{\?(\w+,)*query(,\w+)*}", link["href"])
    for link in feed.get("navigation", ()):
        _check_link(link)
        assert link["title"]  # navigation is for people: each link MUST have a title
    for publication in feed.get("publications", ()):
        _check_publication(publication)
    counted = feed["metadata"]
    assert all(type(counted[n]) is int for n in ("numberOfItems", "itemsPerPage") if n in counted)
    return feed


def _check_publication(publication: dict) -> None:
    metadata = publication["metadata"]
    assert metadata["title"]
    assert re.fullmatch(r"(urn:|https?:)\S+", metadata["identifier"])  # a URI
    assert datetime.fromisoformat(metadata["modified"]).tzinfo is not None
    if "published" in metadata:
        datetime.strptime(metadata["published"], "%Y-%m-%d")
    assert metadata.get("readingProgression", "ltr") in ("rtl", "ltr", "auto")
    assert metadata.get("numberOfPages", 1) > 0
    for people in ("author", "artist", "penciler", "inker", "colorist", "letterer", "contributor"):
        assert all(person["name"] for person in metadata.get(people, ()))
    rels = _rels(publication["links"])
    assert rels.count("self") == 1  # must provide a self link
    assert any(rel.startswith(ACQUISITION) for rel in rels)  # at least one acquisition link
    for link in publication["links"]:
        _check_link(link)
    kinds = {image["type"] for image in publication["images"]}
    assert kinds & {"image/jpeg", "image/png", "image/gif"}  # at least one that every reader shows
    assert all(image["href"] for image in publication["images"])


def _check_link(link: dict) -> None:
    assert link["href"]
    assert _MEDIA.fullmatch(link["type"])
    assert ("{" in link["href"]) is link.get("templated", False)


def _rels(all_links: list[dict]) -> list[str]:
    return list(_each_rel(all_links))


def _each_rel(all_links: list[dict]) -> Iterator[str]:
    for link in all_links:
        rel = link.get("rel", ())
        yield from [rel] if isinstance(rel, str) else rel
