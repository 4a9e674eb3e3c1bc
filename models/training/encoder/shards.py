"""Shards of training pictures on disk: squashed squares, their captions and tags; made once, read often."""

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.encoder.captions import captions
from models.training.encoder.pictures import Drawings, make_sample
from schemas.records import RgbImage

STORED_PX = 128
"""Side of a stored square: a training crop of half its area still has 90 px."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Pictures, uint8 (n, 128, 128, 3), with three captions and the tags of each."""

    pictures: NDArray[np.uint8]
    captions: Sequence[tuple[str, str, str]]
    tags: Sequence[Sequence[str]]


def write_shard(path: Path, *, seed: int, count: int, drawings: Drawings) -> None:
    """Draw ``count`` samples and write ``<path>.npy`` and, last, ``<path>.json``."""
    rng = random.Random(f"longbox-mini/{seed}")  # noqa: S311 - pictures, not secrets
    pictures = np.empty((count, STORED_PX, STORED_PX, 3), np.uint8)
    words, tags = [], []
    for k in range(count):
        sample = make_sample(rng, drawings)
        pictures[k] = squashed(sample.picture, STORED_PX)
        words.append(captions(sample.facts, rng))
        tags.append(sorted(sample.facts.tags))
    np.save(path.with_suffix(".npy"), pictures)
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"captions": words, "tags": tags}), encoding="utf-8")
    part.replace(path.with_suffix(".json"))


def write_storybook(path: Path, pictures: Sequence[tuple[RgbImage, str]]) -> None:
    """Write a shard of pictures with the text of their pages: weak captions, no tags."""
    squares = np.stack([squashed(picture, STORED_PX) for picture, _ in pictures])
    np.save(path.with_suffix(".npy"), squares)
    words = [_weak_captions(text) for _, text in pictures]
    rows = {"captions": words, "tags": [[] for _ in words]}
    path.with_suffix(".json").write_text(json.dumps(rows), encoding="utf-8")


def _weak_captions(text: str) -> tuple[str, str, str]:
    """Return the text of a page, its first sentence, and its second or the first again."""
    sentences = re.split(r"(?<=[.!?])\s+", text.strip())
    return text[:200], sentences[0][:160], sentences[min(1, len(sentences) - 1)][:160]


def read_shard(path: Path) -> Shard:
    """Map a shard; the pictures stay on disk until they are touched."""
    words = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    pictures = np.load(path.with_suffix(".npy"), mmap_mode="r", allow_pickle=False)
    return Shard(pictures, [tuple(three) for three in words["captions"]], words["tags"])


def squashed(picture: RgbImage, side_px: int) -> RgbImage:
    """Return a picture squashed to a square: nothing of a panel is cut off."""
    shape = (side_px, side_px)
    return np.asarray(cv2.resize(picture, shape, interpolation=cv2.INTER_AREA), dtype=np.uint8)
