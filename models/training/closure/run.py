"""The whole way to a fusion: draw books, embed their panels, train the variants, write their weights."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from models.fusion.loading import ORDER, load_fusion, write_fusion, write_order_head
from models.training.closure.data import PanelSet, WordsAndPictures, drawn_pages, embed_pages
from schemas.errors import ConfigError

Report = Callable[[str], None]
_FIRST_SEED = 9000
_PAGES_TOLD = 40


@dataclass(frozen=True, slots=True)
class FusionPlan:
    """What to train on and where to; ``picture`` and ``text`` are names of encoders."""

    out: Path
    picture: str
    text: str
    books: int
    variants: Sequence[str]
    steps: int | None = None


def train_fusion(plan: FusionPlan, report: Report) -> None:
    """Write ``OUT/<variant>.safetensors`` and ``.json``; embedded panels are kept in OUT for the next run.

    Raises:
        BackendUnavailableError: torch, skia or an encoder is not installed, or knows no words.
        ConfigError: a variant does not exist.
    """
    from models.training.closure.training import VARIANTS, FusionRecipe, train_variant

    if unknown := set(plan.variants) - VARIANTS.keys():
        raise ConfigError(f"there is no variant {min(unknown)!r}; known are {', '.join(VARIANTS)}")
    plan.out.mkdir(parents=True, exist_ok=True)
    encoders = WordsAndPictures.load(plan.picture, plan.text)
    panels = _panels(plan, encoders, report)
    report(f"{len(panels.pages)} panels of {len(set(panels.books.tolist()))} drawn books")
    recipe = FusionRecipe() if plan.steps is None else FusionRecipe(steps=plan.steps)
    for variant in plan.variants or VARIANTS:
        arrays = train_variant(variant, panels, recipe, report)
        write_fusion(plan.out / variant, arrays, encoders.pictures.spec, encoders.texts.spec)
        report(f"wrote {plan.out / variant}.safetensors")


def train_order(plan: FusionPlan, report: Report) -> None:
    """Write ``OUT/order/<variant>.safetensors`` and ``.json``: heads for the fusion of the two encoders.

    Raises:
        BackendUnavailableError: torch, skia or an encoder is not installed, or knows no words.
        ConfigError: a variant does not exist.
    """
    from models.training.closure.order import SENSES, OrderRecipe, train_order_head

    if unknown := set(plan.variants) - SENSES.keys():
        raise ConfigError(f"there is no variant {min(unknown)!r}; known are {', '.join(SENSES)}")
    folder = plan.out / ORDER
    folder.mkdir(parents=True, exist_ok=True)
    encoders = WordsAndPictures.load(plan.picture, plan.text)
    fusion = load_fusion(encoders.pictures.spec, encoders.texts.spec)
    panels = _panels(plan, encoders, report)
    recipe = OrderRecipe() if plan.steps is None else OrderRecipe(steps=plan.steps)
    for variant in plan.variants or SENSES:
        arrays = train_order_head(variant, fusion, panels, recipe, report)
        write_order_head(folder / variant, arrays, SENSES[variant], fusion.spec)
        report(f"wrote {folder / variant}.safetensors")


def _panels(plan: FusionPlan, encoders: WordsAndPictures, report: Report) -> PanelSet:
    """Return the embedded panels, from a former run with the same encoders where there was one."""
    specs = [asdict(encoders.pictures.spec), asdict(encoders.texts.spec), plan.books]
    key = hashlib.sha256(json.dumps(specs).encode()).hexdigest()[:12]
    kept = plan.out / f"panels-{key}.npz"
    if kept.is_file():
        return PanelSet.load(kept)

    def tell(pages: int) -> None:
        if pages % _PAGES_TOLD == 0:
            report(f"drew and embedded {pages} pages")

    panels = embed_pages(drawn_pages(plan.books, first_seed=_FIRST_SEED), encoders, progress=tell)
    part = kept.with_name(f"{kept.stem}.part.npz")
    panels.save(part)
    part.replace(kept)
    return panels
