import cv2
import numpy as np
import pytest

from models.text.columns import laid_out, with_small_glyphs


@pytest.mark.parametrize(
    ("sideways", "upright", "merged"),
    [
        ("レンこちだよ", "レン、こっちだよ。", "レン、こっちだよ。"),
        ("待た?", "待った?", "待った?"),
        ("青い鍵", "宝月い鍵ー", "青い鍵ー"),
        ("机の下で", "梨下で", "机の下で"),
        ("同じ", "同じ", "同じ"),
        ("ある", "", "ある"),
        ("見た", "見慣れた", "見た"),
    ],
)
def test_only_small_glyphs_are_added(sideways: str, upright: str, merged: str) -> None:
    assert with_small_glyphs(sideways, upright) == merged


def test_glyphs_are_laid_side_by_side() -> None:
    column = np.full((120, 30, 3), 255, np.uint8)
    for index in range(3):
        top = 10 + 36 * index
        cv2.rectangle(column, (3, top), (26, top + 24), (0, 0, 0), 2)
    row = laid_out(column)
    assert row.shape[0] == 30
    ink = (row < 128).all(axis=2).any(axis=0).astype(np.int8)
    assert np.count_nonzero(np.diff(ink) == 1) == 3


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 1, 3), (200, 10, 3)])
def test_column_without_ink_is_survived(shape: tuple[int, int, int]) -> None:
    assert laid_out(np.full(shape, 255, np.uint8)).shape[0] == shape[1]
