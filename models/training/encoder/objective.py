"""Losses: words and pictures of one scene near each other, two views of a picture too, tags by name."""

import torch
from torch import Tensor
from torch.nn import functional


def contrast(pictures: Tensor, texts: Tensor, bank: Tensor, scale: Tensor, alike: float) -> Tensor:
    """Return the symmetric InfoNCE loss of unit rows, with further captions as negatives.

    Captions that say nearly the same (a cosine above ``alike``) are no negatives of each other:
    "a cat" is true of many pictures of a batch.

    Args:
        pictures: (n, dim).
        texts: (n, dim); rows of zeros have no caption and count for nothing.
        bank: (m, dim), captions of other scenes.
        scale: one over the temperature.
        alike: a cosine.
    """
    given = texts.norm(dim=1) > 0.5
    pictures, texts = pictures[given], texts[given]
    others = torch.cat([texts, bank])
    logits = scale * pictures @ others.T
    same = texts @ others.T > alike
    same.fill_diagonal_(fill_value=False)
    logits = logits.masked_fill(same, float("-inf"))
    target = torch.arange(len(texts), device=texts.device)
    by_picture = functional.cross_entropy(logits, target)
    by_text = functional.cross_entropy(logits[:, : len(texts)].T, target)
    return (by_picture + by_text) / 2


def agreement(first: Tensor, second: Tensor, scale: float) -> Tensor:
    """Return the InfoNCE loss between two views of the same pictures, unit rows (n, dim)."""
    logits = scale * first @ second.T
    target = torch.arange(len(first), device=first.device)
    return (functional.cross_entropy(logits, target) + functional.cross_entropy(logits.T, target)) / 2


def tag_loss(logits: Tensor, tags: Tensor, tagged: Tensor) -> Tensor:
    """Return the binary cross-entropy over tags, summed over the tags and averaged over known pictures."""
    losses = functional.binary_cross_entropy_with_logits(logits, tags, reduction="none").sum(1)
    return (losses * tagged).sum() / tagged.sum().clamp(min=1)


def hits(pictures: Tensor, texts: Tensor, group: int) -> float:
    """Return how often a caption finds its picture among ``group``: the in-batch accuracy."""
    count = len(texts) // group * group
    scores = torch.bmm(texts[:count].view(-1, group, texts.shape[1]),
                       pictures[:count].view(-1, group, texts.shape[1]).transpose(1, 2))  # fmt: skip
    found = scores.argmax(2) == torch.arange(group, device=texts.device)
    return float(found.float().mean())
