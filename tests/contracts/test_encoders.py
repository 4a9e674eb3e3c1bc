"""What every encoder promises, run on the fakes and on each that is installed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.encoders.clip import OpenClipEncoder
from models.encoders.mini import MiniPictureEncoder
from models.encoders.minilm import MiniLmEncoder
from models.encoders.standby import StandbyPictureEncoder
from models.protocols import PictureEncoder, TextEncoder
from schemas.errors import BackendUnavailableError, UnreadablePictureError
from schemas.records import RgbImage
from tests.fakes import FakePictureEncoder, FakeTextEncoder
from tests.models.encoders.mini_weights import skip_without_weights
from tests.models.encoders.tiny_clip import save_tiny_clip, skip_without_open_clip

HOSTILE_TEXTS = {
    "surrogate": "\ud800 lone surrogate",
    "control": "\x00\x01",
    "invisible": "\u202e\u200b\ufeff",
    "long word": "x" * 100_000,
    "emoji": "🎉" * 3000,
    "blank": "\n" * 50_000,
}
TEXTS = ("a witch on a broom", "Hello!", "", "猫が眠る", "word " * 90, "two cats, one roof", "Hello again")


def _fake_picture_encoder(_: Path) -> PictureEncoder:
    return FakePictureEncoder(text_tower=FakeTextEncoder())


def _standby(_: Path) -> PictureEncoder:
    return StandbyPictureEncoder()


def _longbox_mini(_: Path) -> PictureEncoder:
    skip_without_weights()
    return MiniPictureEncoder()


def _longbox_mini_text(folder: Path) -> TextEncoder:
    _minilm(folder)
    tower = _longbox_mini(folder).text_tower
    assert tower is not None
    return tower


@lru_cache(maxsize=1)
def _open_clip(folder: Path) -> PictureEncoder:
    skip_without_open_clip()
    return OpenClipEncoder(f"open_clip:tiny@local-dir:{save_tiny_clip(folder)}", device="cpu")


def _open_clip_text(folder: Path) -> TextEncoder:
    tower = _open_clip(folder).text_tower
    assert tower is not None
    return tower


def _minilm(_: Path) -> TextEncoder:
    try:
        return MiniLmEncoder()
    except BackendUnavailableError as error:
        pytest.skip(str(error))


TEXT_ENCODERS: dict[str, Callable[[Path], TextEncoder]] = {
    "fake": lambda _: FakeTextEncoder(),
    "minilm": _minilm,
    "open_clip": _open_clip_text,
    "longbox-mini": _longbox_mini_text,
}
PICTURE_ENCODERS: dict[str, Callable[[Path], PictureEncoder]] = {
    "fake": _fake_picture_encoder,
    "standby": _standby,
    "open_clip": _open_clip,
    "longbox-mini": _longbox_mini,
}


@pytest.fixture(scope="session")
def clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tiny-clip")


@pytest.fixture(params=TEXT_ENCODERS, ids=str)
def texts(request: pytest.FixtureRequest, clip_folder: Path) -> TextEncoder:
    return TEXT_ENCODERS[request.param](clip_folder)


@pytest.fixture(params=PICTURE_ENCODERS, ids=str)
def pictures(request: pytest.FixtureRequest, clip_folder: Path) -> PictureEncoder:
    return PICTURE_ENCODERS[request.param](clip_folder)


def drawn(number: int, *, width: int = 90, height: int = 70) -> RgbImage:
    rng = np.random.default_rng(number)
    image = np.full((height, width, 3), rng.integers(60, 200, 3), np.uint8)
    for _ in range(6):
        start, end = (tuple(map(int, rng.integers(0, (width, height)))) for _ in range(2))
        cv2.line(image, start, end, tuple(map(int, rng.integers(0, 255, 3))), int(rng.integers(1, 9)))
    return image


def assert_unit_rows(rows: np.ndarray, *, count: int, dim: int) -> None:
    assert rows.shape == (count, dim)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_texts_become_unit_rows(texts: TextEncoder) -> None:
    assert_unit_rows(texts.encode_texts(TEXTS), count=len(TEXTS), dim=texts.spec.dim)


def test_pictures_become_unit_rows(pictures: PictureEncoder) -> None:
    rows = pictures.encode_images([drawn(n) for n in range(5)])
    assert_unit_rows(rows, count=5, dim=pictures.spec.dim)


def test_no_text_gives_no_row(texts: TextEncoder) -> None:
    rows = texts.encode_texts([])
    assert rows.shape == (0, texts.spec.dim)
    assert rows.dtype == np.float32


def test_no_picture_gives_no_row(pictures: PictureEncoder) -> None:
    rows = pictures.encode_images([])
    assert rows.shape == (0, pictures.spec.dim)
    assert rows.dtype == np.float32


def test_text_alone_has_the_vector_it_has_among_others(texts: TextEncoder) -> None:
    together = texts.encode_texts(TEXTS)
    alone = np.concatenate([texts.encode_texts([text]) for text in TEXTS])
    assert np.allclose(together, alone, atol=1e-5)


def test_picture_alone_has_the_vector_it_has_among_others(pictures: PictureEncoder) -> None:
    images = [drawn(n, width=40 + 20 * n) for n in range(4)]
    together = pictures.encode_images(images)
    alone = np.concatenate([pictures.encode_images([image]) for image in images])
    assert np.allclose(together, alone, atol=1e-5)


def test_many_texts_keep_their_order(texts: TextEncoder) -> None:
    many = [f"{'a' * (n % 7)} number {n}" for n in range(70)]
    rows = texts.encode_texts(many)
    assert np.allclose(rows[::-1], texts.encode_texts(many[::-1]), atol=1e-5)
    assert len(np.unique(rows.round(4), axis=0)) == len(many)


def test_many_pictures_keep_their_order(pictures: PictureEncoder) -> None:
    many = [drawn(n) for n in range(40)]
    rows = pictures.encode_images(many)
    assert np.allclose(rows[::-1], pictures.encode_images(many[::-1]), atol=1e-5)
    assert len(np.unique(rows.round(4), axis=0)) == len(many)


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_hostile_text_still_has_a_vector(texts: TextEncoder, text: str) -> None:
    assert_unit_rows(texts.encode_texts([text, "ok"]), count=2, dim=texts.spec.dim)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (2, 3), (70_000, 4)])
def test_picture_of_any_shape_has_a_vector(pictures: PictureEncoder, shape: tuple[int, int]) -> None:
    rows = pictures.encode_images([np.full((*shape, 3), 130, np.uint8)])
    assert_unit_rows(rows, count=1, dim=pictures.spec.dim)


@pytest.mark.parametrize("value", [0, 255])
def test_blank_picture_has_a_vector(pictures: PictureEncoder, value: int) -> None:
    rows = pictures.encode_images([np.full((30, 40, 3), value, np.uint8)])
    assert_unit_rows(rows, count=1, dim=pictures.spec.dim)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4, 3), np.uint16),
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
    ],
    ids=["float", "16 bit", "grey", "alpha", "empty"],
)
def test_what_is_no_rgb_picture_is_refused_by_number(pictures: PictureEncoder, image: RgbImage) -> None:
    with pytest.raises(UnreadablePictureError, match="picture 1 "):
        pictures.encode_images([drawn(0), image])


def test_view_with_strides_is_read_like_its_copy(pictures: PictureEncoder) -> None:
    view = drawn(3, width=200, height=160)[10:150:2, 190:20:-2]
    expected = pictures.encode_images([np.ascontiguousarray(view)])
    assert np.allclose(pictures.encode_images([view]), expected, atol=1e-6)


def test_encoding_does_not_change_the_picture(pictures: PictureEncoder) -> None:
    image = drawn(1)
    before = image.copy()
    pictures.encode_images([image])
    assert np.array_equal(image, before)


def test_threads_embed_the_texts_of_one(texts: TextEncoder) -> None:
    with ThreadPoolExecutor(3) as pool:
        rows = np.concatenate(list(pool.map(lambda text: texts.encode_texts([text]), TEXTS)))
    assert np.allclose(rows, texts.encode_texts(TEXTS), atol=1e-5)


def test_threads_embed_the_pictures_of_one(pictures: PictureEncoder) -> None:
    images = [drawn(n) for n in range(6)]
    with ThreadPoolExecutor(3) as pool:
        rows = np.concatenate(list(pool.map(lambda image: pictures.encode_images([image]), images)))
    assert np.allclose(rows, pictures.encode_images(images), atol=1e-5)


def test_text_space_is_named(texts: TextEncoder) -> None:
    assert texts.spec.name
    assert texts.spec.preprocessing
    assert texts.spec.metric == "cosine"


def test_picture_space_is_named(pictures: PictureEncoder) -> None:
    assert pictures.spec.name
    assert pictures.spec.preprocessing
    assert pictures.spec.metric == "cosine"


def test_text_tower_writes_the_space_of_the_pictures(pictures: PictureEncoder) -> None:
    tower = pictures.text_tower
    if tower is None:
        pytest.skip("an encoder of pictures alone")
    assert tower.spec.dim == pictures.spec.dim
    assert -1 <= pictures.score_floor <= 1
    low, full = pictures.words_range
    assert -1 <= low < full <= 1


def test_same_picture_scores_above_the_floor_of_the_encoder(pictures: PictureEncoder) -> None:
    rows = pictures.encode_images([drawn(2), drawn(2)])
    assert float(rows[0] @ rows[1]) > pictures.score_floor
