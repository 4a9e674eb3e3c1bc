"""Encoders: texts and pictures in, rows of L2 norm 1 out.

``minilm`` embeds texts, ``mini`` embeds pictures with a small network of our own, ``standby``
describes them without any learning, ``clip`` adapts open_clip. Take them by name from :mod:`models.registry`.
"""
