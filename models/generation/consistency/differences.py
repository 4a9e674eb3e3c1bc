"""How different two colours look."""

import numpy as np
from numpy.typing import NDArray

Lab = NDArray[np.float64]


def ciede2000(one: Lab, other: Lab, *, light_factor: float = 1.0) -> Lab:
    """Return the CIEDE2000 difference of Lab colours (…, 3); (…). Sharma, Wu and Dalal (2005).

    ``light_factor`` is the formula's k_L: at 2, as for textiles, lightness counts half.
    """
    (l1, a1, b1), (l2, a2, b2) = (np.moveaxis(lab, -1, 0) for lab in (one, other))
    mean7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * np.sqrt(mean7 / (mean7 + 25.0**7))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    turn = np.where(c1 * c2 == 0, 0.0, (h2 - h1 + 180) % 360 - 180)
    hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    mean_h = np.where(c1 * c2 == 0, h1 + h2, (h1 + turn / 2) % 360)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    weight = (
        1
        - 0.17 * np.cos(np.radians(mean_h - 30))
        + 0.24 * np.cos(np.radians(2 * mean_h))
        + 0.32 * np.cos(np.radians(3 * mean_h + 6))
        - 0.20 * np.cos(np.radians(4 * mean_h - 63))
    )
    light = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)
    chroma, tint = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * weight
    angle = np.radians(60 * np.exp(-(((mean_h - 275) / 25) ** 2)))
    bend = -2 * np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)) * np.sin(angle)
    parts = (l2 - l1) / (light * light_factor), (c2 - c1) / chroma, hue / tint
    return np.asarray(np.sqrt(np.maximum(sum(part**2 for part in parts) + bend * parts[1] * parts[2], 0)))
