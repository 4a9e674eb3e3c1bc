"""Fine-tuning on the pictures that a library stores."""

from __future__ import annotations

from pathlib import Path

from indexer.cohorts.items import Labelled
from indexer.cohorts.making import Choice, Made
from indexer.elements.pictures import read_thumbnail
from models.characters.cohort import build_cohort
from models.characters.training import TrainingPlan
from models.characters.tuning import Tuned, fine_tune
from schemas.errors import ConfigError, LibraryError

MOST_ITEMS = 20_000
"""Pictures that are held in memory at once, 48 kB each."""


def tune(
    library: Path,
    labelled: Labelled,
    choice: Choice,
    plan: TrainingPlan,
    weights: Path,
    out: Path | None = None,
) -> Made:
    """Tune a ResNet; ``out`` keeps its tensors beside the report, as safetensors.

    Raises:
        ConfigError: nothing can be learnt, or too much.
        BackendUnavailableError, WeightsError: as :func:`models.characters.tuning.fine_tune`.
        LibraryError: the library cannot be read, or the file cannot be written.
    """
    if len(labelled.items) > MOST_ITEMS:
        raise ConfigError(f"{len(labelled.items):,} items: at most {MOST_ITEMS:,} are tuned on; label fewer")
    cohort = build_cohort(labelled.items, top=choice.top, min_support=choice.min_support, seed=plan.seed)
    images = [read_thumbnail(library, item.item_id) for item in labelled.items]
    tuned = fine_tune(images, cohort, plan, weights)
    if out is not None:
        _keep(tuned, out)
    return Made(cohort, tuned.trained, f"{tuned.architecture}:{weights.name}")


def _keep(tuned: Tuned, out: Path) -> None:
    from safetensors.torch import save_file

    tensors = {name: value.contiguous() for name, value in tuned.state.items()}
    try:
        save_file(tensors, out.with_suffix(".safetensors"), metadata={"architecture": tuned.architecture})
    except OSError as error:
        raise LibraryError(f"cannot write {out}: {error.strerror or error}") from error
