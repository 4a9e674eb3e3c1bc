"""What a run carries from step to step, in a safetensors file."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from models.training.encoder.textspace import TextSpace
from models.training.encoder.tower import Tower


@dataclass(slots=True)
class State:
    """What a run carries from step to step; ``spent_s`` is the training time of all runs together."""

    tower: Tower
    average: dict[str, Tensor]
    optimiser: torch.optim.AdamW
    scale: torch.nn.Parameter
    start: dict[str, Tensor]
    spent_s: float = 0.0
    step: int = 0


def save_state(path: Path, state: State, space: TextSpace, record: Mapping[str, object]) -> None:
    """Write a checkpoint atomically; ``record`` is kept beside the tensors, as JSON."""
    tensors = {f"tower.{k}": v for k, v in state.tower.state_dict().items()}
    tensors |= {f"average.{k}": v for k, v in state.average.items()}
    tensors |= {f"start.{k}": v for k, v in state.start.items()}
    tensors |= {f"moment.{k}": v for k, v in _moments(state.optimiser)}
    tensors |= {"scale": state.scale.detach(), "space.mean": torch.from_numpy(space.mean)}
    tensors["space.axes"] = torch.from_numpy(space.axes)
    run = {**record, "spent_s": state.spent_s, "step": state.step}
    part = path.with_suffix(".part")
    save_file({k: v.contiguous().clone() for k, v in tensors.items()}, part, {"run": json.dumps(run)})
    part.replace(path)


def load_state(path: Path, state: State) -> TextSpace:
    """Set a state from a checkpoint; returns the space that it was trained into."""
    tensors = load_file(path, device=str(state.scale.device))
    state.tower.load_state_dict(_under(tensors, "tower."))
    state.average = _under(tensors, "average.")
    state.start = _under(tensors, "start.")
    state.scale.data.copy_(tensors["scale"])
    _set_moments(state.optimiser, _under(tensors, "moment."))
    run = read_record(path)
    state.spent_s, state.step = float(run["spent_s"]), int(run["step"])
    return TextSpace(tensors["space.mean"].cpu().numpy(), tensors["space.axes"].cpu().numpy())


def read_record(path: Path) -> dict[str, Any]:
    """Return what was kept beside the tensors."""
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    found: dict[str, Any] = json.loads(header["__metadata__"]["run"])
    return found


def _moments(optimiser: torch.optim.AdamW) -> Iterator[tuple[str, Tensor]]:
    for number, state in optimiser.state_dict()["state"].items():
        for name, value in state.items():
            yield f"{number}.{name}", value.contiguous()


def _set_moments(optimiser: torch.optim.AdamW, tensors: dict[str, Tensor]) -> None:
    whole = optimiser.state_dict()
    for key, value in tensors.items():
        number, _, name = key.partition(".")
        whole["state"].setdefault(int(number), {})[name] = value
    optimiser.load_state_dict(whole)


def _under(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
