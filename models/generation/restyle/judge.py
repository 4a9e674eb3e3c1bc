"""A judge held out: whether a restyled picture is nearer to what was asked, by eyes it was never shown to.

It shares nothing with what the picture was optimised against: another descriptor (the figures that the finder
sees and their colours from head to foot, edges and light by ``standby``), and classifiers of examples that
were kept back. A picture that is only better by its own
measure is refused. Arrays in, words and numbers out; no torch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.elements.probe import Examples, Probe, fit_probe
from models.encoders.rows import unit_rows
from models.encoders.standby import StandbyPictureEncoder
from models.figures import FigureFinder
from models.instances.likeness import cut_regions, figure_colours
from schemas.geometry import Box
from schemas.records import FloatMatrix, RgbImage

ABLE = 0.65
"""Area under the curve, on examples it did not learn from, from which a judge can tell an element."""
WORSE = 0.02
"""How much worse, in nats or as a distance, is still no worse."""
LEAST_KEPT = 0.5
"""Correlation of the edges of input and result under which something else is shown."""
MOST_GRAIN = 1.6
"""Grain of a result, as a multiple of the grainiest of input and references, from which it is noise."""
_SIDE_PX = 96
_COLOUR_BINS = (5, 8, 8)
_FIGURES = 1.5
"""How much the figures count beside edges and all colours: on drawn comics they tell people best."""
_MOST_FIGURES = 3
_SOFT = np.array([0.25, 0.5, 0.25])


@dataclass(frozen=True, slots=True)
class Shown:
    """An element for the judge: what is believed of it, and pictures that show it and do not.

    It learns from those kept back; by the ``others``, which the classifiers learn from, it is itself judged.
    """

    name: str
    belief: float
    positives: tuple[RgbImage, ...]
    negatives: tuple[RgbImage, ...]
    other_positives: tuple[RgbImage, ...]
    other_negatives: tuple[RgbImage, ...]


@dataclass(frozen=True, slots=True)
class ElementVerdict:
    """What the judge says of an element: how well it can tell it, and how likely it is, before and after."""

    name: str
    belief: float
    auroc: float
    before: float
    after: float

    @property
    def is_able(self) -> bool:
        """Whether it can tell the element at all."""
        return self.auroc >= ABLE

    def cross_entropy(self, likely: float) -> float:
        """Return the cross-entropy of a probability with what is believed."""
        safe = min(max(likely, 1e-4), 1.0 - 1e-4)
        return float(-self.belief * np.log(safe) - (1.0 - self.belief) * np.log(1.0 - safe))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a result is accepted, why, and all that was measured before and after."""

    is_accepted: bool
    why: str
    elements: tuple[ElementVerdict, ...]
    style_before: float
    style_after: float
    kept: float
    grain: float
    held_out_styles: int

    @property
    def bce_before(self) -> float | None:
        """The mean cross-entropy of the elements that the judge can tell, None without any."""
        return self._mean("before")

    @property
    def bce_after(self) -> float | None:
        """The same of the result."""
        return self._mean("after")

    def _mean(self, when: str) -> float | None:
        each = [one.cross_entropy(getattr(one, when)) for one in self.elements if one.is_able]
        return float(np.mean(each)) if each else None


class Judge:
    """Judges the results of one job."""

    def __init__(
        self,
        elements: Sequence[Shown],
        styles: Sequence[RgbImage],
        *,
        held_out_styles: int,
        finder: FigureFinder,
    ) -> None:
        """Learn from examples kept back; ``styles`` are references, kept back where there were enough."""
        self._finder, self._held_out = finder, held_out_styles
        self._known = [self._learnt(one) for one in elements]
        self._looks = [look_of(one) for one in styles]
        self._grain = max(map(grain_of, styles), default=0.0)

    def verdict(self, before: RgbImage, after: RgbImage) -> Verdict:
        """Compare a result with what it was made from."""
        rows = described([before, after], self._finder)
        elements = tuple(
            ElementVerdict(one.name, one.belief, auroc, *_likely(probe, rows))
            for one, probe, auroc in self._known
        )
        style = self.distance(before), self.distance(after)
        kept = kept_share(before, after)
        grain = grain_of(after) / max(self._grain, grain_of(before), 1e-6)
        draft = Verdict(False, "", elements, *style, kept, grain, self._held_out)
        why = _why_not(draft)
        told = why or "it looks more like the references, and shows what it should no less"
        return replace(draft, is_accepted=not why, why=told)

    def _learnt(self, one: Shown) -> tuple[Shown, Probe, float]:
        """Return a probe of an element, and how well it tells pictures that it did not learn from."""
        yes, no = (described(some, self._finder) for some in (one.positives, one.negatives))
        probe = fit_probe(Examples(yes, no, np.empty((0, yes.shape[1]), np.float32)))
        others = (one.other_positives, one.other_negatives)
        return one, probe, _auroc(*(probe.logits(described(some, self._finder)) for some in others))

    def distance(self, picture: RgbImage) -> float:
        """Return how far the look of a picture is from that of the references, 0 to some 1."""
        look = look_of(picture)
        return float(np.mean([_apart(look, other) for other in self._looks])) if self._looks else 0.0


def _why_not(found: Verdict) -> str:
    """Return why a result is refused, empty where it is not."""
    blind = [one.name for one in found.elements if not one.is_able]
    if found.elements and len(blind) == len(found.elements):
        return f"the judge cannot tell {', '.join(blind)}: teach more panels that show and that lack it"
    before, after = found.bce_before, found.bce_after
    if before is not None and after is not None and after > before + WORSE:
        return (
            "it shows less of what it should: the judge's cross-entropy went "
            f"from {before:.2f} to {after:.2f}"
        )
    if found.kept < LEAST_KEPT:
        return f"it no longer shows what was drawn: only {found.kept:.0%} of the edges are as they were"
    if found.grain > MOST_GRAIN:
        return f"it is grainy: {found.grain:.1f} times as much as the input and the references"
    if found.style_after >= found.style_before:
        return (
            f"it looks no more like the references: they are {found.style_before:.3f} away from the input, "
            f"{found.style_after:.3f} from the result"
        )
    return ""


def described(pictures: Sequence[RgbImage], finder: FigureFinder) -> FloatMatrix:
    """Return what the judge sees of pictures, unit rows: colours of figures, edges and light, all colours."""
    edges = StandbyPictureEncoder().encode_images(pictures)
    colours = unit_rows(np.stack([_colours(one) for one in pictures]))
    figures = unit_rows(np.stack([_figures(one, finder) for one in pictures]))
    return unit_rows(np.concatenate([edges, colours, _FIGURES * figures], axis=1))


def look_of(picture: RgbImage) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return which colours a picture has, and how strong its edges are at two scales; no places."""
    side = cv2.resize(picture, (2 * _SIDE_PX, 2 * _SIDE_PX), interpolation=cv2.INTER_AREA)
    light = cv2.cvtColor(side, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255.0
    edges = []
    for plane in (light, cv2.resize(light, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)):
        strength = np.hypot(cv2.Sobel(plane, cv2.CV_32F, 1, 0), cv2.Sobel(plane, cv2.CV_32F, 0, 1))
        edges.append(np.histogram(np.sqrt(strength), bins=12, range=(0.0, 2.0))[0] / strength.size)
    return _colours(picture), np.sqrt(np.concatenate(edges) / 2.0).astype(np.float32)


def grain_of(picture: RgbImage) -> float:
    """Return how much of a picture is grain: what a small median takes away."""
    side = cv2.resize(picture, (256, 256), interpolation=cv2.INTER_AREA)
    return float(np.abs(side.astype(np.float32) - cv2.medianBlur(side, 3)).mean())


def kept_share(before: RgbImage, after: RgbImage) -> float:
    """Return the correlation of the edges of two pictures."""
    rows = []
    for one in (before, after):
        side = cv2.resize(one, (128, 128), interpolation=cv2.INTER_AREA)
        light = cv2.cvtColor(side, cv2.COLOR_RGB2GRAY).astype(np.float32)
        strength = np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1))
        rows.append(cv2.GaussianBlur(np.sqrt(strength), (0, 0), 1.0).ravel())
    spread = float(rows[0].std() * rows[1].std())
    if spread < 1e-6:
        return 1.0 if np.allclose(rows[0], rows[1], atol=1.0) else 0.0
    return float(np.corrcoef(rows[0], rows[1])[0, 1])


def _apart(
    one: tuple[NDArray[np.float32], NDArray[np.float32]],
    other: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> float:
    """Return the mean Hellinger distance of colours and of edges."""
    return float(np.mean([np.sqrt(max(0.0, 1.0 - float(a @ b))) for a, b in zip(one, other, strict=True)]))


def _colours(picture: RgbImage) -> NDArray[np.float32]:
    """Return the square root of the histogram of the colours in CIELAB, softened."""
    small = cv2.resize(picture, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB)
    found, _ = np.histogramdd(
        lab.reshape(-1, 3), bins=_COLOUR_BINS, range=((0.0, 100.01), (-80.0, 80.0), (-80.0, 80.0))
    )
    for axis in range(3):  # a hair's breadth over a bin's edge is no other colour
        found = np.apply_along_axis(np.convolve, axis, found, _SOFT, "same")
    return np.asarray(np.sqrt(found / max(float(found.sum()), 1e-9)).ravel(), np.float32)


def _figures(picture: RgbImage, finder: FigureFinder) -> NDArray[np.float32]:
    """Return the colours of the largest figures from head to foot, of the whole where nobody is seen."""
    found = finder.find(picture)
    boxes = [one.box for one in found.figures[:_MOST_FIGURES]] or [Box.whole_page()]
    regions = cut_regions(picture, boxes, np.asarray(found.figure, np.float32))
    return np.asarray(np.mean([figure_colours(one) for one in regions], axis=0), np.float32)


def _likely(probe: Probe, rows: FloatMatrix) -> tuple[float, float]:
    before, after = 1.0 / (1.0 + np.exp(-np.clip(probe.logits(rows), -30, 30)))
    return float(before), float(after)


def _auroc(yes: FloatMatrix, no: FloatMatrix) -> float:
    """Return how often something that is there scores higher than something that is not."""
    pairs = np.subtract.outer(yes, no)
    return float((pairs > 0).mean() + 0.5 * (pairs == 0).mean())
