"""Sequences as ``longbox generate`` wrote them: records, and panels cut out of pages, strips and books."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexer.containers import open_container
from models.figures import FigureFinder
from models.generation.pages import STRIP_WIDTH_PX, Frame, page_frames, strip_frames
from models.pictures import decode_picture
from schemas.config import ContainerLimits, PictureLimits
from schemas.errors import ConfigError, ContainerError, ExchangeError, LongboxError, PictureError
from schemas.records import RgbImage
from search.evaluation.consistency.panels import MAX_PANELS, PanelSequence
from search.evaluation.consistency.recorded import panel_of_record
from search.generation.records import PanelRecord

MAX_JSON_BYTES = 64_000_000
_BOOKS = (".cbz", ".pdf")
Pictured = tuple[PanelRecord, RgbImage | None, str]
"""A record, its picture, and why that is missing."""


def read_sequence(path: Path, finder: FigureFinder) -> PanelSequence:
    """Read a record (``page.json``), a picture beside one, a generated book, or a folder of such.

    Pictures may be missing, records may not.

    Raises:
        ConfigError: there is no record, or there are too many panels.
        ExchangeError: a record is damaged.
    """
    found = list(_of_folder(path) if path.is_dir() else _of_file(path))
    if not found:
        raise ConfigError(
            f"{path} has no record of a generated panel: give the .json that 'longbox generate' wrote beside "
            "the picture, or a folder of such"
        )
    return sequence_of(path.stem or path.name, found, finder)


def sequence_of(title: str, found: Sequence[Pictured], finder: FigureFinder) -> PanelSequence:
    """Make a sequence of records and pictures. Raises ConfigError for too many."""
    if len(found) > MAX_PANELS:
        raise ConfigError(f"{title} has {len(found):,} panels; at most {MAX_PANELS} are compared: split it")
    panels = tuple(
        panel_of_record(number, record, picture, finder, why_not=why)
        for number, (record, picture, why) in enumerate(found, start=1)
    )
    return PanelSequence(title, panels)


def _of_folder(folder: Path) -> Iterator[Pictured]:
    for path in sorted(folder.glob("*.json"), key=_natural):
        data = _json_of(path)
        if isinstance(data, dict) and ("panels" in data or "record" in data):
            yield from _told(data, path)


def _of_file(path: Path) -> Iterator[Pictured]:
    beside = path.with_suffix(".json")
    if path.suffix.lower() != ".json" and not beside.exists():
        beside = path.with_name(re.sub(r"-\d+$", "", path.stem) + ".json")
    data = _json_of(beside)
    if data is None:
        raise ConfigError(f"there is no record {beside}: it lies beside what 'longbox generate' wrote")
    if not isinstance(data, dict) or not ("panels" in data or "record" in data):
        raise ExchangeError(f"{beside} is no record of generated panels")
    yield from _told(data, beside)


def _told(data: Mapping[str, Any], path: Path) -> Iterator[Pictured]:
    if "panels" not in data:
        record = PanelRecord.from_json(data)
        yield record, *_picture(path.with_suffix(".png"))
        return
    told = data["panels"]
    if not isinstance(told, list) or len(told) > MAX_PANELS:
        raise ExchangeError(f"{path}: its panels are no list of at most {MAX_PANELS}")
    records = [PanelRecord.from_json(one) for one in told]
    sheets = _Sheets(path)
    for record, frame in zip(records, _frames(records), strict=True):
        yield record, *sheets.cut(frame)


def _frames(records: Sequence[PanelRecord]) -> tuple[Frame, ...]:
    """Return where panels lie: on pages where they have the sizes of its frames, else on a strip."""
    sizes = [(one.request.width_px, one.request.height_px) for one in records]
    frames = page_frames(len(records)) if records else ()
    if [(one.width, one.height) for one in frames] == sizes and {w for w, _ in sizes} != {STRIP_WIDTH_PX}:
        return frames
    return strip_frames(sizes)


class _Sheets:
    """Pages, or the strip, that panels are cut out of: pictures or a book beside the record."""

    def __init__(self, record: Path) -> None:
        """Look beside a record; nothing is read before a panel is asked for."""
        self._record = record
        self._known: dict[int, tuple[RgbImage | None, str]] = {}

    def cut(self, frame: Frame) -> tuple[RgbImage | None, str]:
        """Return a panel, or why there is none."""
        if frame.page not in self._known:
            self._known = {frame.page: self._page(frame.page)}  # one at a time: they are large
        sheet, why = self._known[frame.page]
        if sheet is None:
            return None, why
        if sheet.shape[0] < frame.y + frame.height or sheet.shape[1] < frame.x + frame.width:
            return None, "the page has another size than its record tells"
        cut = sheet[frame.y : frame.y + frame.height, frame.x : frame.x + frame.width]
        return np.ascontiguousarray(cut), ""

    def _page(self, page: int) -> tuple[RgbImage | None, str]:
        for name in (f"{self._record.stem}-{page + 1}.png", f"{self._record.stem}.png"):
            path = self._record.with_name(name)
            if path.exists() and (page == 0 or name != f"{self._record.stem}.png"):
                return _picture(path)
        for kind in _BOOKS:
            if (book := self._record.with_suffix(kind)).exists():
                return _page_of(book, page)
        return None, f"neither {self._record.stem}.png nor a book lies beside the record"


def _page_of(book: Path, page: int) -> tuple[RgbImage | None, str]:
    limits = ContainerLimits()
    try:
        with open_container(book, limits=limits) as opened:
            data = opened.read(opened.entries[page])
        return decode_picture(data, name=f"page {page + 1}", limits=limits.picture).image, ""
    except (ContainerError, PictureError, IndexError) as error:
        return None, f"{book.name}: {error}"


def _picture(path: Path) -> tuple[RgbImage | None, str]:
    if not path.exists():
        return None, f"{path.name} is not there"
    limits = PictureLimits()
    try:
        if path.stat().st_size > limits.max_bytes:
            return None, f"{path.name} is too large"
        return decode_picture(path.read_bytes(), name=path.name, limits=limits).image, ""
    except (OSError, LongboxError) as error:
        return None, f"{path.name}: {error}"


def _json_of(path: Path) -> object:
    """Return what a file tells, None where there is none. Raises ExchangeError."""
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise ExchangeError(f"{path} is too large to be a record")
        found: object = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise ExchangeError(f"cannot read {path}: {error}") from error
    return found


def _natural(path: Path) -> tuple[tuple[int, str], ...]:
    """Order ``2.json`` before ``10.json``."""
    parts = re.split(r"(\d+)", path.name)
    return tuple((int(part), "") if part.isdigit() and len(part) < 16 else (0, part) for part in parts)
