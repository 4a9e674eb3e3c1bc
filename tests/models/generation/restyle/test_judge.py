"""The judge of restyled pictures: what it accepts, what it refuses, and what it says of itself."""

import cv2
import numpy as np
import pytest

from models.figures import load_finder
from models.generation.restyle.judge import Judge, Shown, grain_of, kept_share


def drawn(ground, figure, number=0, side=120):
    image = np.full((side, side, 3), ground, np.uint8)
    middle = (40 + 9 * (number % 5), 50 + 7 * (number % 3))
    cv2.circle(image, middle, 24, figure, -1, cv2.LINE_AA)
    cv2.circle(image, middle, 24, (0, 0, 0), 2, cv2.LINE_AA)
    return image


RED, GREEN, GREY = (200, 40, 40), (40, 160, 60), (150, 150, 150)
PAPER, SAND = (245, 245, 245), (214, 180, 120)


def judge(elements=(), styles=None):
    looks = [drawn(SAND, RED, n) for n in (1, 2, 3)] if styles is None else styles
    return Judge(elements, looks, held_out_styles=len(looks), finder=load_finder())


def shown(name="Red", belief=1.0, positive=RED, negative=GREEN):
    yes = tuple(drawn(SAND, positive, n) for n in range(8))
    no = tuple(drawn(SAND, negative, n) for n in range(8))
    return Shown(name, belief, yes[::2], no[::2], yes[1::2], no[1::2])


def test_a_picture_in_the_colours_of_the_references_is_accepted():
    verdict = judge().verdict(drawn(PAPER, GREY), drawn(SAND, RED))
    assert verdict.is_accepted, verdict.why
    assert verdict.style_after < verdict.style_before
    assert verdict.bce_before is None


def test_what_looks_no_more_like_the_references_is_refused():
    verdict = judge().verdict(drawn(SAND, RED), drawn(PAPER, GREEN))
    assert not verdict.is_accepted
    assert "no more like the references" in verdict.why


def test_noise_is_refused_however_near_its_colours_are():
    noisy = drawn(SAND, RED).astype(int) + np.random.default_rng(0).normal(0, 60, (120, 120, 3))
    verdict = judge().verdict(drawn(PAPER, GREY), np.clip(noisy, 0, 255).astype(np.uint8))
    assert not verdict.is_accepted
    assert grain_of(np.clip(noisy, 0, 255).astype(np.uint8)) > 3 * grain_of(drawn(SAND, RED))


def test_a_picture_of_something_else_is_refused():
    other = np.ascontiguousarray(drawn(SAND, RED, 4)[::-1, ::-1])
    verdict = judge().verdict(drawn(PAPER, GREY), other)
    assert not verdict.is_accepted
    assert "no longer shows" in verdict.why
    assert kept_share(drawn(PAPER, GREY), drawn(SAND, RED)) > kept_share(drawn(PAPER, GREY), other)


@pytest.mark.parametrize(("belief", "after", "is_accepted"), [(1.0, RED, True), (0.0, RED, False)])
def test_who_is_to_be_seen_decides_beside_the_style(belief, after, is_accepted):
    verdict = judge([shown(belief=belief)]).verdict(drawn(PAPER, GREEN), drawn(SAND, after))
    assert verdict.is_accepted is is_accepted, verdict.why
    assert verdict.elements[0].auroc > 0.9
    assert verdict.elements[0].after > verdict.elements[0].before
    assert (verdict.bce_after < verdict.bce_before) is is_accepted


def test_a_judge_that_cannot_tell_an_element_refuses_and_says_so():
    blind = shown("Twin", positive=RED, negative=RED)
    verdict = judge([blind]).verdict(drawn(PAPER, GREY), drawn(SAND, RED))
    assert not verdict.is_accepted
    assert "cannot tell Twin" in verdict.why
    assert verdict.bce_after is None


def test_one_that_it_cannot_tell_does_not_count_beside_one_that_it_can():
    elements = [shown(), shown("Twin", positive=RED, negative=RED)]
    verdict = judge(elements).verdict(drawn(PAPER, GREEN), drawn(SAND, RED))
    assert verdict.is_accepted, verdict.why
    able = [one.cross_entropy(one.after) for one in verdict.elements if one.is_able]
    assert verdict.bce_after == pytest.approx(able[0])


def test_plain_pictures_are_judged_too():
    plain = np.full((64, 64, 3), 255, np.uint8)
    assert not judge().verdict(plain, plain).is_accepted
    assert kept_share(plain, drawn(SAND, RED)) == 0.0
