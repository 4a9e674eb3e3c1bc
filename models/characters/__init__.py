"""Classifiers of many labels at once: who is on a cover or in a panel, learnt from labels that are there."""
