"""The network of ``longbox-figures``, its training and its export."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from models.training.encoder.drawings import read_drawings
from models.training.encoder.pictures import NO_DRAWINGS
from models.training.figures.scenes import SIDE_PX, samples

_BATCH, _RATE, _DECAY, _AVERAGE = 16, 3e-3, 1e-3, 0.99
_HEAD_WEIGHT, _SHAPE_WEIGHT = 2.0, 0.5
Pair = tuple[torch.Tensor, torch.Tensor]


class FigureNet(nn.Module):
    """A U-Net of plain convolutions: depthwise ones are ten times slower to train on processors."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = _conv(3, 16, 2), nn.Sequential(_conv(16, 32, 2))
        self.c = nn.Sequential(_conv(32, 56, 2), _conv(56, 56))
        self.d = nn.Sequential(_conv(56, 96, 2), _conv(96, 96))
        self.e = nn.Sequential(_conv(96, 128, 2), _conv(128, 128))
        self.ud, self.uc, self.ub = _conv(224, 96), _conv(152, 56), _conv(88, 32)
        self.ua = nn.Sequential(nn.Conv2d(48, 24, 1), nn.ReLU(True), _conv(24, 16))
        self.o = nn.Conv2d(16, 2, 1)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return logits of figure and head, half as fine as the pictures."""
        a = self.a(pictures)
        b = self.b(a)
        c = self.c(b)
        d = self.d(c)
        y = self.ud(torch.cat([_doubled(self.e(d)), d], 1))
        y = self.uc(torch.cat([_doubled(y), c], 1))
        y = self.ub(torch.cat([_doubled(y), b], 1))
        return self.o(self.ua(torch.cat([_doubled(y), a], 1)))


def train_figures(
    out: Path, *, minutes: float, pictures: int, corpus: Path | None, told: Callable[[str], None]
) -> None:
    """Draw pictures, train on them for a time, and write ``figures.onnx``."""
    drawings = read_drawings(corpus) if corpus is not None else NO_DRAWINGS
    told(f"drawing {pictures} pictures")
    shown, masks = samples(11, pictures, drawings)
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    net = FigureNet()
    optimiser = torch.optim.AdamW(net.parameters(), _RATE, weight_decay=_DECAY)
    average = {name: value.clone() for name, value in net.state_dict().items()}
    started, step = time.monotonic(), 0
    while (share := (time.monotonic() - started) / (minutes * 60)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = _RATE * min(1, (step + 1) / 60) * (0.5 * (1 + np.cos(np.pi * share)) + 0.01)
        loss = _loss(net, _batch(shown, masks, rng))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        keep = min(_AVERAGE, step / (step + 20))
        for name, value in net.state_dict().items():
            is_number = value.dtype.is_floating_point
            average[name] = average[name] * keep + value * (1 - keep) if is_number else value.clone()
        if step % 100 == 0:
            told(f"step {step}, loss {loss.item():.3f}")
    net.load_state_dict(average)
    export(net.eval(), out)


def export(net: nn.Module, out: Path) -> None:
    """Write a network as ``figures.onnx``."""
    out.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        net,
        (torch.zeros(2, 3, SIDE_PX, SIDE_PX),),
        str(out / "figures.onnx"),
        input_names=["pictures"],
        output_names=["masks"],
        dynamic_axes={"pictures": {0: "n"}, "masks": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )


def _loss(net: FigureNet, batch: Pair) -> torch.Tensor:
    pictures, wanted = batch
    logits = net(pictures)
    weights = torch.tensor([1.0, _HEAD_WEIGHT])[None, :, None, None]
    each = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    likely = logits.sigmoid()
    shared, sizes = (likely * wanted).sum((2, 3)), likely.sum((2, 3)) + wanted.sum((2, 3))
    return (each * weights).mean() + _SHAPE_WEIGHT * (1 - (2 * shared + 20) / (sizes + 20)).mean()


def _batch(shown: NDArray[np.uint8], masks: NDArray[np.uint8], rng: np.random.Generator) -> Pair:
    """Take pictures by chance, mirrored, turned, recoloured and zoomed."""
    chosen = rng.integers(0, len(shown), _BATCH)
    x = torch.from_numpy(shown[chosen]).permute(0, 3, 1, 2).float() / 255
    y = torch.from_numpy(masks[chosen]).permute(0, 3, 1, 2).float() / 255
    if rng.random() < 0.5:
        x, y = x.flip(3), y.flip(3)
    if rng.random() < 0.3:
        x = x[:, torch.from_numpy(rng.permutation(3))]
    gains = torch.from_numpy(rng.uniform(0.7, 1.2, (_BATCH, 1, 1, 1))).float()
    x = (x * gains + torch.from_numpy(rng.uniform(-0.1, 0.1, (_BATCH, 1, 1, 1))).float()).clamp(0, 1)
    scale, turn = rng.uniform(0.75, 1.35, _BATCH), rng.normal(0, 0.08, _BATCH)
    maps = np.zeros((_BATCH, 2, 3), np.float32)
    maps[:, 0, 0], maps[:, 0, 1] = scale * np.cos(turn), -scale * np.sin(turn)
    maps[:, 1, 0], maps[:, 1, 1] = scale * np.sin(turn), scale * np.cos(turn)
    maps[:, :, 2] = rng.uniform(-0.2, 0.2, (_BATCH, 2))
    grid = functional.affine_grid(torch.from_numpy(maps), list(x.shape), align_corners=False)
    x, y = (functional.grid_sample(t, grid, padding_mode="reflection", align_corners=False) for t in (x, y))
    return (x - 0.5) * 4, functional.avg_pool2d(y, 2)


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(True)
    )


def _doubled(values: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(values, scale_factor=2.0, mode="bilinear", align_corners=False)
