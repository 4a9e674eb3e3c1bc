"""Elements: how well drawn characters and places are found, and how fast: ``python -m benchmarks.elements``.

The sample comics are drawn and every character and place that recurs is taught from 10 panels, on
books that the others were not learnt from; then an element is taught in a made-up library of 100,000
panels, whose vectors are read, judged and the panels found are counted. The machine is shared: times
are told by the clock and in processor time.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import lancedb
import numpy as np
import pyarrow as pa

from benchmarks.narrowing import build
from indexer.elements.adding import Wanted, add_to_library
from indexer.elements.figures import made_by
from indexer.elements.fitting import fit_and_apply
from indexer.elements.labels import Elements
from indexer.elements.material import read_panels as read_library
from indexer.evaluation.cast import CastPanel, find_cast, works_of
from indexer.evaluation.elements import PanelModels, read_panels, score_works
from indexer.samples.sample import write_sample
from models.elements.evidence import FIGURE_DIM
from models.elements.figures import FigureReader
from models.figures.finder import load_finder
from models.registry import load_picture_encoder, load_text_reader
from schemas.elements import FIGURES, figures_schema

POSITIVES = "10"
FIGURES_EACH = 3
TARGET_AP, TARGET_S = 0.80, 2.0


def drawn(folder: Path, encoder: str) -> dict[str, object]:
    """Return the mean AP of drawn characters and places from ten positives, and how many there are."""
    write_sample(folder / "drawn")
    found = find_cast(folder / "drawn" / "labels", folder / "drawn", places=True)
    panels = [one for one in found if isinstance(one, CastPanel)]
    loaded = load_picture_encoder(encoder)
    models = PanelModels(loaded, FigureReader(loaded, load_finder()), load_text_reader("rapidocr"))
    known, _ = read_panels(panels, models)
    told = score_works(works_of(list(known)), known, teach=False)
    by_positives = told["by_positives"]
    return by_positives.get(POSITIVES, {}) if isinstance(by_positives, dict) else {}


def speed(folder: Path, rows: int) -> dict[str, float]:
    """Return the seconds that fitting an element and judging every panel take, vectors read and all."""
    library = build(folder, rows)
    panels = read_library(library, "look")
    rng = np.random.default_rng(0)
    chosen = panels.ids(np.sort(rng.choice(panels.count, 40, replace=False)))
    add_to_library(library, Wanted("one", tuple(chosen[:20]), tuple(chosen[20:])))
    write_figures(library)
    elements = Elements(library)
    started, busy = time.perf_counter(), time.process_time()
    fresh = read_library(library, "look")
    facts, _ = fit_and_apply(elements, elements.get("one"), fresh)
    return {
        "panels": fresh.count,
        "found": facts.panels,
        "clock_s": round(time.perf_counter() - started, 3),
        "processor_s": round(time.process_time() - busy, 3),
    }


def write_figures(library: Path) -> None:
    """Make up figures for every panel, as many as comics have: three each."""
    panels = read_library(library, "look")
    schema = figures_schema(panels.format, FIGURE_DIM, made_by(panels))
    table = lancedb.connect(str(library)).create_table(FIGURES, schema=schema)
    rng = np.random.default_rng(1)
    for start in range(0, panels.count, 10_000):
        part = panels.rows.slice(start, 10_000).select(["panel_id", "ingest_rev"])
        some = part.take(np.repeat(np.arange(len(part)), FIGURES_EACH))
        vectors = rng.standard_normal((len(some), FIGURE_DIM), np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        flat = pa.array(vectors.astype(np.float16).ravel())
        column = pa.FixedSizeListArray.from_arrays(flat, FIGURE_DIM)
        table.add(some.append_column("vector", column).cast(schema))


def main() -> None:
    """Measure both and print them beside their targets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", default="longbox-mini")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        told = {"drawn": drawn(Path(scratch), given.encoder), "speed": speed(Path(scratch), given.rows)}
    if given.json:
        print(json.dumps(told, indent=1))
        return
    ap, count = told["drawn"].get("mean_ap"), told["drawn"].get("elements")
    print(f"drawn characters and places from 10 panels: mean AP {ap} of {count} (target {TARGET_AP})")
    fast = told["speed"]
    print(
        f"taught and applied to {fast['panels']:,} panels: {fast['clock_s']} s, {fast['processor_s']} s of "
        f"processor (target {TARGET_S} s)"
    )


if __name__ == "__main__":
    main()
