"""Choosing channels by a score: exact top-k, the authors' threshold, and the maps of every percentage at once.

N pictures, C channels, h x w feature size.
"""

import math

import torch
from torch import Tensor

PERCENTS = 100


def count(percent: float, channels: int) -> int:
    """Return k = ceil(percent / 100 * channels), at least 1; rounding errors of the product do not count."""
    return min(channels, max(1, math.ceil(percent * channels / 100 - 1e-9)))


def ranking(scores: Tensor) -> Tensor:
    """Return the channels of `scores` (N, C) from the highest to the lowest; of equal ones the first comes first."""
    return scores.sort(dim=1, descending=True, stable=True).indices  # (N, C)


def top_channels(scores: Tensor, percent: float) -> Tensor:
    """Return the top `percent` % channels of `scores` (N, C) as (N, C) bool."""
    best = ranking(scores)[:, : count(percent, scores.shape[1])]  # (N, k)
    return torch.zeros_like(scores, dtype=torch.bool).scatter_(1, best, True)


def gaussian_rule(gates: Tensor, z: float) -> Tensor:
    """Return the channels whose gate is strictly above mean + z * population std, (N, C) bool; there may be none."""
    threshold = gates.mean(1, keepdim=True) + z * gates.std(1, keepdim=True, correction=0)  # (N, 1)
    return gates > threshold


def mean_of(features: Tensor, chosen: Tensor, weights: Tensor | None = None) -> Tensor:
    """Return the mean of the chosen maps of `features` (N, C, h, w), each times its weight if given: (N, h, w)."""
    shares = chosen.to(features.dtype) / chosen.sum(1, keepdim=True)  # (N, C)
    return weighted(features, shares if weights is None else shares * weights)


def weighted(features: Tensor, weights: Tensor) -> Tensor:
    """Return the sum of `features` (N, C, h, w) over the channels, weighted by (N, C): (N, h, w)."""
    summed = torch.bmm(weights[:, None], features.flatten(2))  # (N, 1, hw)
    return summed.unflatten(2, features.shape[2:])[:, 0]  # (N, h, w)


def percent_maps(features: Tensor, scores: Tensor) -> Tensor:
    """Return the mean map of the top 1, 2, ... 100 % channels, (N, 100, h, w), from one cumulative sum.

    Args:
        features: (N, C, h, w).
        scores: (N, C), higher is better, equal ones by channel index.
    """
    pictures, channels = scores.shape
    counts = torch.tensor([count(percent, channels) for percent in range(1, PERCENTS + 1)], device=scores.device)
    order = ranking(scores)
    places = torch.empty_like(order).scatter_(1, order, torch.arange(channels, device=order.device).expand_as(order))
    steps = torch.searchsorted(counts, places, right=True)  # (N, C) the first percentage that takes the channel in
    rows = steps + torch.arange(pictures, device=steps.device)[:, None] * PERCENTS  # (N, C)
    sums = features.new_zeros(pictures * PERCENTS, features[0, 0].numel())  # (100N, hw)
    sums.index_add_(0, rows.flatten(), features.flatten(2).flatten(0, 1))
    means = sums.view(pictures, PERCENTS, -1).cumsum(1) / counts[:, None]  # (N, 100, hw)
    return means.unflatten(2, features.shape[2:])  # (N, 100, h, w)
