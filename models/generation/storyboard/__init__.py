"""The storyboard composer: new panels out of parts of stored ones, without weights of a generator.

A collage, and said to be one: plates with their lettering removed, figures cut out and relit, rendered in
one hand, with balloons of their own.
"""

from models.generation.storyboard.composer import RENDERS, StoryboardBackend

__all__ = ["RENDERS", "StoryboardBackend"]
