"""Finds the fusion for two encoders: the trained one where it was trained on just these, else the plain one.

A trained fusion is two files of one stem: ``.safetensors`` with its arrays and ``.json`` with their
SHA-256 and the encoders whose vectors it joins. A reading-order head is two files more, with the
description of the fusion it goes with: the fusion's own files, and the vectors it makes, stay as they are.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.fusion.closure import DIM, Closure, array_shapes
from models.fusion.order import OrderHead, OrderSenses, order_shapes
from models.fusion.plain import plain_arrays
from models.weights import map_safetensors, sha256_of, verify_sha256
from schemas.errors import WeightsError
from schemas.tables import EncoderSpec

FOLDER = Path(__file__).parent / "weights"
CLOSURE, PLAIN, ORDER = "closure", "plain", "order"


def load_fusion(picture: EncoderSpec, text: EncoderSpec) -> Closure:
    """Return the fusion that goes with two encoders.

    Raises:
        WeightsError: the trained one is damaged.
    """
    pins = FOLDER / f"{CLOSURE}.json"
    if pins.is_file() and _encoders_of(pins) == (picture, text):
        fusion = load_trained(pins, picture, text)
        head = pins.with_name(f"{ORDER}.json")
        return with_order_head(fusion, head) if head.is_file() else fusion
    return load_plain(picture, text)


def load_plain(picture: EncoderSpec, text: EncoderSpec) -> Closure:
    """Return the weighted sum without training."""
    spec = EncoderSpec(PLAIN, DIM, f"weighted-sum/{picture.dim}+{text.dim}/v1")
    return Closure(spec, plain_arrays(array_shapes(picture.dim, text.dim)))


def load_trained(pins: Path, picture: EncoderSpec, text: EncoderSpec) -> Closure:
    """Return the fusion that a ``.json`` file describes.

    Raises:
        WeightsError: a file is missing or damaged, or belongs to other encoders.
    """
    if _encoders_of(pins) != (picture, text):
        raise WeightsError(
            f"{pins} was trained on other encoders than {picture.name} and {text.name}: "
            "train it anew: longbox train fusion"
        )
    arrays, sha256 = pins.with_suffix(".safetensors"), _read(pins)["sha256"]
    verify_sha256(arrays, str(sha256))
    spec = EncoderSpec(pins.stem, DIM, f"gates/v1/{picture.weights_sha256[:12]}", str(sha256))
    return Closure(spec, map_safetensors(arrays, array_shapes(picture.dim, text.dim)))


def with_order_head(fusion: Closure, pins: Path) -> Closure:
    """Return a fusion with the reading-order head that a ``.json`` file describes; its vectors stay.

    Raises:
        WeightsError: a file is missing or damaged, or the head was trained on another fusion.
    """
    told = _read(pins)
    if told.get("fusion") != asdict(fusion.spec):
        raise WeightsError(f"{pins} was trained on another fusion: train it anew: longbox train order")
    arrays = pins.with_suffix(".safetensors")
    verify_sha256(arrays, str(told["sha256"]))
    senses = OrderSenses(content=bool(told.get("content")), place=bool(told.get("place")))
    return fusion.with_order_head(OrderHead(map_safetensors(arrays, order_shapes(DIM)), senses))


def write_order_head(
    path: Path, arrays: Mapping[str, NDArray[np.float32]], senses: OrderSenses, fusion: EncoderSpec
) -> None:
    """Write a head trained on a fusion: ``path`` with the suffixes ``.safetensors`` and ``.json``."""
    _write(path, arrays, {"fusion": asdict(fusion), **asdict(senses)})


def write_fusion(
    path: Path, arrays: Mapping[str, NDArray[np.float32]], picture: EncoderSpec, text: EncoderSpec
) -> None:
    """Write a trained fusion: ``path`` with the suffixes ``.safetensors`` and ``.json``."""
    _write(path, arrays, {"picture": asdict(picture), "text": asdict(text)})


def _write(path: Path, arrays: Mapping[str, NDArray[np.float32]], told: Mapping[str, object]) -> None:
    from safetensors.numpy import save_file

    file = path.with_suffix(".safetensors")
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, file)
    pins = {"sha256": sha256_of(file), **told}
    path.with_suffix(".json").write_text(json.dumps(pins, indent=1) + "\n", encoding="utf-8")


def _encoders_of(pins: Path) -> tuple[EncoderSpec, EncoderSpec]:
    data = _read(pins)
    try:
        picture, text = (EncoderSpec(**data[side]) for side in ("picture", "text"))  # type: ignore[arg-type]
    except (KeyError, TypeError) as error:
        raise WeightsError(f"{pins} is damaged: it does not name the encoders") from error
    return picture, text


def _read(pins: Path) -> dict[str, object]:
    try:
        data = json.loads(pins.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"cannot read {pins}: {error}; install Longbox again") from error
    if not isinstance(data, dict) or "sha256" not in data:
        raise WeightsError(f"{pins} is damaged: it does not name the file beside it")
    return data
