"""Whole books at low resolution, drawn by the thousand: what page stream segmentation is trained on.

A book is a plan (kinds of pages in an order that such books have), a look (paper, type, gutters,
colours) and a gallery of pictures; its pages know what they are and what is printed on them.
"""
