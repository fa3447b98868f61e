"""How much maps agree on where: rank correlation, which asks for the order of the places and not for their values."""

import numpy as np


def rank_correlation(maps: np.ndarray) -> np.ndarray:
    """Return Spearman's rho (M, M) between M maps of equal size, (M, h, w); NaN with a map that is equal everywhere."""
    ranks = np.stack([mean_ranks(values) for values in maps.reshape(len(maps), -1)])  # (M, hw)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.atleast_2d(np.corrcoef(ranks))


def mean_ranks(values: np.ndarray) -> np.ndarray:
    """Return the ranks of values (n,) from 1 on; equal values share the mean of their places, a NaN makes all NaN.

    `scipy.stats.rankdata` without the second that its import takes.
    """
    if np.isnan(values).any():
        return np.full(len(values), np.nan)
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[places]
