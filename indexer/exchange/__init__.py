"""Formats that other tools read and write: typed records, validated on the way in.

    file → :mod:`coco`, :mod:`dataspec` → records → files
    library → :mod:`library` → pages → the same records → :mod:`writing` → files

Page analyses of vision-language models are read by :mod:`models.vlm.page_json`.
"""
