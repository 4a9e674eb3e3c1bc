"""Near-duplicates and points that come later."""

import numpy as np

from models.mapping.neighbours import Neighbours, nearest_among, nearest_rows
from models.mapping.placement import place_among, twins
from tests.models.mapping.test_neighbours import clustered


def test_what_repeats_a_row_points_to_the_first_of_its_kind():
    rows = clustered(4, 30)
    rows[50], rows[80] = rows[7], rows[7]
    firsts = twins(nearest_rows(rows, 8))
    assert firsts[50] == firsts[80] == firsts[7] == 7
    assert (np.delete(firsts, [50, 80]) == np.delete(np.arange(120), [50, 80])).all()


def test_a_slow_drift_makes_no_heap():
    angles = np.linspace(0, 1.5, 40)
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    firsts = twins(nearest_rows(rows, 6))
    assert len(np.unique(firsts)) >= 10


def test_a_point_lies_among_those_it_is_like():
    rows = clustered(4, 60)
    places = rows[:, :2].copy()
    found = place_among(nearest_among(rows[:40] + 1e-4, rows[40:], 8), places[40:])
    low, high = places[40:].min(axis=0), places[40:].max(axis=0)
    assert ((found >= low) & (found <= high)).all()
    near = nearest_among(rows[:40], rows[40:], 8)
    own = places[40:][near.rows].mean(axis=1)
    assert np.abs(found - own).mean() < 0.3 * np.abs(places - places.mean(axis=0)).mean()


def test_what_repeats_a_mapped_point_lies_on_it():
    places = np.array([[0.1, 0.2], [0.8, 0.9], [0.5, 0.5]], np.float32)
    near = Neighbours(np.array([[1, 2, 0]], np.int32), np.array([[0.001, 0.3, 0.6]], np.float32))
    assert np.array_equal(place_among(near, places), places[[1]])
