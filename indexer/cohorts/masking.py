"""Training on pictures without what is printed on them, beside training on them as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean

import numpy as np

from indexer.cohorts.items import Labelled
from indexer.cohorts.making import Choice, Made, learn
from indexer.elements.pictures import encoder_of_pictures, read_thumbnail
from models.characters.training import TrainingPlan
from models.elements.probe import Probe
from models.protocols import PictureEncoder
from models.trade_dress.masking import MaskingEncoder, masked
from models.trade_dress.regions import KINDS, DressRegion, find_dress
from models.why.occlusion import occlude
from schemas.errors import ConfigError
from schemas.geometry import Box
from schemas.records import FloatMatrix

MOST_ITEMS = 20_000
MAPS = 24
"""Pictures of the test part that are mapped, with each classifier."""
_BATCH = 32


@dataclass(frozen=True, slots=True)
class Masked:
    """What masking changed; ``regions`` counts what was found by kind, ``maps`` how many maps were compared.

    ``area`` is the share of the pictures that is printed: what a map of nothing would have inside.
    """

    ap_before: float
    ap_after: float
    relevance_before: float
    relevance_after: float
    area: float
    maps: int
    regions: dict[str, int]

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        return asdict(self)

    def in_words(self) -> str:
        """Say it in one line."""
        found = ", ".join(f"{count:,} {kind}" for kind, count in self.regions.items() if count) or "nothing"
        return (
            f"printed and masked: {found} ({self.area:.0%} of the pictures); AP {self.ap_before:.3f} before, "
            f"{self.ap_after:.3f} masked; relevance inside {self.relevance_before:.2f} before, "
            f"{self.relevance_after:.2f} masked ({self.maps} maps)"
        )


def learn_masked(
    library: Path,
    labelled: Labelled,
    choice: Choice,
    plan: TrainingPlan,
    *,
    maps: int = MAPS,
    on_picture: Callable[[], None] = lambda: None,
) -> tuple[Made, Masked]:
    """Train on the stored vectors, then without what is printed; return the second, and what changed.

    Raises:
        ConfigError: nothing can be learnt, or there are too many pictures.
        BackendUnavailableError: the lettering detector is not installed.
        EncoderMismatchError: the encoder here is not the one that made the library.
    """
    from models.text.rapid import RapidTextReader

    if len(labelled.items) > MOST_ITEMS:
        raise ConfigError(f"{len(labelled.items):,} items: at most {MOST_ITEMS:,} are masked; label fewer")
    reader, encoder = RapidTextReader(), encoder_of_pictures(labelled.panels)
    before = learn(labelled, choice, plan)
    regions: list[tuple[DressRegion, ...]] = []
    rows: list[FloatMatrix] = []
    for start in range(0, len(labelled.items), _BATCH):
        pictures = [read_thumbnail(library, item.item_id) for item in labelled.items[start : start + _BATCH]]
        found = [find_dress(picture, reader) for picture in pictures]
        regions += found
        rows.append(
            encoder.encode_images(
                [masked(one, _boxes(mine)) for one, mine in zip(pictures, found, strict=True)]
            )
        )
        for _ in pictures:
            on_picture()
    vectors = np.concatenate(rows)
    hidden = replace(
        labelled,
        panels=replace(labelled.panels, vectors=_placed(vectors, labelled)),
    )
    after = learn(hidden, choice, plan)
    shares = [
        _inside(labelled, regions, made, encoder, maps=maps, hides=hides)
        for made, hides in ((before, False), (after, True))
    ]
    counts = {str(kind): sum(one.kind == kind for mine in regions for one in mine) for kind in KINDS}
    told = Masked(
        before.trained.report.macro.mean_ap,
        after.trained.report.macro.mean_ap,
        shares[0][0],
        shares[1][0],
        fmean(min(1.0, sum(box.area for box in _boxes(mine))) for mine in regions),
        shares[0][1],
        counts,
    )
    return after, told


def _placed(vectors: FloatMatrix, labelled: Labelled) -> FloatMatrix:
    """Return the vectors of all panels, those of the items in the place of theirs."""
    placed = labelled.panels.vectors.copy()
    placed[labelled.rows] = vectors
    return placed


def _inside(
    labelled: Labelled,
    regions: Sequence[Sequence[DressRegion]],
    made: Made,
    encoder: PictureEncoder,
    *,
    maps: int,
    hides: bool,
) -> tuple[float, int]:
    """Return the mean share of relevance inside what is printed, and of how many maps."""
    cohort, classifier = made.cohort, made.trained.classifier
    able = [int(row) for row in cohort.rows("test") if regions[row] and cohort.truth[row].any()]
    shares = []
    for row in able[:: max(1, len(able) // maps)][:maps]:
        label = int(np.flatnonzero(cohort.truth[row])[0])
        judge = Probe(classifier.weights[label], float(classifier.bias[label]), "classifier")
        boxes = _boxes(regions[row])
        looking = MaskingEncoder(encoder, boxes) if hides else encoder
        picture = read_thumbnail(labelled.panels.library, labelled.items[row].item_id)
        shares.append(occlude(picture, looking, judge).share_inside(boxes))
    return (fmean(shares) if shares else 0.0), len(shares)


def _boxes(regions: Sequence[DressRegion]) -> tuple[Box, ...]:
    return tuple(region.box for region in regions)
