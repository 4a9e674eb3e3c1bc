"""Training pictures say what they show."""

import random
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("skia", reason="skia is not installed")

from models.training.encoder.augment import augmented
from models.training.encoder.captions import captions
from models.training.encoder.facts import Being, Facts
from models.training.encoder.names import emoji_nouns, icon_nouns, tags_of
from models.training.encoder.pictures import NO_DRAWINGS, make_sample
from models.training.encoder.shards import STORED_PX, read_shard, write_shard
from schemas.errors import ConfigError


def test_a_seed_draws_the_same_shard(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_shard(tmp_path / name, seed=3, count=4, drawings=NO_DRAWINGS)
    first, second = (read_shard(tmp_path / name) for name in ("a", "b"))
    assert first.pictures.shape == (4, STORED_PX, STORED_PX, 3)
    assert np.array_equal(first.pictures, second.pictures)
    assert first.captions == second.captions
    assert first.tags == second.tags


def test_scenes_have_captions_and_tags() -> None:
    rng = random.Random(1)
    for _ in range(30):
        sample = make_sample(rng, NO_DRAWINGS)
        assert sample.picture.dtype == np.uint8
        assert sample.picture.ndim == 3
        assert sample.facts.tags
        assert all(text.strip() and len(text) < 600 for text in captions(sample.facts, rng))


def test_captions_name_who_is_there() -> None:
    facts = Facts(beings=(Being(("a witch", "a woman")), Being(("a cat", "an animal"))), together=("talk",))
    rng = random.Random(0)
    full = [captions(facts, rng)[0].lower() for _ in range(40)]
    assert all("witch" in text or "woman" in text for text in full)
    assert any(text.endswith("talk") for text in full)


@pytest.mark.parametrize(
    ("text", "nouns"),
    [
        ("mage", ("a witch", "a witch")),
        ("cat face", ("a cat face", "a cat face", "an animal", "a face", "a cat")),
        ("woman briefcase", ("a woman office worker", "a woman office worker")),
        ("squared ok", ()),
    ],
)
def test_emoji_are_called_what_a_reader_would_say(text: str, nouns: tuple[str, ...]) -> None:
    assert emoji_nouns(text) == nouns


def test_abstract_icons_are_left_out() -> None:
    assert icon_nouns("card 7 spades") == ()
    assert "weapon" in tags_of(icon_nouns("broad sword"))


def test_augmented_views_differ_and_keep_their_shape() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (128, 128, 3), np.uint8)
    rng = random.Random(2)
    views = [augmented(picture, 96, rng, hard=k % 2 == 1) for k in range(40)]
    assert all(view.shape == (96, 96, 3) and view.dtype == np.uint8 for view in views)
    assert len({view.tobytes() for view in views}) == 40


def test_training_without_a_shard_says_so() -> None:
    from models.training.encoder.stream import Stream

    with pytest.raises(ConfigError, match="no training shard"):
        Stream([], ["night"])
