"""Formats that other tools read and write: typed records, validated on the way in.

file → :mod:`coco`, :mod:`dataspec`, :mod:`vlm` → records → files
library → :mod:`library` → pages → the same records → :mod:`writing` → files
vectors ↔ :mod:`zarr`; :mod:`formats` names what writes each format
"""
