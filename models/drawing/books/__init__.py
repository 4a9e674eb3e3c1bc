"""The books of the sample library: original stories, dedicated to the public domain (CC0 1.0)."""

from models.drawing.books import moss_and_ember, night_train, rooftop_garden, wonder_parade
from models.drawing.scene import Script


def sample_books() -> tuple[Script, ...]:
    """Return the scripts of the sample library."""
    return moss_and_ember.SCRIPT, night_train.SCRIPT, rooftop_garden.SCRIPT, wonder_parade.SCRIPT
