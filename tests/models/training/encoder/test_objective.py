"""The losses reward what they should."""

import numpy as np
import pytest

from tests.models.training.encoder.tiny import skip_without_torch

skip_without_torch()

import torch  # noqa: E402

from models.training.encoder.objective import agreement, contrast, hits, tag_loss  # noqa: E402

SCALE = torch.tensor(14.0)


def rows(count: int, seed: int = 0) -> torch.Tensor:
    matrix = torch.from_numpy(np.random.default_rng(seed).normal(size=(count, 32)).astype(np.float32))
    return torch.nn.functional.normalize(matrix, dim=1)


def test_pictures_at_their_captions_lose_less_than_elsewhere() -> None:
    texts, bank = rows(16), rows(64, 1)
    assert contrast(texts, texts, bank, SCALE, 0.8) < contrast(rows(16, 2), texts, bank, SCALE, 0.8)


def test_captions_that_say_the_same_are_no_negatives() -> None:
    texts = rows(2).repeat(8, 1)
    loss = contrast(texts, texts, texts, SCALE, 0.8)
    assert loss < 0.1
    assert contrast(texts, texts, texts, SCALE, 1.1) > 1


def test_picture_without_a_caption_counts_for_nothing() -> None:
    texts, pictures = rows(8), rows(8, 1)
    texts[5:] = 0
    loss = contrast(pictures, texts, rows(4, 2), SCALE, 0.8)
    assert torch.isclose(loss, contrast(pictures[:5], texts[:5], rows(4, 2), SCALE, 0.8))


def test_two_views_of_a_picture_agree() -> None:
    first = rows(8)
    assert agreement(first, first, 12.0) < agreement(first, first.flip(0), 12.0)


def test_untagged_pictures_teach_no_tag() -> None:
    logits = torch.zeros(2, 3, requires_grad=True)
    tag_loss(logits, torch.ones(2, 3), torch.tensor([1.0, 0.0])).backward()
    assert logits.grad is not None
    assert logits.grad[0].abs().sum() > 0
    assert logits.grad[1].abs().sum() == 0


@pytest.mark.parametrize("group", [4, 16])
def test_hits_are_counted_within_groups(group: int) -> None:
    texts = rows(32)
    assert hits(texts, texts, group) == 1
    assert hits(texts[[k ^ 1 for k in range(32)]], texts, group) == 0
