"""Lettering: recognise it, clean it, group it into balloons, give it to its panel.

The readers (``rapid``, ``tesseract``) implement :class:`models.protocols.TextReader`; everything
else here is geometry and text, independent of who read the page.
"""
