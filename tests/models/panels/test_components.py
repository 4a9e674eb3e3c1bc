"""Connected pieces of content."""

import numpy as np

from models.panels.components import components
from models.panels.gutters import GutterMap
from models.panels.rect import Rect
from models.panels.regions import Region


def test_a_region_without_area_has_no_pieces() -> None:
    # OpenCV 5 reads beyond an empty picture: without a guard this test ends the whole process.
    gutters = GutterMap(np.ones((900, 600), np.uint8))
    for rect in (Rect(10, 10, 10, 10), Rect(10, 10, 400, 10), Rect(10, 10, 10, 400)):
        assert components(Region(gutters, rect)) == ()
