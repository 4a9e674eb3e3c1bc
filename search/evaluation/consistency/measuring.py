"""Measures a sequence: each element's crops beside each other, beside chance, before its judge."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.elements.judge import ElementJudge
from models.figures import FigureFinder, load_finder
from models.generation.colours import colours_in, name_of_colour
from models.generation.consistency.oddness import odd_ones
from models.generation.consistency.palettes import change_between, distance, distances, where_is
from models.protocols import PictureEncoder
from schemas.elements import DEFAULT_SIDE
from schemas.geometry import Box
from schemas.records import FloatMatrix, RgbImage
from search.evaluation.consistency.anew import request_anew
from search.evaluation.consistency.crops import ElementCrop, crop_of
from search.evaluation.consistency.panels import Kind, PanelSequence, Part, SequencePanel
from search.evaluation.consistency.recorded import look_in
from search.evaluation.consistency.report import (
    ConsistencyReport,
    ElementReport,
    Finding,
    Measure,
    Showing,
)
from search.generation.seeking import plain_name
from search.library import Library

_COLOURS_LEAST, _COLOURS_PAIR = 5.0, 7.5
"""Colour distance under which nothing stands out, and between two alone that does: in a sequence the same
figure lies 2 to 5 apart, another one 10 and more."""
_LOOK_LEAST, _LOOK_PAIR = 0.3, 0.6
"""The same for one less the likeness."""
_PLACE_FACTOR = 1.6
"""How much more a place may change: it is seen from elsewhere, and behind other people."""
_TELLS_COLOURS, _TELLS_LOOK = 0.7, 0.8
"""How much nearer than strangers the others of an element must lie, that one may stand out from them."""
_ENOUGH, _UNSTEADY = 3, 0.65
"""Panels from which up somebody may be called unsteady, and how near to strangers they then are."""
Told = Callable[[int, int], None]


@dataclass(slots=True)
class ConsistencyMeter:
    """Measures sequences with an ``encoder`` that retrieval does not use.

    ``library`` has the judges of elements, ``strangers`` are pictures of figures that have nothing to do with
    the sequence: with its other elements they say what is worth nothing.
    """

    encoder: PictureEncoder
    library: Library | None = None
    strangers: Sequence[ElementCrop] = ()
    finder: FigureFinder = field(default_factory=load_finder)

    def measure(
        self,
        sequence: PanelSequence,
        *,
        references: Mapping[str, RgbImage] | None = None,
        told: Told = lambda _done, _all: None,
    ) -> ConsistencyReport:
        """Compare the panels of a sequence; ``references`` are pictures that stood for elements."""
        crops = self._crops(sequence.panels, told)
        vectors = {name: self._vectors(own) for name, own in crops.items()}
        reports, findings = [], list[Finding]()
        for (name, kind), own in crops.items():
            others = [
                (crop, row)
                for key, rest in crops.items()
                if key[1] == kind and key[0] != name
                for crop, row in zip(rest, vectors[key], strict=True)
            ]
            element = _Element(self, name, kind, own, vectors[name, kind], others)
            report, found = element.report(sequence.panels, (references or {}).get(name))
            reports.append(report)
            findings += found
        findings += [
            Finding(one.number, one.name, "", "missing", why=one.why_not)
            for one in sequence.panels
            if one.picture is None
        ]
        findings += _never_shown(sequence.panels, {name for name, _ in crops})
        findings.sort(key=lambda one: (one.panel, one.element))
        anew = {
            number: request
            for number in dict.fromkeys(one.panel for one in findings if one.panel)
            if (request := request_anew(sequence.panels, number, findings)) is not None
        }
        notes = () if reports else ("no element was found to compare: nobody is named in it",)
        return ConsistencyReport(
            sequence.title,
            len(sequence.panels),
            self.encoder.spec.name,
            tuple(reports),
            tuple(findings),
            anew,
            notes,
        )

    def _crops(
        self, panels: Sequence[SequencePanel], told: Told
    ) -> dict[tuple[str, Kind], list[ElementCrop]]:
        found: dict[tuple[str, Kind], list[ElementCrop]] = {}
        names: dict[str, str] = {}
        for done, panel in enumerate(panels, start=1):
            for part in panel.parts:
                crop = crop_of(panel, part, self.finder)
                if crop is not None:
                    name = names.setdefault(part.element.casefold(), part.element)
                    found.setdefault((name, part.kind), []).append(crop)
            told(done, len(panels))
        return dict(sorted(found.items(), key=lambda pair: (pair[0][1] != "figure", -len(pair[1]))))

    def _vectors(self, crops: Sequence[ElementCrop]) -> FloatMatrix:
        return self.encoder.encode_images([one.on_paper() for one in crops])

    def beliefs(self, name: str, crops: Sequence[ElementCrop]) -> NDArray[np.float32] | None:
        """Ask the library's judge of an element, of the panels and of the crops: the surer one counts."""
        if self.library is None or not crops:
            return None
        known = self.library.snapshot().elements
        found = known.named(plain_name(name))
        encoder = f"{DEFAULT_SIDE}:{self.library.format.encoder_ids.get('picture', '')}"
        facts = next((one for one in known.facts() if one.name == found and one.encoder == encoder), None)
        if facts is None:
            return None
        judge, own = ElementJudge.of((facts,)), self.library.encoders.picture()
        wholes = own.encode_images([one.panel.picture for one in crops if one.panel.picture is not None])
        parts = own.encode_images([one.picture for one in crops])
        return np.asarray(np.maximum(judge.likely(wholes), judge.likely(parts))[:, 0], np.float32)


@dataclass(slots=True)
class _Element:
    """One element of a sequence; ``others`` are crops of others of its kind with their vectors."""

    meter: ConsistencyMeter
    name: str
    kind: Kind
    crops: list[ElementCrop]
    vectors: FloatMatrix
    others: list[tuple[ElementCrop, FloatMatrix]]

    def report(
        self, panels: Sequence[SequencePanel], reference: RgbImage | None
    ) -> tuple[ElementReport, list[Finding]]:
        apart = distances([one.palette for one in self.crops])
        alike = (self.vectors @ self.vectors.T).astype(np.float64)
        factor = 1.0 if self.kind == "figure" else _PLACE_FACTOR
        by_colour = odd_ones(apart, least=_COLOURS_LEAST * factor, pair=_COLOURS_PAIR * factor)
        by_look = odd_ones(1 - alike, least=_LOOK_LEAST * factor, pair=_LOOK_PAIR * factor)
        strangers = self._strangers()
        chance_look, chance_colours = self._chance_of_look(strangers), self._chance_of_colours(strangers)
        if not _tells(_usual(apart, by_colour), chance_colours, _TELLS_COLOURS):
            by_colour = []
        if not _tells(
            1 - _usual(alike, by_look), None if chance_look is None else 1 - chance_look, _TELLS_LOOK
        ):
            by_look = []
        is_unsteady = self.kind == "figure" and self._is_unsteady(apart, chance_colours, alike, chance_look)
        beliefs = self.meter.beliefs(self.name, self.crops)
        odd = {*by_colour, *by_look}
        showings = tuple(
            Showing(
                crop.panel.number, crop.panel.name, crop.panel.panel_id, crop.part.box, crop.picture,
                _mean_to_others(alike, k), _mean_to_others(apart, k),
                None if beliefs is None else float(beliefs[k]), k in odd,
            )
            for k, crop in enumerate(self.crops)
        )  # fmt: skip
        absent = tuple(panel.number for panel in panels if self.name in panel.absent)
        random_beliefs = self.meter.beliefs(self.name, [one for one, _ in strangers])
        report = ElementReport(
            self.name, self.kind, showings, absent,
            Measure(_mean_of_pairs(alike), chance_look),
            Measure(_mean_of_pairs(apart), chance_colours),
            Measure(_mean(beliefs), _mean(random_beliefs)),
            reference,
        )  # fmt: skip
        found = [self._colour_finding(k, apart, set(by_colour)) for k in by_colour]
        found += [self._look_finding(k, alike, odd) for k in by_look if k not in by_colour]
        found += [
            Finding(panel.number, panel.name, self.name, "absent")
            for panel in panels
            if self.name in panel.absent
        ]
        found += [Finding(0, "", self.name, "unsteady")] if is_unsteady else []
        return report, found

    def _is_unsteady(
        self,
        apart: NDArray[np.float64],
        chance_colours: float | None,
        alike: NDArray[np.float64],
        chance_look: float | None,
    ) -> bool:
        """Say whether neither colours nor looks are much nearer than those of strangers."""
        if len(apart) < _ENOUGH or chance_colours is None or chance_look is None:
            return False
        far = float(_usual(apart, [])) > _UNSTEADY * chance_colours
        return far and 1 - _usual(alike, []) > _UNSTEADY * (1 - chance_look)

    def _strangers(self) -> list[tuple[ElementCrop, FloatMatrix]]:
        if self.kind != "figure" or not self.meter.strangers:
            return self.others
        rows = self.meter.encoder.encode_images([one.on_paper() for one in self.meter.strangers])
        return [*self.others, *zip(self.meter.strangers, rows, strict=True)]

    def _chance_of_look(self, strangers: Sequence[tuple[ElementCrop, FloatMatrix]]) -> float | None:
        if not strangers:
            return None
        return float((self.vectors @ np.array([row for _, row in strangers]).T).mean())

    def _chance_of_colours(self, strangers: Sequence[tuple[ElementCrop, FloatMatrix]]) -> float | None:
        """Return the mean distance to strangers; a few of each are enough for a mean."""
        some = strangers[:: max(1, len(strangers) // 24)]
        own = self.crops[:: max(1, len(self.crops) // 24)]
        found = [distance(one.palette, other.palette) for one in own for other, _ in some]
        return float(np.mean(found)) if found else None

    def _colour_finding(self, k: int, apart: NDArray[np.float64], odd: set[int]) -> Finding:
        crop = self.crops[k]
        rest = [j for j in range(len(self.crops)) if j != k and j not in odd] or [0]
        usual = self.crops[min(rest, key=lambda j: float(apart[j][rest].sum()))]
        change = change_between(usual.palette, crop.palette)
        told = _Told(self.name, crop)
        was, now = ("", "") if change is None else (name_of_colour(change.was), name_of_colour(change.now))
        if was == now and change is not None:
            now = f"{'dark' if change.now[0] < change.was[0] else 'light'} {now}"
        return Finding(
            crop.panel.number, crop.panel.name, self.name, "colour", was, now, told.thing(was),
            "" if change is None or self.kind == "place" else told.place(change.now),
            0.0 if change is None else change.share, _mean_to_others(apart, k),
            _mean_of_pairs(apart[np.ix_(rest, rest)]),
        )  # fmt: skip

    def _look_finding(self, k: int, alike: NDArray[np.float64], odd: set[int]) -> Finding:
        crop, rest = self.crops[k], [j for j in range(len(self.crops)) if j not in odd]
        usual = _mean_of_pairs(alike[np.ix_(rest, rest)])
        return Finding(
            crop.panel.number,
            crop.panel.name,
            self.name,
            "look",
            value=_mean_to_others(alike, k),
            usual=usual,
        )


@dataclass(frozen=True, slots=True)
class _Told:
    """What can be said of a colour in a crop."""

    name: str
    crop: ElementCrop

    def thing(self, colour: str) -> str:
        """Return what the prompt says has that colour: ``cloak`` for red, ``in a red cloak``."""
        record = self.crop.panel.record
        if record is None or not colour:
            return ""
        words: list[str] = re.findall(r"[a-z]+", look_in(record, self.name).lower())
        for word, after in pairwise(words):
            if colour in colours_in(word) and not colours_in(after):
                return after
        return ""

    def place(self, colour: NDArray[np.float64]) -> str:
        """Return whether it lies at the top, in the middle or at the foot of the figure."""
        down = where_is(colour, self.crop.picture, self.crop.figure)
        return "top" if down < 0.36 else "middle" if down < 0.68 else "foot"


def _usual(table: NDArray[np.float64], odd: Sequence[int]) -> float:
    """Return the mean over the pairs of those that do not stand out; over all where one alone does not."""
    rest = [k for k in range(len(table)) if k not in odd]
    own = _mean_of_pairs(table[np.ix_(rest, rest)])
    return 0.0 if own is None else own


def _tells(usual: float, chance: float | None, most: float) -> bool:
    return chance is None or usual <= most * chance


def _never_shown(panels: Sequence[SequencePanel], known: set[str]) -> list[Finding]:
    return [
        Finding(panel.number, panel.name, name, "absent")
        for panel in panels
        for name in panel.absent
        if name not in known
    ]


def _mean_to_others(table: NDArray[np.float64], k: int) -> float | None:
    others = np.delete(table[k], k)
    return float(others.mean()) if len(others) else None


def _mean_of_pairs(table: NDArray[np.float64]) -> float | None:
    upper = table[np.triu_indices(len(table), 1)]
    return float(upper.mean()) if len(upper) else None


def _mean(values: NDArray[np.float32] | None) -> float | None:
    return None if values is None or not len(values) else float(values.mean())


def strangers_of(pictures: Sequence[RgbImage], finder: FigureFinder) -> list[ElementCrop]:
    """Return the largest figure of each picture, as a stranger to compare with."""
    found = []
    for number, picture in enumerate(pictures):
        figures = finder.find(picture).figures
        box: Box | None = figures[0].box if figures else None
        if box is not None:
            part = Part("", "figure", box)
            crop = crop_of(SequencePanel(number, "", picture, (part,)), part, finder)
            found += [crop] if crop is not None else []
    return found
