from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.text.rapid import detector_side
from models.text.windows import windows_of

SIDES = st.integers(min_value=1, max_value=65_500)


@given(SIDES, SIDES)
def test_cores_tile_the_page_and_windows_hold_their_cores(first: int, second: int) -> None:
    long_px, short_px = max(first, second), min(first, second)
    windows = windows_of(long_px, short_px)
    assert windows[0].core_start == 0
    assert windows[-1].core_stop == long_px
    for window, following in pairwise(windows):
        assert window.core_stop == following.core_start
    for window in windows:
        assert 0 <= window.start <= window.core_start < window.core_stop <= window.stop <= long_px


@given(SIDES)
def test_number_of_windows_is_bounded(short_px: int) -> None:
    assert len(windows_of(65_500, short_px)) <= 100


def test_printed_page_is_one_window_and_a_webtoon_strip_several() -> None:
    assert len(windows_of(1401, 992)) == 1
    assert len(windows_of(20_000, 800)) > 10


def test_detector_side_is_bounded() -> None:
    assert [detector_side(side) for side in (10, 1401, 1600, 9000)] == [960, 1191, 1360, 1600]
