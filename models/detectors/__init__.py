"""Trained detectors that are plugged in by weights of the user's own.

``faster_rcnn`` runs torchvision's network, ``onnx`` any exported one; ``categories`` keeps the
number schemes apart. Take them by name from :mod:`models.registry`.
"""
