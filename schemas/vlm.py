"""What a vision-language model says of a page.

Two versions of one format: v1 describes, v2 adds boxes, transcribed texts and characters. Empty
strings and tuples mean: not said.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from schemas.geometry import Box


class ReadingDefect(StrEnum):
    """Why an answer was of no use."""

    UNREACHABLE = "unreachable"  # no connection, or it broke off
    TIMEOUT = "timeout"
    RATE_LIMIT = "rate-limit"
    SERVER_ERROR = "server-error"
    REFUSED = "refused"  # the server or the model will not answer this request
    TOO_LARGE = "too-large"
    BAD_PROTOCOL = "bad-protocol"  # HTTP or JSON around the answer is not what the API says
    EMPTY = "empty"
    NOT_JSON = "not-json"
    TRUNCATED = "truncated"
    NO_PAGE = "no-page"  # JSON, but no analysis of a page


@dataclass(frozen=True, slots=True)
class ReadSpeech:
    """Something said in a panel, and by whom."""

    character: str
    dialogue: str
    speech_type: str = ""


@dataclass(frozen=True, slots=True)
class ReadText:
    """A piece of lettering with its place, where the model gave one."""

    label: str
    speaker: str
    text: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class ReadCharacter:
    """Somebody who is seen, with the place, where the model gave one."""

    name: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class PanelReading:
    """One panel; ``panel_number`` as the model counts, from 1."""

    panel_number: int
    caption: str = ""
    description: str = ""
    speakers: tuple[ReadSpeech, ...] = ()
    key_elements: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    box: Box | None = None
    texts: tuple[ReadText, ...] = ()
    characters: tuple[ReadCharacter, ...] = ()


@dataclass(frozen=True, slots=True)
class PageSummary:
    """What the page as a whole is about."""

    characters: tuple[str, ...] = ()
    setting: str = ""
    plot: str = ""
    dialogue: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageReading:
    """A page. ``texts`` and ``characters`` are those that the model gave to no panel.

    ``complete`` is False for what could be saved of an answer that breaks off; ``repaired`` says
    that the answer was no valid JSON.
    """

    overall_summary: str
    panels: tuple[PanelReading, ...]
    summary: PageSummary = field(default_factory=PageSummary)
    texts: tuple[ReadText, ...] = ()
    characters: tuple[ReadCharacter, ...] = ()
    complete: bool = True
    repaired: bool = False
