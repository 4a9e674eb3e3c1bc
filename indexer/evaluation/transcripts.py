"""Finds what pages say: transcripts in label files, beside pictures, and beside nothing else.

Three formats: ``texts`` in the panels of a label (complete, with boxes); ``{"texts": ["…"]}``, a
transcript in no order; ``{"regions": [{"text": "…", "box": [x0, y0, x1, y1]}], "size": [w, h]}``.
The latter two are named like their picture, with the suffix ``.json``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from indexer.evaluation.labelled import Skipped, find_picture, label_files, read_json, to_label, work_of
from schemas.geometry import Box
from schemas.labels import PageLabel, PageType, ReadingDirection, TextKind

STRIP_PANELS: Final = 3
"""A strip with regions (Mimi & Eunice) has three panels of one width, which its file does not say."""
STRIP_ASPECT: Final = 2.0
"""Width over height from which a picture with regions is such a strip."""


@dataclass(frozen=True, slots=True)
class TrueText:
    """One balloon, caption or sound effect; ``box`` and ``panel`` (an index) where they are known."""

    text: str
    box: Box | None = None
    panel: int | None = None
    kind: TextKind = TextKind.UNKNOWN


@dataclass(frozen=True, slots=True)
class Transcript:
    """All texts of a page, and its panels where they are known, page-relative."""

    texts: tuple[TrueText, ...]
    panels: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class TranscribedPage:
    """A page with its transcript; names as in :class:`~indexer.evaluation.labelled.LabelledPage`."""

    work: str
    name: str
    picture: Path
    direction: ReadingDirection
    transcript: Transcript


def find_transcribed_pages(labels: Path, images: Path) -> list[TranscribedPage | Skipped]:
    """Return every page below ``labels`` that has a transcript, in order of path, each picture once.

    A label without texts takes the transcript beside its picture if it is a story page: on covers
    and credits such transcripts leave out the small print. Without a transcript it is passed over.
    """
    found: list[TranscribedPage | Skipped] = []
    seen: set[Path] = set()
    for item in _pages(labels, images):
        if isinstance(item, Skipped):
            found.append(item)
        elif item.picture not in seen:
            seen.add(item.picture)
            found.append(item)
    return found


def _pages(labels: Path, images: Path) -> Iterator[TranscribedPage | Skipped]:
    for path in label_files(labels):
        relative = path.relative_to(labels)
        data = read_json(path)
        page: TranscribedPage | str | None
        if isinstance(data, str):
            page = data
        elif "image" in data:
            page = _labelled(data, labels, images, relative)
        else:
            page = _bare(data, labels, images, relative)
        if isinstance(page, str):
            yield Skipped(relative.as_posix(), page)
        elif page is not None:
            yield page


def _labelled(
    data: Mapping[str, object], labels: Path, images: Path, relative: Path
) -> TranscribedPage | str | None:
    label = to_label(data)
    if isinstance(label, str):
        return label
    picture = find_picture(images, label.image, relative)
    if picture is None:
        return f"its picture {label.image!r} is not in {images}"
    transcript: Transcript | str | None = _from_label(label)
    beside = picture.with_suffix(".json")
    if transcript is None and label.page_type is PageType.STORY and beside.is_file():
        found = read_json(beside)
        transcript = found if isinstance(found, str) else parse_transcript(found)
    if transcript is None or isinstance(transcript, str):
        return transcript
    return TranscribedPage(
        work_of(relative, labels),
        relative.with_suffix("").as_posix(),
        picture,
        label.direction,
        transcript,
    )


def _bare(data: Mapping[str, object], labels: Path, images: Path, relative: Path) -> TranscribedPage | str:
    transcript = parse_transcript(data)
    if isinstance(transcript, str):
        return transcript
    picture = find_picture(images, "", relative)
    if picture is None:
        return f"there is no picture of that name in {images}"
    name = relative.with_suffix("").as_posix()
    return TranscribedPage(work_of(relative, labels), name, picture, ReadingDirection.LTR, transcript)


def _from_label(label: PageLabel) -> Transcript | None:
    """Return the texts of a label's panels, None where it has none."""
    width, height = label.size
    texts = tuple(
        TrueText(text.text, Box.from_pixels(text.box, width_px=width, height_px=height), index, text.kind)
        for index, panel in enumerate(label.panels)
        for text in panel.texts
    )
    panels = tuple(Box.from_pixels(p.box, width_px=width, height_px=height) for p in label.panels)
    return Transcript(texts, panels) if texts else None


def parse_transcript(data: Mapping[str, object]) -> Transcript | str:
    """Read a transcript; return what is wrong where it is none."""
    if isinstance(regions := data.get("regions"), list):
        return _from_regions(regions, data.get("size"))
    texts = data.get("texts")
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return "is neither a label nor a transcript: 'image', 'texts' or 'regions' is needed"
    return Transcript(tuple(TrueText(text) for text in texts))


def _from_regions(regions: list[object], size: object) -> Transcript | str:
    numbers = _numbers(size, 2)
    if numbers is None or min(numbers) < 1:
        return f"is no transcript: 'size' must be two positive numbers, got {size!r}"
    width, height = round(numbers[0]), round(numbers[1])
    panels = _thirds() if width >= STRIP_ASPECT * height else ()
    texts = []
    for region in regions:
        given = region if isinstance(region, Mapping) else {}
        text, corners = given.get("text"), _numbers(given.get("box"), 4)
        if not isinstance(text, str) or corners is None:
            return "is no transcript: a region needs 'text' and 'box', four numbers"
        box = Box.from_pixels(corners, width_px=width, height_px=height)
        owner = next((n for n, panel in enumerate(panels) if panel.contains(box.center)), None)
        texts.append(TrueText(text, box, owner))
    return Transcript(tuple(texts), panels)


def _thirds() -> tuple[Box, ...]:
    return tuple(Box(n / STRIP_PANELS, 0.0, (n + 1) / STRIP_PANELS, 1.0) for n in range(STRIP_PANELS))


def _numbers(value: object, count: int) -> list[float] | None:
    """Return so many finite numbers, None where the value is anything else."""
    if not isinstance(value, list) or len(value) != count:
        return None
    numbers = [float(item) for item in value if isinstance(item, int | float) and abs(item) < _HUGE]
    return numbers if len(numbers) == count else None


_HUGE: Final = 1e9
"""Larger coordinates mean nothing; NaN and infinity compare as not smaller."""
