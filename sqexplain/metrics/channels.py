"""Do the chosen channels matter? Masks on pooled vectors, and how constant the gates are across pictures."""

from collections.abc import Callable

import torch
from torch import Tensor

Head = Callable[[Tensor], Tensor]  # pooled vectors (N, C) to logits (N, K)


def agreement(logits: Tensor, other: Tensor) -> float:
    """Return the share of rows, in [0, 1], in which two (N, K) logits have the same largest class."""
    return (logits.argmax(1) == other.argmax(1)).double().mean().item()


def other_classes(predicted: Tensor, classes: int, seed: int = 0) -> Tensor:
    """Return for each entry of `predicted` (N,) another class, uniform and seeded."""
    rng = torch.Generator().manual_seed(seed)
    return (predicted + torch.randint(1, classes, predicted.shape, generator=rng)) % classes


def channel_share(gates: Tensor) -> float:
    """Return the share of the variance of (N, C) gates that the identity of the channel explains, in [0, 1].

    1: every picture has the same vector, so the gates describe the model and not the picture.
    """
    total = gates.var(correction=0)
    return (gates.mean(0).var(correction=0) / total).item() if total > 0 else 1.0


def jaccard(mask: Tensor, other: Tensor) -> float:
    """Return the mean over rows of |both| / |either| of two (N, C) bool masks."""
    return ((mask & other).sum(1) / (mask | other).sum(1)).double().mean().item()
