"""open_clip models as picture and text encoders of one space.

``open_clip:<model>@<pretrained tag>`` takes weights that open_clip knows, from its cache or by
download; ``open_clip:<model>@local-dir:<folder>`` takes everything from a folder and never asks
the network. The folder holds what ``open_clip.push_to_hf_hub`` writes: ``open_clip_config.json``
with ``model_cfg`` and ``preprocess_cfg``, ``*.safetensors``, and the tokenizer's files where the
model has its own. A bare weights file is refused on purpose: open_clip would give it the default
preprocessing and take its tokenizer from the hub, both silently.

Source: Radford et al. 2021, arXiv:2103.00020; github.com/mlfoundations/open_clip.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.encoders.rows import check_pictures, clean_text, embed_in_batches, tamed
from models.protocols import TextEncoder
from models.weights import sha256_of
from models.why.records import HeatMap
from schemas.errors import BackendUnavailableError, ConfigError, WeightsError
from schemas.records import FloatMatrix, RgbImage
from schemas.tables import EncoderSpec

if TYPE_CHECKING:
    import torch

PREFIX = "open_clip:"
INSTALL = "pip install 'longbox[clip]'"

_LOCAL = "local-dir:"
_CONFIG_FILE = "open_clip_config.json"
_TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "vocab.json", "spiece.model")
_CHECKPOINTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.safetensors")  # its order
_BATCH = 32
# The vectors of published models share one narrow cone (Liang et al. 2022, arXiv:2203.02053), so
# that unrelated pictures score far above zero. A careful guess: no weights were at hand to measure.
_SCORE_FLOOR = 0.6
_WORDS_RANGE = (0.2, 0.35)  # LAION kept pairs above 0.28 to 0.3, drawings score less
_MESSAGE_CHARACTERS = 200
_CHARACTERS_PER_TOKEN = 20  # a text is cut there: merging byte pairs takes quadratic time

_Preprocess = Callable[[Image.Image], "torch.Tensor"]
_Tokenize = Callable[[list[str]], "torch.Tensor"]


@dataclass(frozen=True, slots=True)
class ClipName:
    """A parsed encoder name; exactly one of ``tag`` and ``folder`` is given."""

    model: str
    tag: str | None = None
    folder: Path | None = None

    @classmethod
    def parse(cls, name: str) -> Self:
        """Read ``open_clip:<model>@<pretrained tag>`` or ``open_clip:<model>@local-dir:<folder>``.

        Raises:
            ConfigError: the name has another form.
        """
        model, _, source = name.removeprefix(PREFIX).partition("@")
        folder = source.removeprefix(_LOCAL)
        if not name.startswith(PREFIX) or not model or not folder:
            raise ConfigError(
                f"{name!r} names no open_clip encoder: write open_clip:<model>@<pretrained tag> "
                "or open_clip:<model>@local-dir:<folder>"
            )
        if folder == source:
            return cls(model, tag=source)
        return cls(model, folder=Path(folder).expanduser().resolve())

    def __str__(self) -> str:
        """Return the full name, with an absolute folder."""
        return f"{PREFIX}{self.model}@{self.tag or f'{_LOCAL}{self.folder}'}"


@dataclass(frozen=True, slots=True)
class _ModelConfig:
    """What is read of a folder's ``model_cfg``; the rest is open_clip's business."""

    embed_dim: int
    text_cfg: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Weights:
    """What to ask of open_clip, and the file that it will choose."""

    model: str
    tag: str | None
    file: Path
    quick_gelu: bool = False  # OpenAI's weights want it; a plain model name would silently go without


class _Network(Protocol):
    """The two towers of an open_clip model."""

    visual: Any

    def encode_image(self, image: "torch.Tensor") -> "torch.Tensor": ...

    def encode_text(self, text: "torch.Tensor") -> "torch.Tensor": ...


@dataclass(frozen=True, slots=True)
class _Loaded:
    model: _Network
    preprocess: _Preprocess
    tokenize: _Tokenize
    device: "torch.device"
    dim: int
    preprocessing: str
    max_characters: int


class OpenClipEncoder:
    """Embeds pictures with an open_clip model, and texts into the same space."""

    def __init__(self, name: str, *, device: str | None = None) -> None:
        """Load the model; seconds, as torch comes with it.

        Args:
            name: see the module.
            device: a torch device; None takes the GPU where there is one.

        Raises:
            ConfigError: the name is malformed, or the model or tag unknown.
            BackendUnavailableError: torch or open_clip is not installed, or weights that a tag
                names are neither here nor to be had.
            WeightsError: the folder lacks a part, or a part is damaged or of another model.
        """
        parsed = ClipName.parse(name)
        require_packages()
        if parsed.folder:
            weights = _folder_weights(parsed, parsed.folder)
        else:
            weights = _tagged_weights(parsed, parsed.tag or "")
        self._loaded = _load(parsed, weights, device)
        self._spec = EncoderSpec(
            name=str(parsed),
            dim=self._loaded.dim,
            preprocessing=self._loaded.preprocessing,
            weights_sha256=sha256_of(weights.file),
        )

    @property
    def spec(self) -> EncoderSpec:
        """Full name, size, preprocessing and hash of the weights."""
        return self._spec

    @property
    def text_tower(self) -> TextEncoder | None:
        """Embeds words into the space of the pictures."""
        return OpenClipTextTower(self._loaded, self._spec)

    @property
    def score_floor(self) -> float:
        """Cosine under which two pictures have nothing to do with each other."""
        return _SCORE_FLOOR

    @property
    def words_range(self) -> tuple[float, float]:
        """Cosines of words with a picture: from where on they fit, and where they fit fully."""
        return _WORDS_RANGE

    def encode_images(self, images: Sequence[RgbImage]) -> FloatMatrix:
        """Embed pictures, 32 at a time.

        Returns:
            (n, dim) float32, rows of L2 norm 1, input order; (0, dim) for no picture.

        Raises:
            UnreadablePictureError: one is not uint8 (height, width, 3).
        """
        check_pictures(images)
        return embed_in_batches(images, self._embed, dim=self._spec.dim, size=_BATCH)

    def relevance(self, image: RgbImage, direction: NDArray[np.float32]) -> HeatMap:
        """Return what in a picture turns its vector towards a direction (dim,).

        Raises:
            UnreadablePictureError: it is no picture.
            ConfigError: the network is of a kind that cannot be looked into.
        """
        from models.why.towers import look_inside, part_seen

        check_pictures([image])
        given = self._prepared(image)[None].to(self._loaded.device).requires_grad_()
        part = part_seen(lambda picture: self._prepared(picture).numpy(), *image.shape[:2])
        return look_inside(
            self._loaded.model, lambda: self._loaded.model.encode_image(given), direction, part
        )

    def encode_tensor(self, pictures: "torch.Tensor") -> "torch.Tensor":
        """Return unit vectors of pictures (n, 3, h, w) in [0, 1]: gradients reach the pixels."""
        import torch

        visual = self._loaded.model.visual
        facts, size = visual.preprocess_cfg, visual.image_size
        side = (size, size) if isinstance(size, int) else tuple(size)
        mean, std = (torch.tensor(facts[name]).view(1, 3, 1, 1).to(pictures) for name in ("mean", "std"))
        fitted = torch.nn.functional.interpolate(pictures, side, mode="bilinear", antialias=True)
        vectors = self._loaded.model.encode_image(((fitted - mean) / std).to(self._loaded.device))
        return torch.nn.functional.normalize(vectors.float(), dim=1)

    def randomised(self, seed: int) -> Self:
        """Return this encoder with weights thrown at random: what a map must not look the same with."""
        from models.why.sanity import with_random_weights

        other = copy(self)
        other._loaded = replace(self._loaded, model=with_random_weights(self._loaded.model, seed))
        return other

    def _embed(self, images: Sequence[RgbImage]) -> FloatMatrix:
        import torch

        batch = list(map(self._prepared, images))
        with torch.inference_mode():
            vectors = self._loaded.model.encode_image(torch.stack(batch).to(self._loaded.device))
        return np.asarray(vectors.float().cpu().numpy(), dtype=np.float32)

    def _prepared(self, image: RgbImage) -> "torch.Tensor":
        return self._loaded.preprocess(Image.fromarray(tamed(image)))


class OpenClipTextTower:
    """The text side of an :class:`OpenClipEncoder`."""

    def __init__(self, loaded: _Loaded, spec: EncoderSpec) -> None:
        """Share the loaded model."""
        self._loaded = loaded
        self._spec = spec

    @property
    def spec(self) -> EncoderSpec:
        """The spec of the picture encoder: both write one space."""
        return self._spec

    def encode_texts(self, texts: Sequence[str]) -> FloatMatrix:
        """Embed texts; what lies beyond the context of the model is ignored.

        Returns:
            (n, dim) float32, rows of L2 norm 1, input order; (0, dim) for no text.
        """
        return embed_in_batches(texts, self._embed, dim=self._spec.dim, size=_BATCH)

    def _embed(self, texts: Sequence[str]) -> FloatMatrix:
        import torch

        cleaned = [clean_text(text, self._loaded.max_characters) for text in texts]
        with torch.inference_mode():
            vectors = self._loaded.model.encode_text(self._loaded.tokenize(cleaned).to(self._loaded.device))
        return np.asarray(vectors.float().cpu().numpy(), dtype=np.float32)


def require_packages() -> None:
    """Import torch and open_clip.

    Raises:
        BackendUnavailableError: one is missing, or they do not fit each other.
    """
    try:
        import open_clip  # noqa: F401 - this is what is being tried
        import torch  # noqa: F401
    except ImportError as error:
        raise BackendUnavailableError(f"open_clip encoders need {error.name}: {INSTALL}") from error
    except RuntimeError as error:  # "operator torchvision::nms does not exist"
        raise BackendUnavailableError(
            f"torch and torchvision do not fit each other ({error}): install both of one build, {INSTALL}"
        ) from error


def _folder_weights(name: ClipName, folder: Path) -> _Weights:
    import open_clip

    config = _folder_config(folder)
    known = open_clip.get_model_config(name.model)
    if known and known["embed_dim"] != config.embed_dim:
        raise WeightsError(
            f"{folder} holds a model of {config.embed_dim} dimensions, "
            f"{name.model} has {known['embed_dim']}: name the model that it is"
        )
    text = config.text_cfg
    tower = text.get("hf_model_name")
    if tower and not Path(str(tower)).is_dir():
        raise WeightsError(
            f"{folder}: the text tower comes from the hub (hf_model_name {tower!r}): "
            "download it too, and name its folder there"
        )
    if text.get("hf_tokenizer_name") and not any((folder / file).is_file() for file in _TOKENIZER_FILES):
        raise WeightsError(f"{folder} lacks the files of its tokenizer: save them beside {_CONFIG_FILE}")
    return _Weights(f"{_LOCAL}{folder}", None, _folder_checkpoint(folder))


def _folder_config(folder: Path) -> _ModelConfig:
    file = folder / _CONFIG_FILE
    try:
        config = json.loads(file.read_text(encoding="utf-8"))["model_cfg"]
        if not isinstance(config["vision_cfg"], dict) or not isinstance(config["text_cfg"], dict):
            raise TypeError
        return _ModelConfig(embed_dim=int(config["embed_dim"]), text_cfg=config["text_cfg"])
    except OSError as error:
        raise WeightsError(f"cannot read {file}: {error.strerror}; save the model with its config") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise WeightsError(f"{file} is no configuration of an open_clip model") from error


def _folder_checkpoint(folder: Path) -> Path:
    """Return the file that open_clip will choose; refuse a folder where that may be a pickle."""
    for name in _CHECKPOINTS:
        if (folder / name).is_file():
            return folder / name
    found = [file for file in sorted(folder.iterdir()) if file.suffix in {".safetensors", ".bin", ".pth"}]
    if len(found) == 1 and found[0].suffix == ".safetensors":
        return found[0]
    raise WeightsError(
        f"{folder} holds no {_CHECKPOINTS[0]}: save the weights so; other formats are pickles, which run code"
    )


def _tagged_weights(name: ClipName, tag: str) -> _Weights:
    import open_clip

    if open_clip.get_model_config(name.model) is None:
        known = open_clip.list_models()
        near = get_close_matches(name.model, known, n=5, cutoff=0.4) or known[:5]
        raise ConfigError(
            f"open_clip knows no model {name.model!r}; near names: {', '.join(near)} ({len(known)} in all)"
        )
    tags = open_clip.list_pretrained_tags_by_model(name.model)
    if tag not in tags:
        raise ConfigError(f"{name.model} has no weights {tag!r}; there are: {', '.join(tags) or 'none'}")
    config = open_clip.get_pretrained_cfg(name.model, tag)
    try:
        file = Path(open_clip.download_pretrained(config))
    except (OSError, RuntimeError, ValueError) as error:
        raise BackendUnavailableError(
            f"the weights of {name} are not on this machine and cannot be downloaded: fetch them where "
            f"there is a network, and name their folder: open_clip:{name.model}@local-dir:<folder>"
        ) from error
    return _Weights(name.model, tag, file, quick_gelu=bool(config.get("quick_gelu")))


def _load(name: ClipName, weights: _Weights, device: str | None) -> _Loaded:
    import open_clip
    import torch
    from safetensors import SafetensorError

    chosen = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    try:
        model = open_clip.create_model(
            weights.model,
            pretrained=weights.tag,
            device=chosen,
            force_quick_gelu=weights.quick_gelu,
            require_pretrained=True,
            weights_only=True,
        )
        settings = open_clip.transform.PreprocessCfg(**model.visual.preprocess_cfg)
        tokenizer = open_clip.get_tokenizer(weights.model)
    except (RuntimeError, ValueError, TypeError, KeyError, OSError, SafetensorError) as error:
        raise WeightsError(f"cannot load {name}: {_in_short(error)}") from error
    config = open_clip.get_model_config(weights.model)
    context = int(config["text_cfg"].get("context_length", open_clip.tokenizer.DEFAULT_CONTEXT_LENGTH))
    return _Loaded(
        model=model.eval(),
        preprocess=open_clip.transform.image_transform_v2(settings, is_train=False),
        tokenize=tokenizer,
        device=chosen,
        dim=int(config["embed_dim"]),
        preprocessing=_described(asdict(settings), tokenizer, context),
        max_characters=context * _CHARACTERS_PER_TOKEN,
    )


def _in_short(error: Exception) -> str:
    """Return the first words of a message; torch lists every tensor that does not fit."""
    return shorten(str(error), _MESSAGE_CHARACTERS, placeholder=" …")


def _described(settings: Mapping[str, object], tokenizer: object, context: int) -> str:
    """Return one line that differs wherever the same weights would give other vectors."""
    text = {"tokenizer": type(tokenizer).__name__, "context": context}
    return "open_clip/" + json.dumps({**settings, **text}, sort_keys=True, separators=(",", ":"))
