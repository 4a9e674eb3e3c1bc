"""The fusion in torch: the same arithmetic as :class:`models.fusion.closure.Closure`, with gradients.

Imported only by what trains: torch takes seconds to load.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.fusion.closure import array_shapes
from models.fusion.plain import plain_arrays
from schemas.records import FloatMatrix


class ClosureNetwork(nn.Module):
    """Parameters named as the arrays of the fusion; begins as the plain weighted sum."""

    def __init__(self, picture_dim: int, text_dim: int) -> None:
        super().__init__()
        start = plain_arrays(array_shapes(picture_dim, text_dim))
        self.weights = nn.ParameterDict(
            {name: nn.Parameter(torch.from_numpy(array.copy())) for name, array in start.items()}
        )

    def arrays(self) -> dict[str, FloatMatrix]:
        """Return the parameters as float32 arrays."""
        return {name: value.detach().cpu().numpy().astype(np.float32) for name, value in self.weights.items()}

    def fuse(self, pictures: Tensor, texts: Tensor, layouts: Tensor) -> Tensor:
        """Fuse parts (…, dim); rows of zeros are missing. Returns (…, 384) of norm 1, or 0."""
        learned = self.weights
        parts = {"picture": pictures, "text": texts, "layout": layouts}
        mapped = [functional.normalize(part @ learned[f"map_{k}"], dim=-1) for k, part in parts.items()]
        present = torch.stack([part.abs().sum(-1) > 0 for part in parts.values()], dim=-1)
        logits = torch.cat(mapped, dim=-1) @ learned["gate"] + learned["gate_bias"]
        weights = _masked_softmax(logits, present)
        total = (weights[..., None] * torch.stack(mapped, dim=-2)).sum(-2)
        return functional.normalize(total, dim=-1)

    def fuse_pages(self, panels: Tensor, there: Tensor, waves: Tensor) -> Tensor:
        """Return pages (b, 384) of panels (b, p, 384); ``there`` (b, p) marks those that are seen.

        ``waves`` (b, p, 2 * PLACE_WAVES) are the panels' places in the order.
        """
        weights = _masked_softmax(panels @ self.weights["attention"], there)
        turned = panels * (1 + waves @ self.weights["place"])
        return functional.normalize((weights[..., None] * turned).sum(1), dim=-1)

    def foresee(self, pages: Tensor, layouts: Tensor) -> Tensor:
        """Return the panels to expect, (n, 384), of pages (n, 384) at layouts (n, LAYOUT_DIM)."""
        learned = self.weights
        given = torch.cat([pages, layouts], dim=-1)
        hidden = torch.relu(given @ learned["context_in"] + learned["context_in_bias"])
        change = hidden @ learned["context_out"] + learned["context_out_bias"]
        return functional.normalize(pages + change, dim=-1)


def _masked_softmax(logits: Tensor, present: Tensor) -> Tensor:
    return torch.softmax(logits.masked_fill(~present, -1e9), dim=-1) * present
