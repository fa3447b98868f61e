import numpy as np
import pytest

from sqexplain.metrics.agreement import average_ranks, rank_correlation


def test_equal_values_share_the_mean_of_their_ranks():
    assert average_ranks(np.array([3.0, 1.0, 3.0, 0.0])).tolist() == [2.5, 1.0, 2.5, 0.0]


def test_maps_in_the_same_order_agree_and_in_the_opposite_order_disagree():
    one = np.array([[1.0, 2.0], [3.0, 4.0]])
    found = rank_correlation(np.stack([one, one**3, -one]))
    np.testing.assert_allclose(found, [[1, 1, -1], [1, 1, -1], [-1, -1, 1]], atol=1e-12)


def test_the_correlation_is_that_of_the_hand_computed_ranks():
    # ranks 0 1 2 3 against 1 0 3 2: rho = 1 - 6 * 4 / (4 * 15) = 0.6
    maps = np.array([[[1.0, 2.0, 3.0, 4.0]], [[20.0, 10.0, 40.0, 30.0]]])
    assert rank_correlation(maps)[0, 1] == pytest.approx(0.6)


def test_a_map_that_marks_no_place_agrees_with_nothing():
    assert np.isnan(rank_correlation(np.stack([np.zeros((2, 2)), np.eye(2)]))[0, 1])
