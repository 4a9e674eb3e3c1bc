"""What the web side keeps in memory: bounded, and under names that nobody can guess."""

import numpy as np
import pytest

from schemas.errors import NotFoundError
from webui.pictures import QueryPictures


def picture(shade: int) -> np.ndarray:
    return np.full((10, 10, 3), shade, np.uint8)


def test_same_picture_keeps_its_name_and_another_gets_another():
    pictures = QueryPictures(capacity_bytes=10_000)
    name = pictures.remember(picture(1))
    assert pictures.remember(picture(1)) == name != pictures.remember(picture(2))
    assert (pictures.recall(name) == picture(1)).all()


def test_names_differ_between_servers():
    names = {QueryPictures(capacity_bytes=10_000).remember(picture(1)) for _ in range(2)}
    assert len(names) == 2


def test_longest_unused_pictures_are_forgotten_beyond_the_capacity():
    pictures = QueryPictures(capacity_bytes=3 * picture(0).nbytes)
    names = [pictures.remember(picture(shade)) for shade in range(3)]
    pictures.recall(names[0])
    pictures.remember(picture(9))
    assert pictures.recall(names[0]) is not None
    with pytest.raises(NotFoundError, match="drop it again"):
        pictures.recall(names[1])
