"""How the values of gate vectors are distributed: centred as in the paper's figure 3, and whether they are normal.

N vectors, C channels.
"""

from statistics import NormalDist

import numpy as np

BINS = {"raw": (40, 0.0, 1.0), "centred": (60, -1.0, 1.0)}  # of a histogram of gates: how many, from, to
LEAST = 3  # values that the test needs
MOST = 5000  # values up to which its p is exact enough


def centre(gates: np.ndarray) -> np.ndarray:
    """Return gates (N, C) minus the mean of each vector, as the paper's figure 3 shows them."""
    return gates - gates.mean(1, keepdims=True)


def gate_histogram(gates: np.ndarray, form: str = "raw") -> np.ndarray:
    """Return how many gates of any shape lie in each of the `BINS` of a form, (bins,)."""
    bins, low, high = BINS[form]
    return np.histogram(gates, bins, (low, high))[0]


def bin_edges(form: str = "raw") -> np.ndarray:
    """Return the edges of the `BINS` of a form, (bins + 1,)."""
    bins, low, high = BINS[form]
    return np.linspace(low, high, bins + 1)


def shapiro_wilk(values: np.ndarray) -> tuple[float, float]:
    """Return W and p of the Shapiro-Wilk test that `values` (n,) are drawn from a normal distribution.

    W is 1 for a perfect fit; p below 0.05 speaks against. NaN for fewer than 3 values or for equal ones; of more than
    5000 values so many are taken, evenly spread in their order.
    """
    from scipy import stats  # on use only, as below: a second that a page need not cost

    values = np.asarray(values, np.float64)
    values = values[np.linspace(0, len(values) - 1, min(len(values), MOST)).round().astype(int)]
    if len(values) < LEAST or np.ptp(values) == 0:
        return float("nan"), float("nan")
    found = stats.shapiro(values)
    return float(found.statistic), float(found.pvalue)


def rejected(gates: np.ndarray, level: float = 0.05, most: int = 500) -> float:
    """Return the share of the vectors of `gates` (N, C) that the test holds not to be normal, of `most` at most."""
    rows = gates[np.linspace(0, len(gates) - 1, min(len(gates), most)).round().astype(int)]
    return float(np.mean([not shapiro_wilk(row)[1] >= level for row in rows]))  # equal gates are not normal either


def standardised_quantiles(values: np.ndarray, steps: int = 40) -> np.ndarray:
    """Return the 1/steps, 2/steps, ... quantiles (steps - 1,) of values (n,), in standard deviations from the mean."""
    spread = values.std()
    scaled = (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)
    return np.quantile(scaled, np.arange(1, steps) / steps)


def normal_quantiles(steps: int = 40) -> np.ndarray:
    """Return the same quantiles of a normal distribution, (steps - 1,)."""
    return np.array([NormalDist().inv_cdf(step / steps) for step in range(1, steps)])


def moments(values: np.ndarray) -> tuple[float, float]:
    """Return skewness and excess kurtosis of values (n,), both 0 for a normal distribution."""
    from scipy import stats

    if np.ptp(values) == 0:
        return float("nan"), float("nan")
    return float(stats.skew(values)), float(stats.kurtosis(values))
