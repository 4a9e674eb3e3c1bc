"""The style network: a small U-Net that learns, for one picture, what to add to it."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

_WIDTHS = (16, 32, 64, 128)


class _Block(nn.Module):
    """Two convolutions beside a plain way past them."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, padding=1, padding_mode="reflect")
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1, padding_mode="reflect")
        self.past = nn.Conv2d(inputs, outputs, 1)
        self.norms = nn.ModuleList(nn.InstanceNorm2d(outputs, affine=True) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        inner = functional.leaky_relu(self.norms[0](self.first(x)), 0.1)
        return functional.leaky_relu(self.norms[1](self.second(inner)) + self.past(x), 0.1)


class StyleNetwork(nn.Module):
    """A picture in, (n, 3, h, w) in [0, 1], the restyled one out: ``x + tanh f``, clipped.

    The last layer begins at zero, so that the first picture is the one that came: an output through a
    sigmoid, which has to learn the picture first, collapsed in trials. Some 600,000 numbers.
    """

    def __init__(self) -> None:
        """Begin with a network that changes nothing."""
        super().__init__()
        self.enter = _Block(3, _WIDTHS[0])
        self.down = nn.ModuleList(_Block(a, b) for a, b in pairwise(_WIDTHS))
        self.up = nn.ModuleList(
            _Block(a + b, a) for a, b in zip(_WIDTHS[-2::-1], _WIDTHS[:0:-1], strict=True)
        )
        self.leave = nn.Conv2d(_WIDTHS[0], 3, 1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return the restyled picture."""
        levels = [self.enter(x)]
        for block in self.down:
            levels.append(block(functional.avg_pool2d(levels[-1], 2)))
        inner = levels.pop()
        for block in self.up:
            beside = levels.pop()
            wide = functional.interpolate(inner, size=beside.shape[2:], mode="bilinear", align_corners=False)
            inner = block(torch.cat([beside, wide], dim=1))
        return torch.clamp(x + torch.tanh(self.leave(inner)), 0.0, 1.0)
