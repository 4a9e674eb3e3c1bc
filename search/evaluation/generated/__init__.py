"""Scores generated panels: is the prompt in the picture, as another encoder sees it, and is it well made.

A labelled panel gives a prompt (its caption) and its elements (characters, place). A panel is made from the
caption without that panel; see :mod:`search.evaluation.generated.judge`.
"""
