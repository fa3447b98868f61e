"""The numbers about how gates are distributed, on values whose answer is known."""

import numpy as np
import pytest
from scipy.stats import norm

from sqexplain.metrics import normality


def test_centring_takes_off_the_mean_of_each_vector():
    found = normality.centre(np.array([[0.1, 0.3], [0.5, 0.9]]))
    np.testing.assert_allclose(found, [[-0.1, 0.1], [-0.2, 0.2]])


def test_the_test_lets_normal_values_pass_and_rejects_gates_that_are_open_or_shut():
    normal = np.random.default_rng(1).normal(0.5, 0.1, 256)
    two = np.repeat([0.05, 0.95], [230, 26])
    w, p = normality.shapiro_wilk(normal)
    assert w > 0.98
    assert p > 0.05
    w, p = normality.shapiro_wilk(two)
    assert w < 0.5
    assert p < 1e-6


def test_equal_values_have_no_w_and_count_as_rejected():
    assert np.isnan(normality.shapiro_wilk(np.full(9, 0.5))[0])
    assert np.isnan(normality.moments(np.full(9, 0.5))).all()
    gates = np.stack([np.full(64, 0.5), np.random.default_rng(0).normal(0.5, 0.1, 64)])
    assert normality.rejected(gates) == 0.5


def test_quantiles_of_normal_values_lie_on_the_line():
    values = 3 + 2 * np.random.default_rng(0).standard_normal(100_000)
    found, wanted = normality.standardised_quantiles(values), normality.normal_quantiles()
    assert found.shape == wanted.shape == (39,)
    np.testing.assert_allclose(found, wanted, atol=0.03)
    assert wanted[19] == pytest.approx(0)
    assert wanted[35] == pytest.approx(1.2816, abs=1e-4)  # 36 of 40 lie below


def test_moments_of_known_values():
    skewness, kurtosis = normality.moments(np.array([-1.0, 0.0, 1.0]))
    assert skewness == pytest.approx(0)
    assert kurtosis == pytest.approx(-1.5)  # fourth moment 2/3 over squared variance 4/9, less 3


@pytest.mark.parametrize("steps", [2, 40])
def test_quantiles_of_a_normal_distribution_are_those_of_scipy(steps):
    expected = norm.ppf(np.arange(1, steps) / steps)
    np.testing.assert_allclose(normality.normal_quantiles(steps), expected, rtol=1e-13, atol=1e-15)
