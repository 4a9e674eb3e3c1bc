"""Figures that share a panel, and what is cut out of a reference."""

import cv2
import numpy as np
import pytest

from models.figures.finder import FigureMap, map_of
from models.generation.backend import Conditioning
from models.generation.storyboard.cutouts import Cutout, frame_lines, refined, soundest
from models.generation.storyboard.grouping import Place, by_depth, grouped
from models.generation.storyboard.plates import lettering_mask
from models.generation.storyboard.staging import placed
from schemas.generation import Reference, ReferenceRole
from schemas.geometry import Box
from schemas.records import RgbImage

SIZE = 400, 400
SOURCE = Conditioning(
    Reference(
        "b/00001#01", "b", "B", ReferenceRole.CHARACTER, 1.0, Box.whole_page(), "0" * 64, "CC0 1.0", "B", 1
    ),
    np.zeros((10, 10, 3), np.uint8),
)


def somebody(head: float, *, cut: bool = False) -> Cutout:
    """Return a solid figure, 100 wide and 200 tall, whose head takes that share of its height."""
    return Cutout(
        np.full((200, 100, 4), 255, np.uint8), (Box(0.2, 0.0, 0.8, head),), False, False, cut, SOURCE,
        Box.whole_page(),
    )  # fmt: skip


def head_px(cutout: Cutout, place: Place) -> float:
    return cutout.head.height * place.height


def test_heads_of_one_panel_have_about_one_size() -> None:
    child, giant = somebody(0.15), somebody(0.5)
    places = [Place(20, 180, 100, 200, False, True), Place(260, 180, 100, 200, False, True)]
    made = grouped((child, giant), places, SIZE)
    ratio = head_px(giant, made[1]) / head_px(child, made[0])
    assert 1.0 <= ratio < 1.45
    assert all(place.y + place.height == 380 for place in made)


def test_one_who_stands_comes_down_to_the_eyes_of_one_whom_the_frame_cuts() -> None:
    tall, bust = somebody(0.2), somebody(0.4, cut=True)
    made = grouped(
        (tall, bust), [Place(10, 20, 180, 360, False, True), Place(250, 261, 70, 140, False, False)], SIZE
    )
    assert made[1].y + made[1].height >= SIZE[1]
    assert abs(made[0].y - made[1].y) < head_px(tall, made[0])
    assert not made[0].stands


def test_nobody_stands_before_the_face_of_another() -> None:
    cutouts = [somebody(0.3), somebody(0.3)]
    made = grouped(
        cutouts, [Place(150, 150, 100, 200, False, True), Place(170, 160, 110, 220, False, True)], SIZE
    )
    back, front = by_depth(made)
    left, right = sorted((made[back], made[front]), key=lambda place: place.x)
    assert left.x + 0.8 * left.width <= right.x + 0.3 * right.width


def test_one_alone_stays_where_they_were_placed() -> None:
    place = Place(10, 20, 30, 40, False, True)
    assert grouped([somebody(0.3)], [place], SIZE) == [place]
    assert grouped([], [], SIZE) == []


@pytest.mark.parametrize("slots", [(), (Box(0.3, 0.2, 0.7, 1.0),)])
def test_a_close_up_is_near(slots: tuple[Box, ...]) -> None:
    cutout = somebody(0.2)
    (near,) = placed([cutout], slots, SIZE, "close-up", np.random.default_rng(0))
    assert head_px(cutout, near) > 0.35 * SIZE[1]
    assert near.y > 0
    assert near.y + near.height > SIZE[1]


def test_the_line_that_frames_a_panel_is_no_part_of_a_figure() -> None:
    picture = np.random.default_rng(0).integers(80, 230, (120, 100, 3)).astype(np.uint8)
    picture[-3:] = 12
    assert np.flatnonzero(frame_lines(picture, Box(0.2, 0.2, 0.8, 1.0)).all(axis=1)).min() >= 115
    assert not frame_lines(picture, Box(0.2, 0.2, 0.8, 0.8)).any()


def test_who_stands_beside_is_left_out_of_a_cut_out() -> None:
    picture = np.full((200, 200, 3), 240, np.uint8)
    likely = np.zeros((64, 64), np.float32)
    for x0, x1 in ((30, 90), (130, 175)):
        cv2.rectangle(picture, (x0, 40), (x1, 190), (30, 60, 160), cv2.FILLED)
        cv2.rectangle(likely, (x0 * 64 // 200, 40 * 64 // 200), (x1 * 64 // 200, 190 * 64 // 200), 1.0, -1)
    alpha = refined(picture, likely, np.zeros((200, 200), np.uint8))
    assert alpha[100, 60] > 200
    assert not alpha[:, 120:].any()


def test_a_white_face_is_no_balloon() -> None:
    picture = np.full((200, 300, 3), 255, np.uint8)
    picture[:, :4] = picture[:, -4:] = picture[:4] = picture[-4:] = 90
    words, head = Box(0.1, 0.1, 0.3, 0.2), Box(0.5, 0.3, 0.9, 0.9)
    cv2.ellipse(picture, (75, 40), (68, 34), 0, 0, 360, (0, 0, 0), 2)
    cv2.line(picture, (120, 62), (150, 90), (255, 255, 255), 12)  # the tail is open: the paper runs on
    spared = lettering_mask(picture, (words,), heads=(head,))
    assert spared[40, 60] == 255
    assert not spared[70:170, 160:260].any()


class Sees:
    """Finds the red of a picture, and heads where it is told."""

    name = "red"

    def find(self, picture: RgbImage) -> FigureMap:
        """See :class:`models.figures.FigureFinder`."""
        red = ((picture[..., 0] > 150) & (picture[..., 2] < 90)).astype(np.float32)
        figure = cv2.resize(red, (64, 64), interpolation=cv2.INTER_AREA)
        head = figure.copy()
        ys = np.flatnonzero((figure > 0.5).any(axis=1))
        head[ys[0] + (ys[-1] - ys[0]) // 3 if len(ys) else 0 :] = 0
        return map_of(figure, head)


def test_a_reference_that_cannot_be_cut_out_well_gives_way_to_the_next() -> None:
    filled = np.zeros((150, 100, 3), np.uint8)
    filled[..., 0] = 220
    clear = np.full((150, 100, 3), 235, np.uint8)
    cv2.rectangle(clear, (35, 20), (65, 60), (220, 20, 20), cv2.FILLED)
    cv2.rectangle(clear, (25, 60), (75, 140), (220, 20, 20), cv2.FILLED)
    bad, good = (Conditioning(SOURCE.reference, picture, element="Ada") for picture in (filled, clear))
    made = soundest((bad, good), Sees())
    assert made is not None
    assert made.source is good
    assert soundest((), Sees()) is None
