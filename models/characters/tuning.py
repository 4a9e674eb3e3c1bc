"""Fine-tuning a ResNet of torchvision on pictures, from weights of a local file; needs torch.

The losses are those of the classifier on fixed vectors: their slopes by the logits are what the
network is given back. Statistics of batches stay as they were learnt, since batches are small here; the
body learns ten times more slowly than the new last layer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.characters.cohort import Cohort
from models.characters.losses import Loss, loss_of
from models.characters.report import report_on
from models.characters.training import (
    BACK_FROM_BEST,
    BLOWN_UP,
    Classifier,
    Trained,
    TrainingPlan,
    calibrated,
    mean_ap,
    prior,
    sigmoid,
)
from schemas.errors import BackendUnavailableError, WeightsError
from schemas.records import FloatMatrix, RgbImage

if TYPE_CHECKING:
    import torch

SIDE_PX = 128
BATCH = 32
PATIENCE = 4
MOST_EPOCHS = 30
_BODY_SHARE = 0.1
_RATES = np.geomspace(1e-5, 0.3, 24)
_MEAN = np.array((0.485, 0.456, 0.406), np.float32)
_SPREAD = np.array((0.229, 0.224, 0.225), np.float32)
_BLOCKS: Mapping[tuple[int, ...], tuple[str, str]] = {
    (2, 2, 2, 2): ("resnet18", ""),
    (3, 4, 6, 3): ("resnet34", "resnet50"),
    (3, 4, 23, 3): ("", "resnet101"),
}
"""Architectures by how many blocks each stage has: plain ones, and with bottlenecks."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """A tuned network: its architecture and tensors, and what it is worth."""

    architecture: str
    state: dict[str, Any]
    trained: Trained


def fine_tune(
    images: Sequence[RgbImage],
    cohort: Cohort,
    plan: TrainingPlan,
    weights: Path,
    *,
    on_epoch: Callable[[int, float], None] = lambda _epoch, _ap: None,
) -> Tuned:
    """Tune on the train part, stop by the valid part, report on the test part.

    Raises:
        BackendUnavailableError: torch or torchvision is not installed.
        WeightsError: the file holds no ResNet of torchvision.
    """
    torch = _torch()
    torch.manual_seed(plan.seed)
    architecture, network = open_resnet(weights, len(cohort.names))
    pictures = _squashed(images)
    learnt, held, judged = (cohort.rows(part) for part in ("train", "valid", "test"))
    truth = cohort.truth.astype(np.float32)
    with torch.no_grad():
        network.fc.bias.copy_(torch.from_numpy(prior(truth[learnt])))
    loss = loss_of(plan.loss, cohort.truth[learnt].sum(axis=0), len(learnt))
    start = _copied(network)
    rate = plan.rate or _find_rate(network, pictures[learnt], truth[learnt], loss, plan)
    network.load_state_dict(start)
    step = _Stepper(network, loss, rate)
    best, kept, since, history = -1.0, start, 0, []
    rng = np.random.default_rng(plan.seed)
    for epoch in range(min(plan.epochs, MOST_EPOCHS)):
        for rows in np.array_split(rng.permutation(learnt), max(1, len(learnt) // BATCH)):
            step(_flipped(pictures[rows], rng), truth[rows])
        reached = mean_ap(_features(network, pictures[held]) @ _last(network)[0].T, cohort.truth[held])
        history.append(reached)
        on_epoch(epoch, reached)
        since = 0 if reached > best + 1e-4 else since + 1
        if since == 0:
            best, kept = reached, _copied(network)
        if since >= PATIENCE:
            break
    network.load_state_dict(kept)
    trained = _judged(network, cohort, pictures, (held, judged), rate=rate, history=history)
    return Tuned(architecture, kept, trained)


def open_resnet(weights: Path, labels: int) -> tuple[str, Any]:
    """Return the architecture that a file of weights is of, and the network with a new last layer.

    Raises:
        BackendUnavailableError: torch or torchvision is not installed.
        WeightsError: the file holds no ResNet of torchvision.
    """
    torch = _torch()
    import torchvision

    state = _read_state(weights)
    stages: tuple[int, ...] = tuple(
        len({name.split(".")[1] for name in state if name.startswith(f"layer{stage}.")})
        for stage in range(1, 5)
    )
    name = _BLOCKS.get(stages, ("", ""))["layer1.0.conv3.weight" in state]
    if not name:
        raise WeightsError(
            f"{weights} holds no ResNet of torchvision (18, 34, 50, 101): save its state_dict as safetensors"
        )
    network = torchvision.models.get_model(name, weights=None)
    body = {key: value for key, value in state.items() if not key.startswith("fc.")}
    try:
        missing, unknown = network.load_state_dict(body, strict=False)
    except RuntimeError as error:
        raise WeightsError(f"{weights} is damaged or of another model: {str(error)[:200]}") from error
    lacking = [key for key in (*missing, *unknown) if not key.startswith("fc.")]
    if lacking:
        raise WeightsError(f"{weights} lacks {len(lacking)} tensors of {name}, such as {lacking[0]}")
    network.fc = torch.nn.Linear(network.fc.in_features, labels)
    return name, network.eval()


def _read_state(weights: Path) -> dict[str, Any]:
    """Read tensors from safetensors, or from a file of torch that holds nothing but tensors."""
    torch = _torch()
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        if weights.suffix == ".safetensors":
            return load_file(weights)
        state = torch.load(weights, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        raise WeightsError(
            f"{weights} holds more than tensors: save its state_dict as safetensors"
        ) from error
    except (OSError, RuntimeError, ValueError, EOFError, KeyError, SafetensorError) as error:
        raise WeightsError(f"cannot read {weights}: {str(error)[:200]}") from error
    if not isinstance(state, dict):
        raise WeightsError(f"{weights} holds no state_dict: save that, as safetensors")
    return state


def _torch() -> Any:
    try:
        import torch
        import torchvision  # noqa: F401 - this is what is being tried
    except ImportError as error:
        raise BackendUnavailableError(
            f"fine-tuning needs {error.name}: pip install 'longbox[clip]'"
        ) from error
    return torch


class _Stepper:
    """One step of AdamW after the other."""

    def __init__(self, network: Any, loss: Loss, rate: float) -> None:
        torch = _torch()
        body = [value for key, value in network.named_parameters() if not key.startswith("fc.")]
        groups = [
            {"params": list(network.fc.parameters()), "lr": rate},
            {"params": body, "lr": rate * _BODY_SHARE},
        ]
        self.network, self._loss = network, loss
        self.optimiser = torch.optim.AdamW(groups, weight_decay=0.01)

    def __call__(self, pictures: NDArray[np.uint8], truth: FloatMatrix) -> float:
        """Learn from a batch; returns its loss."""
        torch = _torch()
        logits = self.network(_prepared(pictures))
        value, slopes = self._loss(sigmoid(logits.detach().numpy()), truth)
        self.optimiser.zero_grad()
        logits.backward(gradient=torch.from_numpy(slopes / len(truth)))
        self.optimiser.step()
        return value


def _find_rate(
    network: Any, pictures: NDArray[np.uint8], truth: FloatMatrix, loss: Loss, plan: TrainingPlan
) -> float:
    """Let the rate grow until the loss no longer falls; the network is spoilt afterwards."""
    rng = np.random.default_rng(plan.seed)
    step = _Stepper(network, loss, float(_RATES[0]))
    best, chosen, smooth = np.inf, float(_RATES[0]), None
    for rate in _RATES.tolist():
        for group, share in zip(step.optimiser.param_groups, (1.0, _BODY_SHARE), strict=True):
            group["lr"] = rate * share
        rows = rng.integers(0, len(pictures), min(BATCH, len(pictures)))
        value = step(pictures[rows], truth[rows])
        smooth = value if smooth is None else 0.7 * smooth + 0.3 * value
        if smooth < best:
            best, chosen = smooth, rate
        elif smooth > BLOWN_UP * best or not np.isfinite(value):
            break
    return chosen / BACK_FROM_BEST


def _judged(
    network: Any,
    cohort: Cohort,
    pictures: NDArray[np.uint8],
    parts: tuple[NDArray[np.int64], NDArray[np.int64]],
    *,
    rate: float,
    history: list[float],
) -> Trained:
    held, judged = parts
    matrix, bias = _last(network)
    ones = [np.full(len(bias), value, np.float32) for value in (1, 0, 0.5)]
    raw = Classifier(cohort.names, matrix, bias, *ones)
    classifier = calibrated(raw, _features(network, pictures[held]), cohort.truth[held])
    likely = classifier.likely(_features(network, pictures[judged]))
    report = report_on(cohort.names, likely, cohort.truth[judged], classifier.thresholds)
    return Trained(classifier, report, rate, len(history), max(history, default=0.0), tuple(history))


def _features(network: Any, pictures: NDArray[np.uint8]) -> FloatMatrix:
    """Return what the last layer is given, (n, width)."""
    torch = _torch()
    body = torch.nn.Sequential(*list(network.children())[:-1])
    rows = [np.empty((0, network.fc.in_features), np.float32)]
    with torch.inference_mode():
        for start in range(0, len(pictures), BATCH):
            rows.append(body(_prepared(pictures[start : start + BATCH])).flatten(1).numpy())
    return np.concatenate(rows)


def _last(network: Any) -> tuple[FloatMatrix, FloatMatrix]:
    return network.fc.weight.detach().numpy().copy(), network.fc.bias.detach().numpy().copy()


def _squashed(images: Sequence[RgbImage]) -> NDArray[np.uint8]:
    small = [cv2.resize(one, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA) for one in images]
    return np.asarray(np.stack(small), np.uint8)


def _prepared(pictures: NDArray[np.uint8]) -> torch.Tensor:
    scaled = (pictures.astype(np.float32) / 255 - _MEAN) / _SPREAD
    return _torch().from_numpy(np.ascontiguousarray(scaled.transpose(0, 3, 1, 2)))


def _flipped(pictures: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    mirrored = rng.random(len(pictures)) < 0.5
    return np.where(mirrored[:, np.newaxis, np.newaxis, np.newaxis], pictures[:, :, ::-1], pictures)


def _copied(network: Any) -> dict[str, Any]:
    return {key: value.clone() for key, value in network.state_dict().items()}
