"""The store's format: Arrow schemas of the LanceDB tables and the library's own description.

A library is a folder that LanceDB opens as a database of five tables. ``books`` is the table of
contents: a page, a panel or a story counts only while its book is there, and of the revision that it names,
since a commit is atomic for one table. Identifiers: ``page_id = f"{book_id}/{page_no:05d}"``,
``panel_id = f"{page_id}#{panel_no:02d}"``, ``story_id = f"{book_id}~{number:03d}"``.
Boxes are page-relative. Vectors are float16; null where a panel lacks that modality.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Self

import pyarrow as pa

from schemas.errors import LibraryFormatError

FORMAT_VERSION = 5
"""2 added the fused vectors, 3 what is seen in panels: tags that can be filtered by and vectors of
descriptions, 4 how light, colourful and wide a panel is, 5 stories as rows of their own and how surely a
book is a comic. An older library has none and stays as it is."""
SEEN_SINCE, MEASURED_SINCE, STORIES_SINCE = 3, 4, 5
METADATA_KEY = b"longbox"

BOOKS, PAGES, PANELS, ASSETS, STORIES = "books", "pages", "panels", "assets", "stories"

COUNTED = {PAGES: "page_count", PANELS: "panel_count", STORIES: "story_count"}
"""Tables of which each book says how many rows it has, in which column; their rows name its revision."""
REVISION_MARK = "+"
"""In a book's revision, before what tells apart the types of pages that people set since it was read."""

IMPORTED_CONTAINER = "zarr"
"""Container of a book that came as vectors: it may have no pictures."""
GENERATED_TAG = "generated"
"""Tag of a book, in its own metadata, that was made of others by a generator: it is known anywhere."""
IMPORTED = "imported"
"""Preprocessing of vectors that came in ready-made: nothing here can add to them."""


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """What makes vectors comparable: two encoders with equal specs write one space.

    ``name`` is what the registry resolves (``longbox-mini``, ``open_clip:ViT-B-32@local-dir:/x``);
    ``weights_sha256`` is empty for an encoder without weights.
    """

    name: str
    dim: int
    preprocessing: str
    weights_sha256: str = ""
    metric: str = "cosine"

    @property
    def is_imported(self) -> bool:
        """Say whether the vectors were imported and what made them is not known here."""
        return self.preprocessing == IMPORTED


@dataclass(frozen=True, slots=True)
class LibraryFormat:
    """What a library says of itself, kept in the schema metadata of every table.

    ``fusion`` wrote the fused vectors; None where the library has none.
    """

    text_encoder: EncoderSpec
    picture_encoder: EncoderSpec
    fusion: EncoderSpec | None = None
    format_version: int = FORMAT_VERSION

    @property
    def encoder_ids(self) -> dict[str, str]:
        """What made the vectors of each side: a name, and the weights where there are some."""
        made = {"text": self.text_encoder, "picture": self.picture_encoder, "fusion": self.fusion}
        return {
            side: f"{spec.name}@{spec.weights_sha256[:12]}" if spec.weights_sha256 else spec.name
            for side, spec in made.items()
            if spec is not None
        }

    def to_metadata(self) -> dict[bytes, bytes]:
        """Return the Arrow schema metadata that carries this description."""
        return {METADATA_KEY: json.dumps(asdict(self), sort_keys=True).encode()}

    @classmethod
    def from_metadata(cls, metadata: dict[bytes, bytes] | None) -> Self:
        """Read the description; refuse a newer or a foreign format with LibraryFormatError."""
        try:
            data = json.loads((metadata or {})[METADATA_KEY])
            version = int(data["format_version"])
        except (KeyError, ValueError, TypeError) as error:
            raise LibraryFormatError("this is no Longbox library: its tables say no format") from error
        if version > FORMAT_VERSION:
            raise LibraryFormatError(
                f"the library has format {version}, this Longbox reads up to {FORMAT_VERSION}: "
                "upgrade Longbox to use it"
            )
        try:
            return cls(
                text_encoder=EncoderSpec(**data["text_encoder"]),
                picture_encoder=EncoderSpec(**data["picture_encoder"]),
                fusion=EncoderSpec(**data["fusion"]) if data.get("fusion") else None,
                format_version=version,
            )
        except (KeyError, TypeError) as error:
            raise LibraryFormatError(f"the library's description is damaged: {error}") from error


def table_names(format_version: int) -> tuple[str, ...]:
    """Return the tables that every library of a format has, that of contents first."""
    known = (BOOKS, PAGES, PANELS, ASSETS)
    return (*known, STORIES) if format_version >= STORIES_SINCE else known


def read_revision(ingest_rev: str) -> str:
    """Return the revision under which a book was read, whatever people said of its pages since."""
    return ingest_rev.partition(REVISION_MARK)[0]


def page_id(book_id: str, page_no: int) -> str:
    """Return the key of a page; ``page_no`` counts from 1."""
    return f"{book_id}/{page_no:05d}"


def panel_id(book_id: str, page_no: int, panel_no: int) -> str:
    """Return the key of a panel; both numbers count from 1."""
    return f"{page_id(book_id, page_no)}#{panel_no:02d}"


STORY_ID = re.compile(r"[0-9a-f]{24}~\d{3,}")


def story_id(book_id: str, number: int) -> str:
    """Return the key of a story; ``number`` counts from 1 in its book."""
    return f"{book_id}~{number:03d}"


_STRINGS = pa.list_(pa.string())
_BOX = pa.list_(pa.float32(), 4)
_FAILURES = pa.list_(
    pa.struct(
        [
            ("stage", pa.string()),
            ("reason", pa.string()),
            ("message", pa.string()),
            ("page_no", pa.int32()),
        ]
    )
)
_TEXTS = pa.list_(
    pa.struct(
        [
            ("box", _BOX),
            ("text", pa.string()),
            ("raw_text", pa.string()),
            ("kind", pa.string()),
            ("confidence", pa.float32()),
            ("speaker", pa.string()),
        ]
    )
)


def _vector(dim: int) -> pa.DataType:
    return pa.list_(pa.float16(), dim)


def tag_line(tags: Sequence[str]) -> str:
    """Return tags in one line, each between bars: ``|night|rain|``; conditions know no lists."""
    return f"|{'|'.join(tags)}|" if tags else ""


def _seen(library: LibraryFormat) -> list[pa.Field]:
    """Return the columns of what is seen, for a library that has them."""
    if library.format_version < SEEN_SINCE:
        return []
    return [
        pa.field("tag_line", pa.string(), nullable=False),
        pa.field("vector_description", _vector(library.text_encoder.dim)),
    ]


MEASURES = ("lightness", "colourfulness", "aspect")
"""Columns of ``panels`` from format 4 on: lightness and colourfulness of a panel's picture in [0, 1], null
without one, and its width over its height as drawn."""


def _measured(library: LibraryFormat) -> list[pa.Field]:
    """Return the columns of what is measured, for a library that has them."""
    if library.format_version < MEASURED_SINCE:
        return []
    return [pa.field(name, pa.float32()) for name in MEASURES]


def _fused(library: LibraryFormat) -> list[pa.Field]:
    """Return the column of fused vectors, for a library that has them."""
    return [pa.field("vector_fused", _vector(library.fusion.dim))] if library.fusion else []


def _told_apart(library: LibraryFormat) -> list[pa.Field]:
    """Return the columns of a book's parts and of how surely it is a comic, for a library that has them."""
    if library.format_version < STORIES_SINCE:
        return []
    return [pa.field("story_count", pa.int32(), nullable=False), pa.field("comic", pa.float32())]


def books_schema(library: LibraryFormat) -> pa.Schema:
    """One row a book: facets, credits, state. Key ``book_id``.

    ``comic`` is the probability that it is one, null where nobody looked, as of imported vectors.
    """
    return pa.schema(
        [
            pa.field("book_id", pa.string(), nullable=False),
            pa.field("source", pa.string(), nullable=False),
            pa.field("container", pa.string(), nullable=False),
            pa.field("size_bytes", pa.int64(), nullable=False),
            pa.field("mtime_ns", pa.int64(), nullable=False),
            pa.field("status", pa.string(), nullable=False),
            pa.field("title", pa.string(), nullable=False),
            pa.field("series", pa.string()),
            pa.field("number", pa.string()),
            pa.field("volume", pa.int32()),
            pa.field("year", pa.int32()),
            pa.field("month", pa.int32()),
            pa.field("day", pa.int32()),
            pa.field("publisher", pa.string()),
            pa.field("summary", pa.string()),
            pa.field("language", pa.string()),
            pa.field("direction", pa.string(), nullable=False),
            pa.field("direction_evidence", pa.string(), nullable=False),
            pa.field("licence", pa.string()),
            pa.field("story_arc", pa.string()),
            pa.field("age_rating", pa.string()),
            pa.field("format", pa.string()),
            pa.field("genres", _STRINGS),
            pa.field("tags", _STRINGS),
            pa.field("characters", _STRINGS),
            pa.field("teams", _STRINGS),
            pa.field("locations", _STRINGS),
            pa.field("creators", pa.list_(pa.struct([("role", pa.string()), ("name", pa.string())]))),
            pa.field("metadata_formats", _STRINGS),
            pa.field("page_count", pa.int32(), nullable=False),
            pa.field("panel_count", pa.int32(), nullable=False),
            pa.field("failures", _FAILURES),
            *_told_apart(library),
            pa.field("ingest_rev", pa.string(), nullable=False),
        ],
        metadata=library.to_metadata(),
    )


def pages_schema(library: LibraryFormat) -> pa.Schema:
    """One row a page. Key ``page_id``.

    ``vector_picture`` is of the whole page as one picture, ``vector_fused`` of its panels in order.
    """
    return pa.schema(
        [
            pa.field("page_id", pa.string(), nullable=False),
            pa.field("book_id", pa.string(), nullable=False),
            pa.field("page_no", pa.int32(), nullable=False),
            pa.field("page_file", pa.string(), nullable=False),
            pa.field("sha256", pa.string(), nullable=False),
            pa.field("width_px", pa.int32(), nullable=False),
            pa.field("height_px", pa.int32(), nullable=False),
            pa.field("page_type", pa.string(), nullable=False),
            pa.field("page_type_confidence", pa.float32(), nullable=False),
            pa.field("layout_confidence", pa.float32(), nullable=False),
            pa.field("panel_count", pa.int32(), nullable=False),
            pa.field("is_spread", pa.bool_(), nullable=False),
            pa.field("degraded", pa.string()),
            pa.field("phash", pa.uint64(), nullable=False),
            pa.field("darkness", pa.float32(), nullable=False),
            pa.field("saturation", pa.float32(), nullable=False),
            pa.field("text", pa.string(), nullable=False),
            pa.field("stray_texts", _TEXTS),
            pa.field("vector_picture", _vector(library.picture_encoder.dim)),
            *_fused(library),
            pa.field("ingest_rev", pa.string(), nullable=False),
        ],
        metadata=library.to_metadata(),
    )


def panels_schema(library: LibraryFormat) -> pa.Schema:
    """One row a panel. Key ``panel_id``; facets are copied from book and page for filtering.

    ``text`` is the literal lettering, ``text_folded`` its NFKC case-folded copy for the n-gram
    index. ``description`` is what a page reader says of the panel (null without one), ``tags`` what its
    picture shows, and ``tag_line`` the same for conditions.
    """
    return pa.schema(
        [
            pa.field("panel_id", pa.string(), nullable=False),
            pa.field("page_id", pa.string(), nullable=False),
            pa.field("book_id", pa.string(), nullable=False),
            pa.field("page_no", pa.int32(), nullable=False),
            pa.field("panel_no", pa.int32(), nullable=False),
            pa.field("box", _BOX, nullable=False),
            pa.field("polygon", pa.list_(pa.list_(pa.float32(), 2))),
            pa.field("parent_no", pa.int32()),
            pa.field("confidence", pa.float32(), nullable=False),
            pa.field("series", pa.string()),
            pa.field("language", pa.string()),
            pa.field("direction", pa.string(), nullable=False),
            pa.field("page_type", pa.string(), nullable=False),
            pa.field("year", pa.int32()),
            pa.field("has_text", pa.bool_(), nullable=False),
            pa.field("text", pa.string(), nullable=False),
            pa.field("text_folded", pa.string(), nullable=False),
            pa.field("description", pa.string()),
            pa.field("texts", _TEXTS),
            pa.field("tags", _STRINGS),
            pa.field("phash", pa.uint64(), nullable=False),
            pa.field("vector_picture", _vector(library.picture_encoder.dim)),
            pa.field("vector_text", _vector(library.text_encoder.dim)),
            *_seen(library),
            *_measured(library),
            *_fused(library),
            pa.field("ingest_rev", pa.string(), nullable=False),
        ],
        metadata=library.to_metadata(),
    )


def assets_schema(library: LibraryFormat) -> pa.Schema:
    """One WebP thumbnail a page and a panel. Key ``asset_id``: a page_id or a panel_id."""
    return pa.schema(
        [
            pa.field("asset_id", pa.string(), nullable=False),
            pa.field("book_id", pa.string(), nullable=False),
            pa.field("width_px", pa.int32(), nullable=False),
            pa.field("height_px", pa.int32(), nullable=False),
            pa.field("webp", pa.binary(), nullable=False),
        ],
        metadata=library.to_metadata(),
    )


def stories_schema(library: LibraryFormat) -> pa.Schema:
    """One row a story. Key ``story_id``.

    It goes from ``first_page`` to ``last_page``, both counted from 1; ``page_count`` are its own pages
    among them, without advertisements and the like. ``page_type`` is ``story`` or ``textstory``; ``title``
    null where none was read; ``confidence`` the mean of its pages.
    """
    return pa.schema(
        [
            pa.field("story_id", pa.string(), nullable=False),
            pa.field("book_id", pa.string(), nullable=False),
            pa.field("number", pa.int32(), nullable=False),
            pa.field("first_page", pa.int32(), nullable=False),
            pa.field("last_page", pa.int32(), nullable=False),
            pa.field("page_type", pa.string(), nullable=False),
            pa.field("title", pa.string()),
            pa.field("page_count", pa.int32(), nullable=False),
            pa.field("panel_count", pa.int32(), nullable=False),
            pa.field("confidence", pa.float32(), nullable=False),
            pa.field("ingest_rev", pa.string(), nullable=False),
        ],
        metadata=library.to_metadata(),
    )
