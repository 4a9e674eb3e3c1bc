"""Measures how well pages are read, against hand-made labels: panels, order, lettering.

    labels → :mod:`labelled` → pages with pictures → :mod:`panels` or :mod:`lettering` → scores
    → figures per work and overall → :mod:`tables`; the worst pages as pictures → :mod:`overlays`

Pages are decoded and read exactly as the indexer does it, on one thread.
"""
