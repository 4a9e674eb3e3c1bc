"""Reasons from inside a network of torch: attention relevance and Grad-CAM.

Attention relevance (Chefer, Gur and Wolf 2021, arXiv:2103.15679): each layer's attention, weighted by
the gradient of the score and kept where positive, is multiplied through the layers; what the pooled
token ends up attending to is the map. Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391): the last
grid of features, weighted by the mean gradient of each channel.

The attention of ``torch.nn.MultiheadAttention`` is computed anew, step by step, in a hook, as the
fused kernel keeps no weights; transformers gives its weights in the ``eager`` implementation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.why.records import HeatMap, heat_of
from schemas.errors import ConfigError
from schemas.records import RgbImage

if TYPE_CHECKING:
    import torch

MAP_CELLS = 32
ATTENTION, GRAD_CAM = "attention", "grad-cam"
_PADDED = 1e-4
"""Difference of white and black under which a place shows padding."""
_BLIND = "this encoder has neither attention nor a grid of features to look into: ask for occlusion"
_lock = Lock()

Part = tuple[float, float, float, float]
"""Left, top, right, bottom of what a network is shown, by the picture; beyond [0, 1] where it is padded."""


@dataclass(slots=True)
class _Seen:
    """What hooks saw of one picture: attention (heads, queries, keys) by layer, grids of features."""

    attention: list[Any] = field(default_factory=list)
    grids: list[Any] = field(default_factory=list)


def look_inside(
    tower: torch.nn.Module,
    forward: Callable[[], torch.Tensor],
    direction: NDArray[np.float32],
    part: Part,
) -> HeatMap:
    """Return which places turn the vector of a picture towards a direction.

    Args:
        tower: the network of pictures.
        forward: runs it on one picture, with gradients; (1, dim), not normalised.
        direction: (dim,).
        part: what the network is shown of the picture, as :func:`part_seen` returns it.

    Raises:
        ConfigError: the network has neither attention nor a grid of features.
    """
    import torch

    with _lock, torch.enable_grad(), _watched(tower) as seen:
        rows = forward()
        vector = rows[0].float() / rows[0].float().norm().clamp_min(1e-12)
        score = (vector * torch.from_numpy(direction).to(vector.device)).sum()
        kept = [*seen.attention, *seen.grids]
        if not kept:
            raise ConfigError(_BLIND)
        slopes = torch.autograd.grad(score, kept, allow_unused=True)
    pairs = {id(value): slope for value, slope in zip(kept, slopes, strict=True) if slope is not None}
    attention = [(one, pairs[id(one)]) for one in seen.attention if id(one) in pairs]
    grids = [(one, pairs[id(one)]) for one in seen.grids if id(one) in pairs]
    if attention:
        method, raw = ATTENTION, _relevance([(a.detach(), g) for a, g in attention])
    elif grids:
        method, raw = GRAD_CAM, _cam(*grids[-1])
    else:
        raise ConfigError(_BLIND)
    return heat_of(_placed(raw, part), method, float(score.detach()))


def _relevance(layers: list[tuple[torch.Tensor, torch.Tensor]]) -> NDArray[np.float32]:
    """Multiply the layers' attention; returns a square map of the patches."""
    import torch

    pooled: torch.Tensor | None = None
    tokens = layers[0][0].shape[-1]
    through = torch.eye(tokens)
    for weights, slopes in layers:
        mean = (weights * slopes)[0].clamp_min(0).mean(dim=0).float().cpu()
        if mean.shape[0] == tokens:
            through = through + mean @ through
        else:  # a few queries that attend to all patches: the pooling of SigLIP
            pooled = mean.mean(dim=0)
    row = pooled @ through if pooled is not None else _row_of_pooled(through)
    side = int(np.sqrt(row.numel()))
    patches = row[row.numel() - side * side :]  # a class token stands first
    return np.asarray(patches.reshape(side, side).numpy(), np.float32)


def _row_of_pooled(through: torch.Tensor) -> torch.Tensor:
    """Return the row of the class token; the mean of all where there is none."""
    tokens = through.shape[0]
    has_class = int(np.sqrt(tokens)) ** 2 != tokens
    return through[0] if has_class else through.mean(dim=0)


def _cam(grid: torch.Tensor, slopes: torch.Tensor) -> NDArray[np.float32]:
    weighted = (grid.detach() * slopes.mean(dim=(2, 3), keepdim=True)).sum(dim=1)[0]
    return np.asarray(weighted.clamp_min(0).float().cpu().numpy(), np.float32)


def _placed(raw: NDArray[np.float32], part: Part) -> NDArray[np.float32]:
    """Lay a map of a part of the picture into a map of the whole picture; the part may reach beyond it."""
    x0, y0, x1, y1 = part
    middles = (np.arange(MAP_CELLS, dtype=np.float32) + 0.5) / MAP_CELLS
    xs = (middles - x0) / max(x1 - x0, 1e-6) * raw.shape[1] - 0.5
    ys = (middles - y0) / max(y1 - y0, 1e-6) * raw.shape[0] - 0.5
    columns, rows = np.meshgrid(xs.astype(np.float32), ys.astype(np.float32))
    inside = (columns > -0.5) & (columns < raw.shape[1] - 0.5) & (rows > -0.5) & (rows < raw.shape[0] - 0.5)
    laid = cv2.remap(raw, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.maximum(laid, 0) * inside, np.float32)


@contextmanager
def _watched(tower: torch.nn.Module) -> Iterator[_Seen]:
    """Keep what the layers attend to, and grids of features, while the block runs."""
    import torch

    seen = _Seen()
    handles = []
    fused = [module for module in tower.modules() if getattr(module, "fused_attn", False) is True]
    dropped = {id(drop) for module in fused if (drop := getattr(module, "attn_drop", None)) is not None}
    for module in tower.modules():
        if isinstance(module, torch.nn.MultiheadAttention):
            handles.append(module.register_forward_hook(_anew(seen), with_kwargs=True))
        elif id(module) in dropped:  # timm: what its attention attends to passes through here
            handles.append(module.register_forward_hook(_kept(seen.attention)))
        elif type(module).__name__.endswith("Attention"):
            handles.append(module.register_forward_hook(_kept_weights(seen)))
        elif not list(module.children()):
            handles.append(module.register_forward_hook(_kept(seen.grids)))
    for module in fused:
        module.fused_attn = False
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()
        for module in fused:
            module.fused_attn = True


def _kept(kept: list[Any]) -> Callable[..., None]:
    """Keep what a module gives where that is a grid: (1, channels or heads, h, w)."""

    def hook(_module: object, _given: object, output: Any) -> None:
        if getattr(output, "ndim", 0) == 4 and min(output.shape[2:]) > 1 and output.requires_grad:
            kept.append(output)

    return hook


def _kept_weights(seen: _Seen) -> Callable[..., None]:
    """Keep the weights that attention of transformers gives beside its output: (1, heads, n, n)."""

    def hook(_module: object, _given: object, output: Any) -> None:
        match output:
            case (_, weights, *_) if getattr(weights, "ndim", 0) == 4 and weights.requires_grad:
                seen.attention.append(weights)

    return hook


def _anew(seen: _Seen) -> Callable[..., Any]:
    """Attend step by step, so that the weights lie on the way from the picture to the score."""

    def hook(module: Any, given: tuple[Any, ...], named: dict[str, Any], output: Any) -> Any:
        query, key, value = (*given, *(named[name] for name in ("query", "key", "value")[len(given) :]))[:3]
        if not query.requires_grad and not key.requires_grad:
            return output
        weights, attended = _attend(module, (query, key, value), named.get("attn_mask"))
        seen.attention.append(weights)
        return attended, None

    return hook


def _attend(
    module: Any, given: tuple[torch.Tensor, torch.Tensor, torch.Tensor], mask: torch.Tensor | None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the weights (batch, heads, queries, keys) and what attention gives, as it lay in the input."""
    rows = [one if module.batch_first else one.transpose(0, 1) for one in given]
    if module.in_proj_weight is not None:
        matrices = module.in_proj_weight.chunk(3)
    else:
        matrices = (module.q_proj_weight, module.k_proj_weight, module.v_proj_weight)
    biases = module.in_proj_bias.chunk(3) if module.in_proj_bias is not None else (0, 0, 0)
    heads = [
        (one @ matrix.T + bias).unflatten(-1, (module.num_heads, -1)).transpose(1, 2)
        for one, matrix, bias in zip(rows, matrices, biases, strict=True)
    ]
    scores = heads[0] @ heads[1].transpose(-1, -2) / heads[0].shape[-1] ** 0.5
    if mask is not None and not mask.is_floating_point():
        scores = scores.masked_fill(mask, float("-inf"))
    elif mask is not None:
        scores = scores + mask
    weights = scores.softmax(dim=-1)
    attended = module.out_proj((weights @ heads[2]).transpose(1, 2).flatten(2))
    return weights, attended if module.batch_first else attended.transpose(0, 1)


def part_seen(prepare: Callable[[RgbImage], NDArray[np.float32]], height: int, width: int) -> Part:
    """Return which part of a picture a network is shown, by what becomes of ramps.

    Args:
        prepare: returns what the network is shown of a picture, (3, h, w).
        height: of the picture.
        width: of it.
    """
    low, high = (prepare(np.full((height, width, 3), tone, np.uint8))[0] for tone in (0, 255))
    there = (high - low) > _PADDED
    ends = []
    for axis, size in ((1, width), (0, height)):
        ramp = np.linspace(0, 255, size).round().astype(np.uint8)
        picture = np.broadcast_to(ramp if axis else ramp[:, np.newaxis], (height, width))
        shown = prepare(np.ascontiguousarray(np.repeat(picture[..., np.newaxis], 3, axis=2)))[0]
        share = (shown[there] - low[there]) / (high[there] - low[there])
        places = (np.nonzero(there)[axis] + 0.5) / shown.shape[axis]
        slope, start = np.polyfit(places, share, 1) if np.ptp(places) > 0 else (1.0, 0.0)
        ends.append((float(start), float(start + slope)))
    (x0, x1), (y0, y1) = ends
    return x0, y0, x1, y1


@contextmanager
def attending_openly(model: Any) -> Iterator[None]:
    """Let a model of transformers attend step by step, in a way that keeps weights, while the block runs."""
    former = model.config._attn_implementation
    model.set_attn_implementation("eager")
    try:
        yield
    finally:
        model.set_attn_implementation(former)
