"""The picture tower in torch: a MobileNet whose deeper half learns, with a linear map and a tag head.

Imported only by what trains: torch takes seconds to load.

Source: Howard et al. 2017, arXiv:1704.04861 (MobileNet-v1).
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.training.encoder.mobilenet import LAYERS, Convolution

_RARE = -3.5  # logit of a tag before anything is learnt


class _Layer(nn.Module):
    """A convolution with folded or live batch norm, and ReLU6; padding as in TensorFlow."""

    def __init__(self, shape: Convolution, *, live: bool) -> None:
        super().__init__()
        self.strided = shape.kernel == 3 and shape.stride == 2
        padding = 1 if shape.kernel == 3 and not self.strided else 0
        self.conv = nn.Conv2d(
            shape.inputs,
            shape.outputs,
            shape.kernel,
            shape.stride,
            padding,
            groups=shape.groups,
            bias=not live,
        )
        self.norm = nn.BatchNorm2d(shape.outputs) if live else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        if self.strided:
            x = functional.pad(x, (0, 1, 0, 1))
        return functional.relu6(self.norm(self.conv(x)))


class Tower(nn.Module):
    """Pictures in [-1, 1], (n, 3, side, side), to vectors (n, dim), not normalised, and tag logits."""

    def __init__(self, *, dim: int, tags: int, frozen_layers: int) -> None:
        """Build it with random weights; the first ``frozen_layers`` never learn."""
        super().__init__()
        self.frozen = nn.ModuleList(_Layer(shape, live=False) for shape in LAYERS[:frozen_layers])
        self.learning = nn.ModuleList(_Layer(shape, live=True) for shape in LAYERS[frozen_layers:])
        width = LAYERS[-1].outputs
        self.settle = nn.BatchNorm1d(width, affine=False)
        self.project = nn.Linear(width, dim)
        self.tag = nn.Linear(width, tags)
        nn.init.constant_(self.tag.bias, _RARE)
        for parameter in self.frozen.parameters():
            parameter.requires_grad_(False)

    def features(self, pictures: Tensor) -> Tensor:
        """Return the pooled features, (n, 1024), of pictures in [-1, 1]."""
        x = pictures
        kind = x.device.type
        # half the time, and no gradient suffers
        with torch.no_grad(), torch.autocast(kind, dtype=torch.bfloat16, enabled=self.training):
            for layer in self.frozen:
                x = layer(x)
        # what learns is no faster so on a CPU
        with torch.autocast(kind, dtype=torch.bfloat16, enabled=self.training and kind != "cpu"):
            x = x.float()
            for layer in self.learning:
                x = layer(x)
        return self.settle(x.float().mean((2, 3)))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Return vectors and tag logits."""
        features = self.features(pictures)
        return self.project(features), self.tag(features)

    @torch.no_grad()
    def start_from(self, weights: Mapping[str, Tensor], sample: Tensor) -> None:
        """Take ImageNet weights (``w0``, ``b0``, …) and set the live norms so that they change nothing.

        Args:
            weights: kernels (out, in, h, w) and biases, batch norm folded in.
            sample: some training pictures, to measure mean and variance before each live norm.
        """
        x = sample
        for number, layer in enumerate([*self.frozen, *self.learning]):
            layer.conv.weight.copy_(weights[f"w{number}"])
            bias = weights[f"b{number}"]
            if layer.conv.bias is not None:
                layer.conv.bias.copy_(bias)
            else:
                _set_norm(layer, x, bias)
            layer.eval()
            x = layer(x)
        pooled = x.mean((2, 3))
        self.settle.running_mean.copy_(pooled.mean(0))
        self.settle.running_var.copy_(pooled.var(0))


def _set_norm(layer: _Layer, x: Tensor, bias: Tensor) -> None:
    padded = functional.pad(x, (0, 1, 0, 1)) if layer.strided else x
    out = layer.conv(padded)
    mean, variance = out.mean((0, 2, 3)), out.var((0, 2, 3))
    norm = layer.norm
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
    norm.weight.copy_((variance + norm.eps).sqrt())
    norm.bias.copy_(mean + bias)
