"""Whether restyling makes elements plainer to a judge that was kept out of it, or only fools its classifiers.

    python -m benchmarks.restyle [--panels 16] [--steps 100] [--comics FOLDER] [--sheet OUT.png]

Draws the sample comics (or takes them from FOLDER), greys panels in colour that show known people, and
has each restyled by panels of its book: towards its people, away from others of the book. Prints the binary
cross-entropy, less is better, of what the picture was optimised against and of the held-out judge, before
and after: with one classifier that sees each picture as it is, and with three that see it jittered,
noised and flipped; and how many results the judge accepts. ``plain`` has no classifier: style alone.
"""

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from benchmarks.colouring import Shown as Panel
from benchmarks.colouring import drawn_comics, greyed, labelled
from models.figures import load_finder
from models.generation.restyle.classifiers import Ensemble, Examples, trained
from models.generation.restyle.judge import Judge, Shown, Verdict
from models.generation.restyle.optimising import Style, Task, one_thread, picture_tensor, restyled
from models.generation.restyle.space import load_mini_space
from models.pictures import resize_to
from schemas.records import RgbImage

SEED, STYLES, SIDE_PX, PEOPLE, LEAST = 1, 4, 288, 3, 12
WAYS = {
    "plain": (0, False),
    "one, as it is": (1, False),
    "one, altered": (1, True),
    "three, altered": (3, True),
}
_COLOURED = 15.0


@dataclass(frozen=True, slots=True)
class Case:
    """A panel, whom to look for, and the other pages: ``taught`` may be optimised against, ``kept`` not."""

    panel: Panel
    names: tuple[str, ...]
    taught: tuple[Panel, ...]
    kept: tuple[Panel, ...]

    def belief(self, name: str) -> float:
        """Return whether somebody is in the panel."""
        return float(name in self.panel.people)


@dataclass(slots=True)
class Tally:
    """What one way came to."""

    verdicts: list[Verdict] = field(default_factory=list)
    own: list[tuple[float, float]] = field(default_factory=list)
    seconds: float = 0.0


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--panels", type=int, default=16)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--comics", type=Path, help="A folder that 'longbox sample' drew.")
    parser.add_argument("--sheet", type=Path, help="Write input, truth and results as a picture.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        comics = options.comics or drawn_comics(Path(folder))
        cases = [case for book in sorted((comics / "labels").iterdir()) for case in _cases(comics, book.name)]
    random.Random(SEED).shuffle(cases)  # noqa: S311 - a choice of panels, no secret
    cases = cases[: options.panels]
    print(f"{len(cases)} greyed panels, {options.steps} steps, {PEOPLE} people of the book each")
    tallies = {name: Tally() for name in WAYS}
    rows = []
    for case in cases:
        rows.append(_one(case, options.steps, tallies))
        print(
            f"  {len(rows)}: " + ", ".join(_short(tally.verdicts[-1]) for tally in tallies.values()),
            flush=True,
        )
    for name, tally in tallies.items():
        print(_line(name, tally, options.steps))
    if options.sheet:
        cv2.imwrite(str(options.sheet), np.concatenate(rows)[..., ::-1])


def _cases(comics: Path, book: str) -> Iterator[Case]:
    """Give panels in colour of a book whose people are seen, and missing, often enough."""
    panels = list(labelled(comics, book))
    counts = Counter(name for panel in panels for name in panel.people)
    names = tuple(name for name, count in counts.most_common(PEOPLE) if LEAST <= count <= len(panels) - LEAST)
    pages = sorted({panel.page for panel in panels})
    for panel in panels:
        is_coloured = float(np.ptp(panel.picture.astype(np.int16), axis=2).mean()) >= _COLOURED
        if not (is_coloured and names and panel.people & set(names)):
            continue
        others = [page for page in pages if page != panel.page]
        taught, kept = (tuple(one for one in panels if one.page in others[start::2]) for start in (0, 1))
        yield Case(panel, names, taught, kept)


def _one(case: Case, steps: int, tallies: dict[str, Tally]) -> RgbImage:
    """Restyle a panel in every way; returns input, truth and results side by side."""
    start = resize_to(greyed(case.panel.picture), SIDE_PX)
    judge, shown = _judge(case), [start, resize_to(case.panel.picture, SIDE_PX)]
    near = sorted(case.taught, key=lambda one: -case.panel.likeness(one))
    styles = [Style(resize_to(one.picture, SIDE_PX)) for one in near[:STYLES]]
    for name, (members, augments) in WAYS.items():
        began = time.perf_counter()
        ensemble = _ensemble(case, members, augments=augments)
        made = restyled(load_mini_space(), Task(start, styles, steps, SEED), ensemble)
        tallies[name].seconds += time.perf_counter() - began
        tallies[name].verdicts.append(judge.verdict(start, made.picture))
        if ensemble is not None:
            tallies[name].own.append((_own(ensemble, start), _own(ensemble, made.picture)))
        shown.append(made.picture)
    return np.concatenate(
        [cv2.resize(one, (200, 160), interpolation=cv2.INTER_AREA) for one in shown], axis=1
    )


def _ensemble(case: Case, members: int, *, augments: bool) -> Ensemble | None:
    if not members:
        return None
    examples = [
        Examples(name, case.belief(name), *(
            tuple(picture_tensor(resize_to(one.picture, SIDE_PX))[0] for one in case.taught
                  if (name in one.people) is is_shown)
            for is_shown in (True, False)
        ))
        for name in case.names
    ]  # fmt: skip
    with one_thread():
        return trained(load_mini_space(), examples, seed=SEED, members=members, augments=augments)


def _judge(case: Case) -> Judge:
    elements = [
        Shown(name, case.belief(name), *_split(case.kept, name), *_split(case.taught, name))
        for name in case.names
    ]
    near = sorted(case.kept, key=lambda one: -case.panel.likeness(one))
    return Judge(
        elements, [one.picture for one in near[:STYLES]], held_out_styles=STYLES, finder=load_finder()
    )


def _split(panels: Sequence[Panel], name: str) -> tuple[tuple[RgbImage, ...], tuple[RgbImage, ...]]:
    shown = tuple(one.picture for one in panels if name in one.people)
    return shown, tuple(one.picture for one in panels if name not in one.people)


def _own(ensemble: Ensemble, picture: RgbImage) -> float:
    """Return the cross-entropy of the classifiers themselves, of the picture as it is."""
    with one_thread():
        likely = ensemble.probabilities(picture_tensor(picture)).clamp(1e-4, 1 - 1e-4)
        wanted = ensemble.beliefs.expand_as(likely)
        return float(-(wanted * likely.log() + (1 - wanted) * (1 - likely).log()).mean())


def _short(verdict: Verdict) -> str:
    before, after = verdict.bce_before or 0.0, verdict.bce_after or 0.0
    return f"{before:.2f} → {after:.2f} {'accepted' if verdict.is_accepted else 'refused'}"


def _line(name: str, tally: Tally, steps: int) -> str:
    judged = [one for one in tally.verdicts if one.bce_before is not None]
    before, after = (
        np.mean([value for one in judged if (value := getattr(one, when)) is not None])
        for when in ("bce_before", "bce_after")
    )
    own = "" if not tally.own else "own {:.2f} → {:.2f}, ".format(*np.mean(tally.own, axis=0))
    accepted = np.mean([one.is_accepted for one in tally.verdicts])
    style = np.mean([one.style_before for one in judged]), np.mean([one.style_after for one in judged])
    return (
        f"  {name:16} {own}judge {before:.2f} → {after:.2f}, style {style[0]:.3f} → {style[1]:.3f}, "
        f"accepted {accepted:.0%}, {tally.seconds / len(tally.verdicts) / steps:.2f} s a step"
    )


if __name__ == "__main__":
    main()
