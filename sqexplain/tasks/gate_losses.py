"""Losses of an SE block on a frozen net: keep the answer with few open gates. Pure functions on tensors.

N rows, C channels, K classes.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def sparse_loss(logits: Tensor, teacher: Tensor, gates: Tensor, sparsity_weight: float) -> Tensor:
    """KL(softmax teacher || softmax logits) + sparsity_weight * mean gate; logits and teacher (N, K), gates (N, C)."""
    divergence = F.kl_div(logits.log_softmax(1), teacher.log_softmax(1), reduction="batchmean", log_target=True)
    return divergence + sparsity_weight * gates.mean()


def attribute_loss(
    logits: Tensor, teacher: Tensor, gates: Tensor, weights: Tensor, blind: Tensor, sparsity_weight: float
) -> Tensor:
    """Mean over the attributes of KL(teacher || gated) / KL(teacher || constant), + sparsity_weight * mean gate.

    Both divergences are those of coins. So 1 is what an answer without any channel costs, for rare attributes as for
    frequent ones.

    Args:
        logits: (N, K), each attribute through its own gates.
        teacher: (N, K) of the frozen net.
        gates: (N, K, C).
        weights: (N, K), mean 1: faces with and without an attribute count the same, however rare it is.
        blind: (K,) the divergence of the best constant answer, `coin_divergence` of it, weighted the same.
    """
    divergence = (weights * coin_divergence(logits, teacher)).mean(0) / blind  # (K,)
    return divergence.mean() + sparsity_weight * gates.mean()


def coin_divergence(logits: Tensor, teacher: Tensor) -> Tensor:
    """Return KL between two coins for each entry: the sigmoid of `teacher` against that of `logits`, same shape."""
    p = teacher.sigmoid()
    yes = p * (F.logsigmoid(teacher) - F.logsigmoid(logits))
    return yes + (1 - p) * (F.logsigmoid(-teacher) - F.logsigmoid(-logits))


def class_loss(logits: Tensor, teacher: Tensor, gates: Tensor, targets: Tensor, sparsity_weight: float) -> Tensor:
    """KL between two coins, the teacher's and the gated probability of one class, + sparsity_weight * mean gate.

    `targets` (N,) is the class asked about in each row; `gates` (N, C) are the gates of that class.
    """
    rows = torch.arange(len(targets), device=targets.device)
    p = teacher.softmax(1)[rows, targets].clamp(1e-6, 1 - 1e-6)
    log_q = logits.log_softmax(1)
    hit = log_q[rows, targets]
    rest = torch.logsumexp(log_q.masked_fill(F.one_hot(targets, log_q.shape[1]).bool(), -torch.inf), 1)
    divergence = p * (p.log() - hit) + (1 - p) * ((1 - p).log() - rest)
    return divergence.mean() + sparsity_weight * gates.mean()
