"""Who is drawn where: by a detector of characters and faces, else by proposals of the figure finder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from models.figures.finder import Figure, FigureFinder, FigureMap
from schemas.errors import ConfigError
from schemas.geometry import Box
from schemas.labels import DetectionCategory
from schemas.records import Detection, RgbImage

RegionKind = Literal["character", "face", "figure"]
_LEAST_AREA = 0.006
_HEADS_WIDE, _HEADS_TALL = 1.5, 5.0
"""What of a group belongs to one head: so many heads to either side, and so many below."""
_FACE_INSIDE = 0.6
MOST_IN_PANEL = 12


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a panel that shows somebody; ``box`` is panel-relative."""

    box: Box
    kind: RegionKind
    score: float


class FindsRegions(Protocol):
    """Says who is drawn where."""

    @property
    def name(self) -> str:
        """Name and version; part of cache keys."""
        ...

    def find(self, panel: RgbImage) -> tuple[Region, ...]:
        """Return who is drawn, the largest first; nobody in a picture of scenery."""
        ...


@runtime_checkable
class DetectsAll(Protocol):
    """A detector that finds more than panels (COCO or comic classes)."""

    @property
    def name(self) -> str:
        """Name and version."""
        ...

    def detect_all(self, page: RgbImage) -> tuple[Detection, ...]:
        """Return everything it finds."""
        ...


class DetectedRegions:
    """Characters and faces of a detector; a face that belongs to a character is not told twice."""

    def __init__(self, detector: DetectsAll) -> None:
        """Take the detector."""
        self._detector = detector

    @property
    def name(self) -> str:
        """That of the detector."""
        return self._detector.name

    def find(self, panel: RgbImage) -> tuple[Region, ...]:
        """See :class:`FindsRegions`."""
        found = self._detector.detect_all(panel)
        people = [one for one in found if one.category is DetectionCategory.CHARACTER]
        faces = [one for one in found if one.category is DetectionCategory.FACE]
        alone = [face for face in faces if not any(_lies_in(face.box, one.box) for one in people)]
        regions = [Region(one.box, "character", one.score) for one in people]
        return _largest([*regions, *(Region(one.box, "face", one.score) for one in alone)])


class ProposedRegions:
    """Figures of the finder that ships with Longbox; a group is cut up by its heads."""

    def __init__(self, finder: FigureFinder) -> None:
        """Take the finder."""
        self._finder = finder

    @property
    def name(self) -> str:
        """That of the finder."""
        return self._finder.name

    def find(self, panel: RgbImage) -> tuple[Region, ...]:
        """See :class:`FindsRegions`."""
        return regions_of(self._finder.find(panel))


def regions_of(found: FigureMap) -> tuple[Region, ...]:
    """Return the regions of what the figure finder marked, the largest first."""
    return _largest([region for figure in found.figures for region in _people(figure)])


def _people(figure: Figure) -> list[Region]:
    if len(figure.heads) < 2:
        return [Region(figure.box, "figure", 1.0)]
    return [Region(_body_of(head, figure), "figure", 0.8) for head in figure.heads]


def _body_of(head: Box, figure: Figure) -> Box:
    whole = figure.box
    reach = _HEADS_WIDE * head.width
    return Box.clipped(
        max(head.x0 - reach / 2, whole.x0),
        max(head.y0 - head.height * 0.4, whole.y0),
        min(head.x1 + reach / 2, whole.x1),
        min(head.y0 + _HEADS_TALL * head.height, whole.y1),
    )


def _largest(regions: Sequence[Region]) -> tuple[Region, ...]:
    able = [region for region in regions if region.box.area >= _LEAST_AREA]
    return tuple(sorted(able, key=lambda region: -region.box.area)[:MOST_IN_PANEL])


def _lies_in(face: Box, character: Box) -> bool:
    width = min(face.x1, character.x1) - max(face.x0, character.x0)
    height = min(face.y1, character.y1) - max(face.y0, character.y0)
    return bool(face.area) and max(width, 0) * max(height, 0) >= _FACE_INSIDE * face.area


def load_regions(name: str) -> FindsRegions:
    """Return what finds characters and faces, by the name of a detector: ``onnx:…`` or ``faster_rcnn:…``.

    Raises:
        ConfigError: there is no such detector, or it finds nothing but panels.
        BackendUnavailableError, WeightsError: as the detector.
    """
    from models.registry import load_panel_detector

    detector = load_panel_detector(name)
    if not isinstance(detector, DetectsAll):
        raise ConfigError(
            f"the detector {name[:80]!r} finds panels alone: name one of characters and faces, "
            "onnx:SETTINGS.json or faster_rcnn:FILE@SHA256"
        )
    return DetectedRegions(detector)
