from email.utils import formatdate

import pytest

from models.vlm.pacing import LONGEST_WAIT_S, Pacing, TokenBucket, retry_after_s, wait_after_failure_s

NOON_S = 1_700_000_000.0


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.slept_s: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.now_s += seconds

    def pacing(self, chance: float = 0.0) -> Pacing:
        return Pacing(lambda: self.now_s, lambda: NOON_S, self.sleep, lambda: chance)


def test_the_first_request_goes_at_once_and_the_next_wait_their_turn() -> None:
    time = FakeTime()
    bucket = TokenBucket(30, time.pacing())
    for _ in range(3):
        bucket.take()
    assert time.slept_s == pytest.approx([2.0, 2.0])


def test_a_pause_saves_up_one_request_and_no_more() -> None:
    time = FakeTime()
    bucket = TokenBucket(60, time.pacing())
    bucket.take()
    time.now_s += 3600
    bucket.take()
    bucket.take()
    assert time.slept_s == pytest.approx([1.0])


def test_no_minute_sees_more_than_its_share_and_one() -> None:
    time = FakeTime()
    bucket = TokenBucket(20, time.pacing())
    taken_s = []
    for _ in range(100):
        bucket.take()
        taken_s.append(time.now_s)
    assert all(sum(start <= at < start + 60 for at in taken_s) <= 21 for start in taken_s)


def test_waits_double_up_to_a_bound() -> None:
    pacing = FakeTime().pacing(chance=1.0)
    assert [wait_after_failure_s(n, pacing) for n in range(4)] == [1, 2, 4, 8]
    assert wait_after_failure_s(500, pacing) == LONGEST_WAIT_S


def test_chance_spreads_the_waits() -> None:
    waits = {wait_after_failure_s(2, FakeTime().pacing(chance)) for chance in (0.0, 0.25, 0.5)}
    assert waits == {2.0, 2.5, 3.0}


def test_a_wait_is_never_shorter_than_asked_for() -> None:
    assert wait_after_failure_s(0, FakeTime().pacing(), asked_s=17.0) == 17.0
    assert wait_after_failure_s(3, FakeTime().pacing(), asked_s=0.1) == 4.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 1.5 ", 1.5),
        (formatdate(NOON_S + 30, usegmt=True), 30.0),
        (formatdate(NOON_S - 30, usegmt=True), 0.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("1e400", None),
        ("٣", None),
        (".", None),
        ("Fri, 99 Foo 2026 99:99:99 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, FakeTime().pacing()) == seconds
