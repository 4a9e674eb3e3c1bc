"""The whole way to ``longbox-mini``: draw scenes, embed their captions, train, write the weights."""

import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.encoders.mini import MEANING_DIM
from models.encoders.minilm import MiniLmEncoder
from models.training.encoder.mobilenet import FILE, read_tflite
from models.training.encoder.shards import read_shard
from models.training.encoder.stream import Stream, choose_tags, finished_shards, vectors_path
from models.training.encoder.textspace import TextSpace, measure_space
from schemas.errors import BackendUnavailableError
from schemas.records import RgbImage

if TYPE_CHECKING:
    from models.training.encoder.pictures import Drawings

Report = Callable[[str], None]
_PACKAGES = {"torch": "torch", "skia": "skia-python", "onnx": "onnx"}
CHECKPOINT = "checkpoint.safetensors"
SHARD_SCENES = 2000
WHITENING = 0.4
_TAG_SHARDS, _BANK, _SAMPLES = 10, 12_000, 600


@dataclass(frozen=True, slots=True)
class Plan:
    """What to train on, where to, and for how long.

    ``corpus`` is the folder of open drawings (named emoji, icons and characters, storybooks, ImageNet
    weights); without it scenes are painted only and the tower starts from nothing.
    """

    out: Path
    shards: Path
    minutes: float
    scenes: int
    corpus: Path | None = None
    device: str = "cpu"
    workers: int = 0


def train_encoder(plan: Plan, report: Report) -> None:
    """Do what is left to do of the plan; a run that was stopped goes on where it stood.

    Raises:
        BackendUnavailableError: torch, onnx, skia or MiniLM is not installed, or tflite with a corpus.
        ConfigError: the folder holds a run with other tags.
    """
    from models.training.encoder.export import blended, folded, write_weights
    from models.training.encoder.feed import Feed
    from models.training.encoder.training import Recipe, Trainer, wish_of

    start = read_tflite(plan.corpus / "weights" / FILE) if plan.corpus else None
    draw_shards(plan, report)
    embed_shards(plan.shards, report)
    shards = finished_shards(plan.shards)
    cores = plan.workers or os.cpu_count() or 1
    # an accelerator outruns one process that prepares batches; a processor would share its cores with them
    workers = 0 if plan.device == "cpu" else max(1, cores - 1)
    recipe = Recipe(minutes=plan.minutes, device=plan.device, threads=cores, workers=workers)
    make = partial(stream_of, shards, frequent_tags(shards), finished_shards(plan.shards, "w"))
    stream = make(0)
    plan.out.mkdir(parents=True, exist_ok=True)
    feed = Feed(make, wish_of(recipe)) if workers else None
    trainer = Trainer(recipe, stream, space_of(stream), plan.out / CHECKPOINT, feed)
    if trainer.resume():
        report(f"goes on from {plan.out / CHECKPOINT}")
    elif start:
        trainer.start_from(start)
    trainer.train(report)
    with trainer.averaged() as tower:
        arrays = blended(folded(tower), start or {})
    pictures = sample_pictures(finished_shards(plan.shards, "w") or shards)
    tags = stream.vocabulary
    write_weights(plan.out, arrays, trainer.space, side_px=recipe.side_px, tags=tags, pictures=pictures)
    report(f"wrote the weights into {plan.out}: longbox index --encoder mini:{plan.out.resolve()} …")


def stream_of(shards: Sequence[Path], tags: Sequence[str], weak: Sequence[Path], seed: int) -> Stream:
    """Return the stream of a process: another seed gives other batches."""
    return Stream(shards, tags, weak=weak, seed=seed)


def require_packages(*modules: str) -> None:
    """Make sure that what training needs is installed.

    Raises:
        BackendUnavailableError: something is not.
    """
    missing = [_PACKAGES[module] for module in modules if find_spec(module) is None]
    if missing:
        raise BackendUnavailableError(f"training needs {', '.join(missing)}: pip install 'longbox[train]'")


def draw_shards(plan: Plan, report: Report) -> None:
    """Draw the shards that are missing, one process a core."""
    plan.shards.mkdir(parents=True, exist_ok=True)
    paths = [plan.shards / f"s{number:04d}" for number in range(-(-plan.scenes // SHARD_SCENES))]
    missing = [path for path in paths if not path.with_suffix(".json").is_file()]
    counts = [min(SHARD_SCENES, plan.scenes - SHARD_SCENES * int(path.name[1:])) for path in missing]
    storybook = plan.shards / "w0000"
    if plan.corpus and not storybook.with_suffix(".json").is_file():
        _draw_storybook(storybook, plan.corpus)
    # spawned: a forked process would wait for ever for threads of OpenCV that it has not got
    with ProcessPoolExecutor(plan.workers or os.cpu_count(), mp_context=get_context("spawn")) as pool:
        jobs = pool.map(_draw, missing, counts, [plan.corpus] * len(missing))
        for path, _ in zip(missing, jobs, strict=True):
            report(f"drew {path.name}")


def embed_shards(folder: Path, report: Report) -> None:
    """Embed the captions of the shards that lack their vectors."""
    encoder: MiniLmEncoder | None = None
    for words in sorted(folder.glob("[sw]*.json")):
        shard = words.with_suffix("")
        if vectors_path(shard).is_file():
            continue
        encoder = encoder or MiniLmEncoder()
        captions = [caption for three in read_shard(shard).captions for caption in three]
        vectors = encoder.encode_texts(captions).astype(np.float16).reshape(-1, 3, encoder.spec.dim)
        part = shard.with_suffix(".part.npy")
        np.save(part, vectors)
        part.replace(vectors_path(shard))
        report(f"embedded the captions of {shard.name}")


def frequent_tags(shards: Sequence[Path]) -> tuple[str, ...]:
    """Return the tags worth a place in the head, counted on the first shards, sorted."""
    counts: Counter[str] = Counter()
    pictures = 0
    for shard in shards[:_TAG_SHARDS]:
        tags = json.loads(shard.with_suffix(".json").read_text(encoding="utf-8"))["tags"]
        pictures += len(tags)
        counts.update(tag for own in tags for tag in own)
    return choose_tags(counts, pictures)


def space_of(stream: Stream) -> TextSpace:
    """Return the space of the stream's captions."""
    return measure_space(stream.bank(_BANK), power=WHITENING, dim=MEANING_DIM)


def sample_pictures(shards: Sequence[Path]) -> list[RgbImage]:
    """Return some hundred pictures, evenly from all over the shards."""
    every = [picture for shard in shards for picture in read_shard(shard).pictures]
    return [np.array(picture) for picture in every[:: max(1, len(every) // _SAMPLES)]]


def _draw(path: Path, count: int, corpus: Path | None) -> None:
    from models.training.encoder.shards import write_shard

    cv2.setNumThreads(1)
    write_shard(path, seed=int(path.name[1:]), count=count, drawings=_drawings(corpus))


def _draw_storybook(path: Path, corpus: Path) -> None:
    from models.training.encoder.drawings import read_storybook
    from models.training.encoder.shards import write_storybook

    told = [(story.picture, story.text) for story in read_storybook(corpus) if len(story.text.split()) >= 3]
    write_storybook(path, told)


@lru_cache(maxsize=1)
def _drawings(corpus: Path | None) -> "Drawings":
    from models.training.encoder.drawings import read_drawings
    from models.training.encoder.pictures import NO_DRAWINGS

    return read_drawings(corpus) if corpus else NO_DRAWINGS
