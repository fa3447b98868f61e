"""Choosing channels by a score: exact top-k, the authors' rule, and the maps of every percentage at once.

The only place where k is counted, and where the rule and its 1.282 stand. N pictures, C channels, h x w feature size.
"""

import math
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

Values = TypeVar("Values", np.ndarray, Tensor)

PERCENTS = 100
Z = 1.282  # 90 % of a normal distribution lie below mean + Z standard deviations
NOMINAL = math.erfc(Z / math.sqrt(2)) / 2  # so this share of it lies above, 0.09992


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


def rule_threshold(gates: Values, z: float = Z) -> Values:
    """Return mean + z * population std (..., 1) of gates (..., C), an array or a tensor."""
    spread = gates.std(-1, correction=0) if isinstance(gates, Tensor) else gates.std(-1)
    return gates.mean(-1)[..., None] + z * spread[..., None]


def gaussian_rule(gates: Values, z: float = Z) -> Values:
    """Return which gates (..., C) lie strictly above `rule_threshold`, bool; there may be none."""
    return gates > rule_threshold(gates, z)


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
