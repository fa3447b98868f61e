import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from sqexplain.metrics.agreement import mean_ranks, rank_correlation


def test_equal_values_share_the_mean_of_their_ranks():
    maps = np.array([[[3.0, 1.0], [3.0, 0.0]], [[2.5, 1.0], [2.5, 0.0]], [[2.0, 1.0], [3.0, 0.0]]])
    found = rank_correlation(maps)
    assert found[0, 1] == pytest.approx(1)
    assert found[0, 2] == pytest.approx(4.5 / np.sqrt(4.5 * 5))  # ranks 2.5 1 2.5 0 against 2 1 3 0


def test_maps_are_compared_as_scipy_compares_them():
    maps = np.random.default_rng(0).integers(0, 30, (5, 14, 14)).astype(float)  # many ties
    expected = spearmanr(maps.reshape(5, -1), axis=1).statistic
    np.testing.assert_allclose(rank_correlation(maps), expected, atol=1e-12)
    assert rank_correlation(maps[:1]).tolist() == [[1]]


def test_maps_in_the_same_order_agree_and_in_the_opposite_order_disagree():
    one = np.array([[1.0, 2.0], [3.0, 4.0]])
    found = rank_correlation(np.stack([one, one**3, -one]))
    np.testing.assert_allclose(found, [[1, 1, -1], [1, 1, -1], [-1, -1, 1]], atol=1e-12)


def test_the_correlation_is_that_of_the_hand_computed_ranks():
    # ranks 0 1 2 3 against 1 0 3 2: rho = 1 - 6 * 4 / (4 * 15) = 0.6
    maps = np.array([[[1.0, 2.0, 3.0, 4.0]], [[20.0, 10.0, 40.0, 30.0]]])
    assert rank_correlation(maps)[0, 1] == pytest.approx(0.6)


def test_a_map_that_marks_no_place_agrees_with_nothing():
    found = rank_correlation(np.stack([np.zeros((2, 2)), np.eye(2), 1 - np.eye(2)]))
    assert np.isnan(found[0]).all()
    assert found[1, 2] == pytest.approx(-1)


@pytest.mark.parametrize("values", [[0.3, -2, 5, 0.3], [0.0, -0.0, 1], [1, 1, 1], [2, float("nan"), 1], [7]])
def test_ranks_are_those_of_scipy(values):
    np.testing.assert_array_equal(mean_ranks(np.array(values)), rankdata(values))
