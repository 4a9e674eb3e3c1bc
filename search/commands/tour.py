"""A tour: a handful of searches whose words and pictures are taken from the library itself.

So that a newcomer sees every way of searching at work on any library, also on their own comics.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from models.pictures import decode_picture
from schemas.config import PictureLimits
from schemas.errors import NotFoundError
from schemas.messages import SearchRequest
from schemas.records import RgbImage
from search.answers.details import PageDetail, PanelSummary
from search.library import Library

HITS_A_STOP = 4
BOOKS_LOOKED_AT = 6
PAGES_LOOKED_AT = 8
LINE_WORDS = range(5, 15)
"""A line a person would remember: neither a shout nor a whole caption."""
CROPPED = 0.12
"""Share cut from each side of the picture that is searched by."""
SCENES = (
    "a city street at night",
    "a forest with tall trees",
    "the sea and a boat",
    "snow and mountains",
    "an animal looks at you",
    "two people talk in a room",
)
"""What comics show everywhere; the one that a library shows best is asked for."""
NONSENSE = "xqzv blorp wug"


@dataclass(frozen=True, slots=True)
class Stop:
    """One search of a tour; ``title`` says what it shows."""

    title: str
    request: SearchRequest


@dataclass(frozen=True, slots=True)
class Memory:
    """Something worth remembering: a panel and one line said in it."""

    panel: PanelSummary
    line: str


def plan_tour(library: Library) -> tuple[Stop, ...]:
    """Choose searches from the library's own pages; empty for a library without panels."""
    memories = _memories(library)
    picture = _a_panel(library)
    cropped = None if picture is None else _cropped(library, picture)
    stops = []
    if memories:
        line = memories[0].line
        stops.append(Stop(f"A line as printed: “{line}”", _ask(dialogue=line)))
        typed = half_remembered(memories[len(memories) // 3].line)
        stops.append(Stop(f"A line half remembered, with a typo: “{typed}”", _ask(dialogue=typed)))
        words = longest_words(memories[2 * len(memories) // 3].line)
        stops.append(Stop(f"Words: {words}", _ask(text=words)))
    scene = _a_scene(library)
    if scene:
        stops.append(Stop(f"What is drawn: {scene}", _ask(text=scene)))
    if picture is not None:
        if cropped is not None:
            stops.append(Stop(f"A picture: a crop of {_place(picture)}", _ask(picture=cropped)))
        stops.append(Stop(f"Panels like {_place(picture)}", _ask(like=(picture.panel_id,))))
    if memories and cropped is not None:
        words = longest_words(memories[-1].line)
        stops.append(Stop(f"That picture and the words: {words}", _ask(text=words, picture=cropped)))
    if stops:
        stops.append(Stop(f"Nonsense: {NONSENSE}", _ask(text=NONSENSE)))
    return tuple(stops)


def half_remembered(line: str) -> str:
    """Drop every fourth word and swap two letters of the longest one."""
    words = [word for i, word in enumerate(line.split()) if i % 4 != 3]
    at = max(range(len(words)), key=lambda i: len(words[i]))
    word, middle = words[at], len(words[at]) // 2
    words[at] = word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
    return " ".join(words)


def longest_words(line: str, count: int = 3) -> str:
    """Return the longest words of a line in their order: the rare ones, more often than not."""
    words = [word.strip(".,!?…;:\"'“”()") for word in line.split()]
    kept = sorted(sorted(range(len(words)), key=lambda i: -len(words[i]))[:count])
    return " ".join(words[i] for i in kept)


def _ask(
    *, text: str = "", dialogue: str = "", picture: RgbImage | None = None, like: tuple[str, ...] = ()
) -> SearchRequest:
    return SearchRequest(text=text, dialogue=dialogue, picture=picture, like=like, limit=HITS_A_STOP)


def _place(panel: PanelSummary) -> str:
    return f"page {panel.page_no}, panel {panel.panel_no}"


def _memories(library: Library) -> list[Memory]:
    found = []
    for pages in _books(library):
        for page in pages:
            lines = [Memory(panel, " ".join(t.text.split())) for panel in page.panels for t in panel.texts]
            told = [memory for memory in lines if len(memory.line.split()) in LINE_WORDS]
            if told:
                found.append(max(told, key=lambda memory: len(set(memory.line.split()))))
                break
    return found


def _a_panel(library: Library) -> PanelSummary | None:
    """Return the largest panel of a page that has several: a picture of something, not a whole page."""
    for pages in _books(library):
        for page in pages:
            if len(page.panels) > 1:
                return max(page.panels, key=lambda panel: panel.box.area)
    return None


def _a_scene(library: Library) -> str:
    """Return what the library's pictures show best of some common scenes; empty where words find none."""
    lettering_aside = {"words": 0.0, "meaning": 0.0, "fused": 0.0}
    best, found = 0.0, ""
    for scene in SCENES:
        hits = library.search(SearchRequest(text=scene, weights=lettering_aside, limit=1)).hits
        if hits and hits[0].score > best:
            best, found = hits[0].score, scene
    return found


def _books(library: Library) -> Iterator[Iterator[PageDetail]]:
    total = library.books(limit=1).total
    step = max(1, total // BOOKS_LOOKED_AT)
    for offset in range(0, total, step):
        for summary in library.books(offset=offset, limit=1).books:
            ids = [page.page_id for page in library.book(summary.book_id).pages]
            middle = ids[len(ids) // 3 :] or ids
            yield (library.page(page_id) for page_id in middle[:PAGES_LOOKED_AT])


def _cropped(library: Library, panel: PanelSummary) -> RgbImage | None:
    """Return the middle of a panel; None where a library imported as vectors cannot be searched by it."""
    if library.format.picture_encoder.is_imported:
        return None
    try:
        thumbnail = library.thumbnail(panel.panel_id)
    except NotFoundError:
        return None
    picture = decode_picture(thumbnail, name=panel.panel_id, limits=PictureLimits()).image
    height, width = picture.shape[:2]
    top, left = round(height * CROPPED), round(width * CROPPED)
    return picture[top : height - top or None, left : width - left or None].copy()
