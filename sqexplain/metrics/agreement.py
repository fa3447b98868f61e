"""How much maps agree on where: rank correlation, which asks for the order of the places and not for their values."""

import numpy as np


def rank_correlation(maps: np.ndarray) -> np.ndarray:
    """Return Spearman's rho (M, M) between M maps of equal size, (M, h, w); NaN with a map that is equal everywhere."""
    ranks = np.stack([average_ranks(one.ravel()) for one in maps])  # (M, hw)
    centred = ranks - ranks.mean(1, keepdims=True)
    lengths = np.sqrt((centred**2).sum(1))  # (M,)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.clip(centred @ centred.T / np.outer(lengths, lengths), -1, 1)


def average_ranks(values: np.ndarray) -> np.ndarray:
    """Return the rank of each value of (n,), from 0; equal values share the mean of their places."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts + 1) / 2)[places]
