"""Our own encoder: damaged weights are named, words meet pictures, copies meet originals."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.encoders.mini import (
    DIM,
    FOLDER,
    LOOK_DIM,
    MEANING_DIM,
    PINS_FILE,
    SPACE_FILE,
    TAG_THRESHOLD,
    TOWER_FILE,
    MiniPictureEncoder,
    views_of,
)
from models.registry import load_picture_encoder
from schemas.errors import BackendUnavailableError, WeightsError
from schemas.records import RgbImage
from tests.models.encoders.mini_weights import skip_without_weights
from tests.models.encoders.test_standby import scene


@pytest.fixture(scope="module")
def encoder() -> MiniPictureEncoder:
    skip_without_weights()
    return MiniPictureEncoder()


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Return a copy of the weights, to damage."""
    skip_without_weights()
    for name in (TOWER_FILE, SPACE_FILE, PINS_FILE):
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("name", [TOWER_FILE, SPACE_FILE, PINS_FILE])
def test_missing_file_is_named(weights: Path, name: str) -> None:
    (weights / name).unlink()
    with pytest.raises(WeightsError, match=name):
        MiniPictureEncoder(weights)


@pytest.mark.parametrize("name", [TOWER_FILE, SPACE_FILE, PINS_FILE])
def test_truncated_file_is_named(weights: Path, name: str) -> None:
    path = weights / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(WeightsError, match=name):
        MiniPictureEncoder(weights)


def test_weights_of_another_training_are_refused(weights: Path) -> None:
    pins = json.loads((weights / PINS_FILE).read_text())
    (weights / PINS_FILE).write_text(json.dumps(pins | {"tower_sha256": "0" * 64}))
    with pytest.raises(WeightsError, match="SHA-256"):
        MiniPictureEncoder(weights)


@pytest.mark.parametrize("text", ["[]", "{}", '{"tower_sha256": 3}', "\udcff"])
def test_pins_that_name_nothing_are_damaged(tmp_path: Path, text: str) -> None:
    (tmp_path / PINS_FILE).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(WeightsError, match="damaged"):
        MiniPictureEncoder(tmp_path)


def test_a_file_that_is_no_network_is_named(tmp_path: Path) -> None:
    from models.encoders.mini import open_tower

    (tmp_path / TOWER_FILE).write_bytes(b"\x00" * 100)
    with pytest.raises(WeightsError, match=TOWER_FILE):
        open_tower(tmp_path / TOWER_FILE)


def test_own_weights_are_found_by_their_folder(weights: Path) -> None:
    encoder = load_picture_encoder(f"mini:{weights}")
    assert encoder.spec.name == f"mini:{weights}"
    assert load_picture_encoder(encoder.spec.name).spec == encoder.spec


def test_words_and_pictures_share_the_meaning_and_not_the_look(encoder: MiniPictureEncoder) -> None:
    assert MEANING_DIM + LOOK_DIM == DIM == encoder.spec.dim
    tower = encoder.text_tower
    assert tower is not None
    assert tower.spec == encoder.spec
    try:
        words = tower.encode_texts(["a cat at night", ""])
    except BackendUnavailableError as error:
        pytest.skip(str(error))
    assert not words[:, MEANING_DIM:].any()
    rows = encoder.encode_images([scene(1)])
    assert 0.3 < np.linalg.norm(rows[0, MEANING_DIM:]) < 0.6


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (2000, 7), (500, 700)])
def test_pictures_of_any_size_have_six_views(size: tuple[int, int]) -> None:
    views = views_of(np.zeros((*size, 3), np.uint8), 96)
    assert views.shape == (6, 96, 96, 3)


def test_altered_copies_are_found_again(encoder: MiniPictureEncoder) -> None:
    originals = [scene(number) for number in range(40)]
    rows = encoder.encode_images(originals)
    for alter in (_cropped, _recoloured, _rescanned):
        found = encoder.encode_images([alter(picture) for picture in originals]) @ rows.T
        assert (found.argmax(axis=1) == np.arange(40)).mean() >= 0.95, alter.__name__


def test_tags_are_probabilities(encoder: MiniPictureEncoder) -> None:
    tags = encoder.read_tags([scene(1), scene(2)])
    assert tags.shape == (2, len(encoder.tags))
    assert tags.dtype == np.float32
    assert 0 <= tags.min() <= tags.max() <= 1
    assert encoder.tags == tuple(sorted(encoder.tags))
    assert encoder.read_tags([]).shape == (0, len(encoder.tags))


def test_tagging_changes_no_vector_and_names_what_is_likely(encoder: MiniPictureEncoder) -> None:
    pictures = [scene(1), scene(2), scene(3)]
    vectors, tags = encoder.encode_and_tag(pictures)
    assert np.array_equal(vectors, encoder.encode_images(pictures))
    likely = encoder.read_tags(pictures) >= TAG_THRESHOLD
    assert tags == tuple(tuple(np.array(encoder.tags)[row]) for row in likely)
    assert encoder.encode_and_tag([])[1] == ()


def test_night_is_told_from_day(encoder: MiniPictureEncoder) -> None:
    pytest.importorskip("skia", reason="skia is not installed")
    import random

    from models.training.encoder.painted import empty_place

    rng = random.Random(0)
    samples = [empty_place(rng) for _ in range(60)]
    found = encoder.read_tags([sample.picture for sample in samples])[:, encoder.tags.index("night")]
    night = np.array(["night" in sample.facts.tags for sample in samples])
    assert found[night].mean() > found[~night].mean() + 0.3


def test_search_never_imports_torch() -> None:
    skip_without_weights()
    code = (
        "import sys; from models.registry import load_picture_encoder; import numpy as np\n"
        "load_picture_encoder('longbox-mini').encode_images([np.zeros((9, 9, 3), np.uint8)])\n"
        "assert not {'torch', 'onnx', 'skia', 'tokenizers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_encoder_loads_quickly() -> None:
    skip_without_weights()
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        MiniPictureEncoder()
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.6  # .1 s alone; the machine may be busy


def _cropped(picture: RgbImage) -> RgbImage:
    height, width = picture.shape[:2]
    return picture[height // 12 : -height // 14, width // 16 : -width // 11]


def _recoloured(picture: RgbImage) -> RgbImage:
    return np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


def _rescanned(picture: RgbImage) -> RgbImage:
    small = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 40])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
