"""A run of a few steps: it learns, stops on the clock, goes on, and what is exported says the same."""

import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from models.encoders.mini import PINS_FILE, TOWER_FILE, MiniPictureEncoder
from models.training.encoder.mobilenet import LAYERS
from models.training.encoder.run import stream_of
from models.training.encoder.stream import Stream
from schemas.errors import ConfigError
from tests.models.training.encoder.tiny import (
    TAGS,
    draw_shard,
    skip_without_onnx,
    skip_without_torch,
    space_of,
)

skip_without_torch()

import torch  # noqa: E402

from models.training.encoder.feed import Feed, fed  # noqa: E402
from models.training.encoder.training import Recipe, Trainer, vectors_of, wish_of  # noqa: E402

RECIPE = Recipe(minutes=0.005, side_px=32, batch=8, pairs=2, bank=16, threads=1, frozen_layers=21)


@pytest.fixture(scope="module")
def shard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_shard(tmp_path_factory.mktemp("shards") / "s0000")


def trainer(shard: Path, checkpoint: Path, recipe: Recipe = RECIPE, tags: tuple[str, ...] = TAGS) -> Trainer:
    stream = Stream([shard], tags)
    return Trainer(recipe, stream, space_of(stream), checkpoint)


def test_stopped_run_goes_on_where_it_stood(shard: Path, tmp_path: Path) -> None:
    first = trainer(shard, tmp_path / "run.safetensors")
    assert not first.resume()
    first.train(lambda _: None)
    second = trainer(shard, tmp_path / "run.safetensors", replace(RECIPE, minutes=0.02))
    assert second.resume()
    assert second.steps == first.steps >= 1
    assert np.array_equal(second.space.axes, first.space.axes)
    before = second.tower.project.weight.detach().clone()
    assert before.equal(first.tower.project.weight)
    second.train(lambda _: None)
    assert second.steps > first.steps
    assert not before.equal(second.tower.project.weight)


def test_body_is_pulled_back_to_the_weights_it_began_with(shard: Path, tmp_path: Path) -> None:
    weights = image_net_weights()
    moved = []
    for pull in (0.0, 1.0):
        run = trainer(shard, tmp_path / f"{pull}.safetensors", replace(RECIPE, minutes=1e-9, pull=pull))
        run.start_from(weights)
        run.train(lambda _: None)
        layer = run.tower.learning[-1].conv.weight.detach().numpy()
        moved.append(np.abs(layer - weights[f"w{len(LAYERS) - 1}"]).sum())
    assert 0 < moved[1] < moved[0]


def test_batches_of_other_processes_teach_as_well(shard: Path, tmp_path: Path) -> None:
    stream = Stream([shard], TAGS)
    recipe = replace(RECIPE, minutes=0.01, workers=2)
    feed = Feed(partial(stream_of, [shard], TAGS, []), wish_of(recipe))
    run = Trainer(recipe, stream, space_of(stream), tmp_path / "run.safetensors", feed)
    before = run.tower.project.weight.detach().clone()
    run.train(lambda _: None)
    assert run.steps >= 1
    assert not before.equal(run.tower.project.weight)


def test_seed_decides_the_batches(shard: Path) -> None:
    feed = Feed(lambda seed: Stream([shard], TAGS, seed=seed), wish_of(RECIPE))
    first, second = (fed(feed, 0) for _ in range(2))
    one, same, other = next(first), next(second), next(first)
    assert [part.dtype for part in one] == [torch.uint8] + [torch.float32] * 4
    assert one[0].shape == (RECIPE.batch + RECIPE.pairs, RECIPE.side_px, RECIPE.side_px, 3)
    assert one[0].equal(same[0])
    assert not one[0].equal(other[0])


def image_net_weights() -> dict[str, np.ndarray]:
    """Return random weights of the shapes that ImageNet's have."""
    rng = np.random.default_rng(0)
    weights = {}
    for number, shape in enumerate(LAYERS):
        kernel = (shape.outputs, shape.inputs // shape.groups, shape.kernel, shape.kernel)
        spread = (2 / np.prod(kernel[1:])) ** 0.5
        weights[f"w{number}"] = rng.normal(0, spread, kernel).astype(np.float32)
        weights[f"b{number}"] = rng.normal(0, 0.1, shape.outputs).astype(np.float32)
    return weights


def test_blended_weights_lie_between(shard: Path, tmp_path: Path) -> None:
    from models.training.encoder.export import blended, folded

    start = image_net_weights()
    own = folded(trainer(shard, tmp_path / "run.safetensors").tower)
    mixed = blended(own, start)
    assert np.allclose(mixed["w26"], 0.8 * own["w26"] + 0.2 * start["w26"], atol=1e-6)
    assert np.array_equal(mixed["project_w"], own["project_w"])
    assert all(np.array_equal(array, own[name]) for name, array in blended(own, {}).items())


def test_finished_run_does_nothing_more(shard: Path, tmp_path: Path) -> None:
    first = trainer(shard, tmp_path / "run.safetensors")
    first.train(lambda _: None)
    again = trainer(shard, tmp_path / "run.safetensors")
    again.resume()
    again.train(lambda _: None)
    assert again.steps == first.steps


def test_run_with_other_tags_is_refused(shard: Path, tmp_path: Path) -> None:
    trainer(shard, tmp_path / "run.safetensors").train(lambda _: None)
    with pytest.raises(ConfigError, match="other tags"):
        trainer(shard, tmp_path / "run.safetensors", tags=("night",)).resume()


def test_export_says_the_same_as_torch_without_torch(shard: Path, tmp_path: Path) -> None:
    skip_without_onnx()
    from models.encoders.mini import open_tower
    from models.training.encoder.export import folded, gains_of, write_weights
    from models.training.encoder.run import sample_pictures

    run = trainer(shard, tmp_path / "run.safetensors")
    run.train(lambda _: None)
    pictures = sample_pictures([shard])
    squares = np.stack([picture[:32, :32] for picture in pictures])
    with run.averaged() as tower:
        write_weights(tmp_path, folded(tower), run.space, side_px=32, tags=TAGS, pictures=pictures)
        vectors, logits = vectors_of(tower, squares)
    found = open_tower(tmp_path / TOWER_FILE).run(["vectors", "tags"], {"pictures": squares})
    vectors = vectors * gains_of(run.space)
    assert np.abs(found[0] - vectors).max() < 0.01 * np.abs(vectors).max()
    assert np.abs(found[1] - logits).max() < 0.02
    assert (tmp_path / PINS_FILE).is_file()
    encoder = MiniPictureEncoder(tmp_path)
    assert encoder.encode_images(pictures[:3]).shape == (3, 384)
    code = (
        "import sys; from pathlib import Path; import numpy as np\n"
        "from models.encoders.mini import MiniPictureEncoder\n"
        f"rows = MiniPictureEncoder(Path({str(tmp_path)!r})).encode_images([np.zeros((9, 9, 3), np.uint8)])\n"
        "assert rows.shape == (1, 384) and 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
