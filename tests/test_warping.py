"""Maps of the plane that put a face into its place: by hand, one after the other, smaller without stripes."""

import numpy as np
import pytest

from sqexplain.faces.warping import about, compose, inverse, mapped, scaling, similarity, warp


def test_the_similarity_of_two_pairs_of_points_by_hand():
    """(0, 0) -> (10, 20) and (2, 0) -> (10, 26): a quarter turn clockwise on the screen, three times as large."""
    matrix = similarity(np.float64([[0, 0], [2, 0]]), np.float64([[10, 20], [10, 26]]))
    assert matrix == pytest.approx(np.array([[0, -3, 10], [3, 0, 20]]))
    assert mapped(inverse(matrix), np.float64([[10, 23]])) == pytest.approx(np.array([[1, 0]]))


def test_a_map_about_a_point_and_two_maps_in_a_row():
    quarter = about(np.float64([10, 10]), 2, 90, np.float64([1, 0]))
    assert mapped(quarter, np.float64([[10, 10], [13, 10]])) == pytest.approx(np.array([[11, 10], [11, 16]]))
    both = compose(quarter, scaling(2, 2))  # the corner (-0.5, -0.5) stays where it is
    assert mapped(both, np.float64([[4.75, 4.75]])) == pytest.approx(np.array([[11, 10]]))


def test_what_is_made_smaller_is_averaged():
    stripes = np.zeros((400, 400), np.uint8)
    stripes[:, ::2] = 200
    small = warp(stripes, scaling(0.1, 0.1), 40, 40)
    assert small == pytest.approx(np.full((40, 40), 100), abs=1)
