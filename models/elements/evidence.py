"""All that tells an element, together: the whole picture, the figures in it, and its name in what is said.

The whole picture is judged by a probe on its vector, figures by a probe on theirs, and a panel by the
figure that looks most like the element. Of the figures in a panel that is said to show it nobody knows
which one it is: the one most like figures of the other such panels is learnt from. A name in the lettering
of a panel, of its page or of its book makes the element likelier there, as far as labels bear that out.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.elements.probe import Examples, Probe, Scores, fit_probe
from models.encoders.rows import unit_rows
from schemas.records import FloatMatrix

FIGURE_DIM = 192
FIGURES_VERSION = 1
"""Raised when :mod:`models.elements.figures` gives other vectors for the same panel."""
EQUAL = (0.7, 0.7)
"""What the whole picture and its figures weigh, until labels tell which knows more."""
MANY, TURN = 10, 4.0
"""Positives from which labels tell that, and how far: the difference of two areas under the curve."""
HELD_OUT = 3
NAME_SHARE = 0.75
GAIN = 2.0
"""What a standard deviation of the evidence weighs, as a logit."""
NAMED_WITH, NAMED_WITHOUT, NAMED_AS_MANY = 0.5, 0.1, 10.0
"""How surely a name stands near panels with an element, and near others, before labels say so; and how
many labels that is worth."""
BACKGROUND_FIGURES, USUAL = 400, 1_000
BLOCK = 32_768
"""Figures judged at a time: they are kept in half precision."""
FEWEST = 2
"""Panels with figures that must show an element for those to be learnt from."""
_NEAREST = 20

Rows = NDArray[np.int64]
Shares = tuple[float, float]
YES, NO, UNSAID = 1, 0, -1


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of panels: unit ``rows`` (m, dim) and the panel of each, ascending.

    ``seen`` (n,) says which panels anybody looked at for figures.
    """

    rows: NDArray[np.floating]
    owners: Rows
    seen: NDArray[np.bool_]

    def take(self, panels: Rows) -> Self:
        """Return the figures of some panels, which are numbered anew."""
        starts = np.searchsorted(self.owners, panels)
        counts = np.searchsorted(self.owners, panels, side="right") - starts
        owners = np.repeat(np.arange(len(panels)), counts)
        places = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
        return type(self)(self.rows[np.repeat(starts, counts) + places], owners, self.seen[panels])


@dataclass(frozen=True, slots=True)
class Material:
    """What is known of panels: unit ``vectors`` (n, dim), figures, and how surely each is ``named`` (n,).

    The latter are None where nobody looked, or no panel at all is named.
    """

    vectors: FloatMatrix
    figures: Figures | None = None
    named: Scores | None = None

    def __len__(self) -> int:
        """How many panels."""
        return len(self.vectors)

    def take(self, panels: Rows) -> Self:
        """Return what is known of some panels."""
        figures = None if self.figures is None else self.figures.take(panels)
        named = None if self.named is None else self.named[panels]
        return type(self)(self.vectors[panels], figures, named)

    def with_pictures(self, vectors: FloatMatrix) -> Self:
        """Return it with pictures that are no panels at its end: no figures, no words."""
        count = len(vectors)
        if not count:
            return self
        figures, named = self.figures, self.named
        if figures is not None:
            seen = np.append(figures.seen, np.zeros(count, np.bool_))
            figures = Figures(figures.rows, figures.owners, seen)
        if named is not None:
            named = np.append(named, np.zeros(count, np.float32))
        return type(self)(np.concatenate([self.vectors, vectors]), figures, named)


@dataclass(frozen=True, slots=True)
class Sample:
    """Panels to learn from and what was ``said`` (n,) of each: :data:`YES`, :data:`NO` or nothing."""

    material: Material
    said: NDArray[np.int64]

    @classmethod
    def of(cls, material: Material, yes: Rows, no: Rows, background: Rows) -> Self:
        """Gather some panels of many."""
        said = np.repeat([YES, NO, UNSAID], [len(yes), len(no), len(background)])
        return cls(material.take(np.concatenate([yes, no, background]).astype(np.int64)), said)

    def take(self, rows: Rows) -> Self:
        """Return some of them."""
        return type(self)(self.material.take(rows), self.said[rows])

    def rows(self, said: int) -> Rows:
        """Return the places of those of which that was said."""
        return np.flatnonzero(self.said == said)

    @property
    def examples(self) -> Examples:
        """The vectors of whole pictures to learn from."""
        return Examples(*(self.material.vectors[self.said == said] for said in (YES, NO, UNSAID)))


@dataclass(frozen=True, slots=True)
class FigureProbe:
    """Judges figures by what sets them apart from the ``middle`` of all; ``lowest`` stands for none."""

    probe: Probe
    middle: Scores
    lowest: float

    def logits(self, figures: Figures) -> Scores:
        """Return the logit of the figure most like it in each panel, NaN where nobody looked for any."""
        found = np.full(len(figures.seen), self.lowest, np.float32)
        if len(figures.owners):
            first = np.flatnonzero(np.diff(figures.owners, prepend=-1))
            blocks = range(0, len(figures.rows), BLOCK)
            each = [self._each(figures.rows[at : at + BLOCK].astype(np.float32)) for at in blocks]
            found[figures.owners[first]] = np.maximum.reduceat(np.concatenate(each), first)
        found[~figures.seen] = np.nan
        return found

    def _each(self, rows: FloatMatrix) -> Scores:
        """Judge unit rows about the middle, without making a copy of them all."""
        directions = np.stack([self.probe.weights, self.middle], axis=1)
        along = rows @ directions - self.middle @ directions
        squared = 1.0 - 2.0 * (rows @ self.middle) + float(self.middle @ self.middle)
        length = np.sqrt(np.maximum(squared, 1e-6))
        return np.asarray(along[:, 0] / length + np.float32(self.probe.bias), np.float32)


@dataclass(frozen=True, slots=True)
class Scale:
    """Where logits of a probe lie on panels that nobody says show it, and how far they spread."""

    mean: float
    spread: float

    @classmethod
    def of(cls, logits: Scores) -> Self:
        """Measure them; what is NaN does not count."""
        known = logits[~np.isnan(logits)]
        return cls(float(known.mean()), max(float(known.std()), 1e-6)) if len(known) > 1 else cls(0.0, 1.0)

    def place(self, logits: Scores) -> Scores:
        """Return how far above the mean logits lie, in spreads; the mean for what is not known."""
        placed = (logits - np.float32(self.mean)) / np.float32(self.spread)
        return np.asarray(np.nan_to_num(placed, nan=0.0), np.float32)


@dataclass(frozen=True, slots=True)
class Judge:
    """What was learnt of an element. With nothing but whole pictures its logits are those of the probe."""

    whole: Probe
    whole_scale: Scale
    figures: FigureProbe | None = None
    figures_scale: Scale | None = None
    name_weight: float = 0.0
    shares: tuple[float, float] = EQUAL
    middle: float = 0.0

    @property
    def method(self) -> str:
        """What it goes by, in a word or several."""
        parts = [self.whole.method]
        parts += ["figures"] if self.figures else []
        parts += ["name"] if self.name_weight else []
        return "+".join(parts)

    def logits(self, material: Material) -> Scores:
        """Return the logit of each panel."""
        if self.figures is None and not self.name_weight:
            return self.whole.logits(material.vectors)
        return np.asarray(GAIN * (self.evidence(material) - self.middle), np.float32)

    def evidence(self, material: Material) -> Scores:
        """Return how much speaks for each panel, in spreads of usual panels."""
        found = self.whole_scale.place(self.whole.logits(material.vectors))
        if self.figures is not None and self.figures_scale is not None and material.figures is not None:
            placed = self.figures_scale.place(self.figures.logits(material.figures))
            found = self.shares[0] * found + self.shares[1] * placed
        if self.name_weight and material.named is not None:
            found = found + self.name_weight * material.named
        return np.asarray(found, np.float32)


def usual_of(material: Material) -> Material:
    """Return panels that stand for all of them where something is measured: every so many."""
    return material.take(np.arange(0, len(material), max(1, -(-len(material) // USUAL))))


def fit_judge(sample: Sample, usual: Material, shares: Shares | None = None) -> Judge:
    """Learn an element; something must show it.

    Args:
        sample: what to learn from.
        usual: panels, whatever was said of them, on which kinds of evidence are made comparable: on those
            that a probe learnt from it is surer than elsewhere.
        shares: of the whole picture and of figures; None finds them by labels held out in turn.

    Raises:
        ValueError: nothing shows the element.
    """
    whole = fit_probe(sample.examples)
    if len(usual) < FEWEST or not (sample.said != YES).any():
        return Judge(whole, Scale(0.0, 1.0))
    logits = whole.logits(usual.vectors)
    figures = placed = None
    if sample.material.figures is not None and usual.figures is not None:
        figures = _fit_figures(sample, sample.material.figures, usual.figures)
        placed = Scale.of(figures.logits(usual.figures)) if figures else None
    if shares is None:
        shares = _shares(sample, usual) if figures else EQUAL
    judge = Judge(whole, Scale.of(logits), figures, placed, _name_weight(sample), shares)
    return replace(judge, middle=_middle(judge, sample, usual))


def _shares(sample: Sample, usual: Material) -> Shares:
    """Give more say to what ranks labelled panels better that it did not learn from."""
    if len(sample.rows(YES)) < MANY:
        return EQUAL
    folds = folds_of(sample, HELD_OUT)
    whole, figures = np.zeros(len(folds)), np.zeros(len(folds))
    for fold in range(HELD_OUT):
        kept, left = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        judge, part = fit_judge(sample.take(kept), usual, EQUAL), sample.material.take(left)
        if judge.figures is None or part.figures is None:
            return EQUAL
        whole[left] = judge.whole.logits(part.vectors)
        figures[left] = np.nan_to_num(judge.figures.logits(part.figures), nan=judge.figures.lowest)
    turn = float(np.exp(TURN * (_area(sample, whole) - _area(sample, figures))))
    length = float(np.hypot(turn, 1 / turn))
    return turn / length, 1 / turn / length


def _area(sample: Sample, logits: NDArray[np.float64]) -> float:
    """Return how often a panel that shows the element is ranked before one that does not."""
    no = sample.said == NO if len(sample.rows(NO)) >= MANY else sample.said != YES
    against = np.sort(logits[no])
    low, high = (np.searchsorted(against, logits[sample.said == YES], side) for side in ("left", "right"))
    return float((low + high).mean() / 2 / max(len(against), 1))


def folds_of(sample: Sample, count: int, *, seed: int = 0) -> Rows:
    """Deal what was said, and what nobody said, evenly into folds; returns the fold of each."""
    rng = np.random.default_rng(seed)
    folds = np.zeros(len(sample.said), np.int64)
    for said in (YES, NO, UNSAID):
        rows = sample.rows(said)
        folds[rows] = rng.permutation(len(rows)) % count
    return folds


def _middle(judge: Judge, sample: Sample, usual: Material) -> float:
    """Return what lies half way between panels that show the element and usual ones."""
    shown = sample.material.take(sample.rows(YES))
    return sum(float(judge.evidence(part).mean()) for part in (shown, usual)) / 2


def _fit_figures(sample: Sample, figures: Figures, usual: Figures) -> FigureProbe | None:
    """Learn figures; None where too few panels that show the element have any."""
    said = sample.said[figures.owners]
    if len(np.unique(figures.owners[said == YES])) < FEWEST or not (said != YES).any() or not len(usual.rows):
        return None
    middle = np.asarray(usual.rows.mean(axis=0, dtype=np.float32), np.float32)
    rows = unit_rows(figures.rows - middle)
    no, others = rows[said == NO], rows[said == UNSAID][:: _step(int((said == UNSAID).sum()))]
    chosen = _recurring(rows[said == YES], figures.owners[said == YES], np.concatenate([no, others]))
    probe = fit_probe(Examples(rows[said == YES][chosen], no, others))
    return FigureProbe(probe, middle, float(probe.logits(unit_rows(usual.rows - middle)).min()))


def _step(count: int) -> int:
    return max(1, -(-count // BACKGROUND_FIGURES))


def _recurring(rows: FloatMatrix, panels: Rows, others: FloatMatrix) -> Rows:
    """Choose of each panel the figure most like one in each other panel, and least like what is elsewhere."""
    names, number = np.unique(panels, return_inverse=True)
    first = np.flatnonzero(np.diff(number, prepend=-1))
    alike = np.maximum.reduceat(rows @ rows.T, first, axis=1)  # (figures, panels)
    alike[np.arange(len(rows)), number] = 0.0
    elsewhere = np.sort(rows @ others.T, axis=1)[:, -_NEAREST:].mean(axis=1)
    worth = alike.sum(axis=1) / (len(names) - 1) - elsewhere
    return np.array(
        [np.flatnonzero(number == one)[np.argmax(worth[number == one])] for one in range(len(names))]
    )


def _name_weight(sample: Sample) -> float:
    """Return what a name weighs: more where panels that show the element are named more than others."""
    named = sample.material.named
    if named is None:
        return 0.0
    yes, no, unsaid = (named[sample.said == said] for said in (YES, NO, UNSAID))
    extra = max(len(no), len(yes)) if len(unsaid) else 0
    usual = float(unsaid.mean()) if len(unsaid) else 0.0
    with_it = (float(yes.sum()) + NAMED_WITH * NAMED_AS_MANY) / (len(yes) + NAMED_AS_MANY)
    without = float(no.sum()) + usual * extra + NAMED_WITHOUT * NAMED_AS_MANY
    return NAME_SHARE * max(0.0, float(np.log(with_it / (without / (len(no) + extra + NAMED_AS_MANY)))))
