"""How much maps agree on where: rank correlation, which asks for the order of the places and not for their values."""

import numpy as np
from scipy.stats import rankdata


def rank_correlation(maps: np.ndarray) -> np.ndarray:
    """Return Spearman's rho (M, M) between M maps of equal size, (M, h, w); NaN with a map that is equal everywhere."""
    ranks = rankdata(maps.reshape(len(maps), -1), axis=1)  # (M, hw) equal values share the mean of their places
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.atleast_2d(np.corrcoef(ranks))
