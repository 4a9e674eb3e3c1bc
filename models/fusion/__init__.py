"""Fusion ("closure"): one 384-d vector a panel from its picture, its lettering and its layout.

Any subset of the three queries the same space: what is missing is masked everywhere.

* :mod:`~models.fusion.parts`: what is known of panels, missing parts included.
* :mod:`~models.fusion.layout`: where a panel lies, as a vector.
* :mod:`~models.fusion.closure`: the trained fusion, run by numpy alone.
* :mod:`~models.fusion.order`: which panel of a page comes first, by a small head on fused vectors.
* :mod:`~models.fusion.plain`: fusion without training, for encoders nobody trained one for.
"""

from models.fusion.closure import Closure
from models.fusion.layout import LAYOUT_DIM, layout_row, layout_rows
from models.fusion.loading import load_fusion
from models.fusion.parts import PanelParts

__all__ = ["LAYOUT_DIM", "Closure", "PanelParts", "layout_row", "layout_rows", "load_fusion"]
