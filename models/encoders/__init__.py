"""Encoders: texts and pictures in, rows of L2 norm 1 out.

``minilm`` embeds texts, ``standby`` describes pictures without any learning until an encoder of
our own is trained, ``clip`` adapts open_clip. Take them by name from :mod:`models.registry`.
"""
