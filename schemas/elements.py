"""Elements: who and what appears in panels, as people taught it by examples.

Labels and examples are made by people and are kept in a file of the library; which panels an
element was found in is worked out from them and kept in a table: a row of facts an element (JSON,
without a panel) and a row for each panel that has it.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Literal, Self

import pyarrow as pa

from schemas.boards import BoardPlace
from schemas.errors import ConfigError, LibraryFormatError
from schemas.tables import LibraryFormat

ELEMENTS = "elements"
"""The table of what was found."""
FIGURES = "figures"
"""The table of figures in panels: a vector each, read for elements alone."""
FIGURES_KEY = b"longbox-figures"
"""In the metadata of that table: how its vectors were made."""
MAX_ELEMENTS, MAX_NAMES, MAX_EXAMPLES = 1_000, 100, 500
MAX_NAME = 60
DEFAULT_PRECISION = 0.8
DEFAULT_SIDE = "look"

Answer = Literal["yes", "no", "skip"]
ANSWERS: tuple[Answer, ...] = ("yes", "no", "skip")
Kind = Literal["thing", "character", "place"]
KINDS: tuple[Kind, ...] = ("thing", "character", "place")

_NAME = re.compile(r"[^\W_][\w .,'’&!?()/+-]*")
_TAKEN = frozenset({"text"})
"""``has:text`` asks for lettering."""


def check_element_name(name: str) -> str:
    """Return a name that an element can have, its blanks tidied.

    Raises:
        ConfigError: it is empty, too long, holds markup or control characters, or means lettering.
    """
    tidy = " ".join(unicodedata.normalize("NFC", name).split())
    if len(tidy) > MAX_NAME or not _NAME.fullmatch(tidy):
        raise ConfigError(
            f"{name[:60]!r} is no name for an element: begin with a letter or digit, and use at most "
            f"{MAX_NAME} letters, digits, blanks and . , ' & ! ? ( ) / + -"
        )
    if fold_name(tidy) in _TAKEN:
        raise ConfigError(f"{tidy!r} cannot name an element: has:{tidy} asks for panels with lettering")
    return tidy


def fold_name(name: str) -> str:
    """Return what two spellings of a name have in common."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


@dataclass(frozen=True, slots=True)
class Element:
    """What people said of an element.

    ``words`` are what it was first looked for by; ``side`` is the vectors that tell it
    (:data:`schemas.maps.SIDES`), ``precision`` the share of the panels found that should be right.
    """

    name: str
    kind: Kind = "thing"
    aliases: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    words: str = ""
    side: str = DEFAULT_SIDE
    precision: float = DEFAULT_PRECISION

    def __post_init__(self) -> None:
        """Check names and bounds. Raises ConfigError."""
        check_element_name(self.name)
        for names in (self.aliases, self.teams):
            if len(names) > MAX_NAMES:
                raise ConfigError(f"{self.name!r} has {len(names):,} names; at most {MAX_NAMES} are kept")
            for name in names:
                check_element_name(name)
        if self.kind not in KINDS:
            raise ConfigError(f"an element is one of {', '.join(KINDS)}, not {str(self.kind)[:40]!r}")
        if not 0.0 < self.precision < 1.0:
            raise ConfigError(f"the precision asked for must lie between 0 and 1, got {self.precision}")
        if len(self.words) > 500:
            raise ConfigError("words to begin with: at most 500 characters")

    @property
    def names(self) -> tuple[str, ...]:
        """All names it goes by, folded."""
        return tuple(fold_name(name) for name in (self.name, *self.aliases))


@dataclass(frozen=True, slots=True)
class ElementLabel:
    """What somebody said of a panel: the element is there, is not, or it cannot be told.

    ``place`` and ``page_sha256`` find the panel again where indexing gave it another id, also in
    a book that was packed anew.
    """

    panel_id: str
    place: BoardPlace
    page_sha256: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class ElementFacts:
    """What was worked out for an element; kept beside the panels it was found in.

    ``encoder`` made the vectors that ``weights`` and ``bias`` judge, ``threshold`` is where panels
    begin to count; both are of the logit. ``expected_precision`` and ``expected_recall`` are
    estimated on labels held out in turn, None where they are too few. ``made_of`` tells the labels.
    """

    name: str
    kind: str
    aliases: tuple[str, ...]
    teams: tuple[str, ...]
    side: str
    encoder: str
    method: str
    positives: int
    negatives: int
    panels: int
    threshold: float
    bias: float
    weights: tuple[float, ...]
    made: str
    made_of: str
    expected_precision: float | None = None
    expected_recall: float | None = None
    books: int = 0
    notes: tuple[str, ...] = field(default=())

    def to_json(self, *, with_weights: bool = True) -> dict[str, object]:
        """Return JSON-ready data."""
        told = asdict(self)
        if not with_weights:
            del told["weights"]
        return told

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read facts as they are kept. Raises LibraryFormatError."""
        try:
            told: Mapping[str, object] = json.loads(text)
            lists = ("aliases", "teams", "weights", "notes")
            facts = cls(**{k: tuple(v) if k in lists else v for k, v in told.items()})  # type: ignore
            numbers = (*facts.weights, facts.bias, facts.threshold)
            if not all(isinstance(n, int | float) and isfinite(n) for n in numbers):
                raise ValueError("weights must be numbers")
            if not all(isinstance(one, str) for one in (facts.name, facts.encoder, *facts.aliases)):
                raise ValueError("names must be texts")
            return facts
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise LibraryFormatError(
                "the facts of an element are damaged: work it out anew with 'longbox element apply'"
            ) from error


def elements_schema(library: LibraryFormat) -> pa.Schema:
    """One row a panel that has an element, and one of ``facts`` (JSON) an element, without a panel."""
    return pa.schema(
        [
            pa.field("element", pa.string(), nullable=False),
            pa.field("panel_id", pa.string(), nullable=False),
            pa.field("score", pa.float32(), nullable=False),
            pa.field("facts", pa.string()),
        ],
        metadata=library.to_metadata(),
    )


def figures_schema(library: LibraryFormat, dim: int, made_by: str) -> pa.Schema:
    """One row a figure; a panel that was looked at and has none has a row without a vector."""
    return pa.schema(
        [
            pa.field("panel_id", pa.string(), nullable=False),
            pa.field("ingest_rev", pa.string(), nullable=False),
            pa.field("vector", pa.list_(pa.float16(), dim)),
        ],
        metadata={**library.to_metadata(), FIGURES_KEY: made_by.encode()},
    )
