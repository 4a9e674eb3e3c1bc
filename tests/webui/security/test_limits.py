"""Allowances: so much at once, so much a second, and a bounded memory of visitors."""

import pytest

from webui.security.limits import Allowance


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_bucket_is_emptied_at_once_and_fills_up_again():
    clock = Clock()
    allowance = Allowance(2.0, 3.0, clock=clock)
    assert [allowance.take("a") for _ in range(3)] == [0, 0, 0]
    assert allowance.take("a") == pytest.approx(0.5)
    clock.now = 0.5
    assert allowance.take("a") == 0
    assert allowance.take("a") > 0
    clock.now = 100.0
    assert [allowance.take("a") for _ in range(4)][:3] == [0, 0, 0]


def test_visitors_do_not_take_from_each_other():
    allowance = Allowance(1.0, 1.0, clock=Clock())
    assert allowance.take("a") == 0
    assert allowance.take("a") > 0
    assert allowance.take("b") == 0


def test_what_costs_more_than_a_full_bucket_takes_all_of_it():
    clock = Clock()
    allowance = Allowance(1.0, 5.0, clock=clock)
    assert allowance.take("a", 20.0) == 0
    assert allowance.take("a") == pytest.approx(1.0)


def test_refused_requests_cost_nothing():
    clock = Clock()
    allowance = Allowance(1.0, 1.0, clock=clock)
    allowance.take("a")
    for _ in range(10):
        assert allowance.take("a") > 0
    clock.now = 1.0
    assert allowance.take("a") == 0


def test_memory_is_bounded_and_those_who_ask_are_remembered():
    allowance = Allowance(1.0, 1.0, visitors=100, clock=Clock())
    allowance.take("often")
    for number in range(1_000):
        allowance.take(f"v{number}")
        assert allowance.take("often") > 0
    assert len(allowance) == 100


def test_rate_of_zero_knows_no_bounds():
    allowance = Allowance(0.0, 1.0)
    assert all(allowance.take("a") == 0 for _ in range(1_000))
    assert len(allowance) == 0
