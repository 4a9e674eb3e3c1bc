"""Pages that look alike in a plain way: blank, nearly white, nearly dark, wider than high."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from indexer.audit.material import Material
from schemas.audit import Finding

WHITE, DARK = 0.06, 0.8
"""Mean darkness under which a page is nearly all paper, and from which it is nearly all ink."""
WIDE = 1.1
PLAIN_DARKNESS = 0.002
"""So near to all white or all black there is nothing to see, whatever the hash makes of its grains."""


def plain_pages(material: Material) -> Iterator[Finding]:
    """Report blank, white, dark and landscape pages, one finding a kind."""
    darkness = material.measure("darkness")
    extreme = (darkness < PLAIN_DARKNESS) | (darkness > 1.0 - PLAIN_DARKNESS)
    blank = is_blank(material) | extreme
    wide = material.counts("width_px") > WIDE * material.counts("height_px")
    for kind, mask in (
        ("blank", blank),
        ("white", ~blank & (darkness < WHITE)),
        ("dark", ~blank & (darkness > DARK)),
        ("landscape", wide),
    ):
        pages = tuple(material.page_ids[page] for page in np.flatnonzero(mask).tolist())
        if pages:
            yield Finding(kind, pages, {"pages": len(pages)})


def is_blank(material: Material) -> NDArray[np.bool_]:
    """Say which pages show nothing: no panel was found and nothing read, or the picture is one plain tone."""
    has_words = np.array([bool(text.strip()) for text in material.words("text")], np.bool_)
    return np.asarray((material.hashes == 0) & ~has_words, np.bool_)
