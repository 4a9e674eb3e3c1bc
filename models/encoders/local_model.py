"""Models saved by transformers in a folder: found, checked and loaded without the network or pickles."""

import json
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from models.weights import sha256_of
from schemas.errors import BackendUnavailableError, ConfigError, WeightsError

if TYPE_CHECKING:
    from collections.abc import Iterator

INSTALL = "pip install 'longbox[clip]'"
LOADING = {"local_files_only": True, "trust_remote_code": False}
"""How everything is loaded: never from the hub, never with code that comes along."""
_MESSAGE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A folder with a configuration and weights in safetensors."""

    folder: Path
    config: Mapping[str, Any]
    weights_sha256: str

    @classmethod
    def open(cls, argument: str) -> "LocalModel":
        """Look at a folder, without loading it.

        Raises:
            ConfigError: no folder is given.
            WeightsError: it lacks its configuration or its weights, or these are pickles.
        """
        folder = Path(argument).expanduser().resolve()
        if not argument or not folder.is_dir():
            raise ConfigError(
                f"there is no folder {argument!r}: save the model with save_pretrained, and name it"
            )
        files = sorted(folder.glob("*.safetensors"))
        if not files:
            raise WeightsError(f"{folder} holds no *.safetensors: save the weights so; pickles run code")
        return cls(folder, read_json(folder / "config.json"), _joint_sha256(files))


def read_json(path: Path) -> Mapping[str, Any]:
    """Read a JSON object. Raises WeightsError naming the file."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise WeightsError(f"cannot read {path}: {error}; save the model with its configuration") from error
    if not isinstance(data, dict):
        raise WeightsError(f"{path} is no configuration: a JSON object is needed")
    return data


def require_transformers() -> None:
    """Import torch and transformers. Raises BackendUnavailableError naming what is missing."""
    try:
        import torch  # noqa: F401 - this is what is being tried
        import transformers  # noqa: F401
    except ImportError as error:
        raise BackendUnavailableError(f"models of transformers need {error.name}: {INSTALL}") from error


@contextmanager
def loading(folder: Path) -> "Iterator[None]":
    """Turn what transformers raises over a folder into one line."""
    from safetensors import SafetensorError

    try:
        yield
    except WeightsError:
        raise
    except (OSError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, SafetensorError) as error:
        said = shorten(str(error), _MESSAGE_CHARACTERS, placeholder=" …")
        raise WeightsError(f"cannot load the model in {folder}: {said}") from error


def loaded_whole(folder: Path, load: Callable[..., tuple[Any, Mapping[str, Any]]]) -> Any:
    """Load a model and make sure that every weight came from the file.

    Raises:
        WeightsError: some did not: transformers would fill them with random numbers.
    """
    with loading(folder):
        model, told = load(folder, output_loading_info=True, use_safetensors=True, **LOADING)
    missing = sorted(told.get("missing_keys", ())) + sorted(map(str, told.get("mismatched_keys", ())))
    if missing:
        raise WeightsError(
            f"the weights in {folder} lack {len(missing)} tensors, such as {missing[0]}: "
            "they are cut off or belong to another model"
        )
    return model.eval()


def _joint_sha256(files: list[Path]) -> str:
    if len(files) == 1:
        return sha256_of(files[0])
    return sha256("".join(sha256_of(file) for file in files).encode()).hexdigest()
