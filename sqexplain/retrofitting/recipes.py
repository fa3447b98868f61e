"""The numbers of a retrofit, and what it asks of the gates."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class SparseRecipe:
    """The numbers of a retrofit: `price` is the weight of the mean gate in the loss."""

    price: float = 0.1
    epochs: int = 10
    batch: int = 512
    lr: float = 3e-3


SPARSE_RECIPES = {"sparse": SparseRecipe(price=0.1, epochs=30), "class": SparseRecipe(price=0.5)}


def sparse_loss(logits: Tensor, teacher: Tensor, gates: Tensor, price: float) -> Tensor:
    """KL(softmax teacher || softmax logits) + price * mean gate; logits and teacher (N, K), gates (N, C)."""
    divergence = F.kl_div(logits.log_softmax(1), teacher.log_softmax(1), reduction="batchmean", log_target=True)
    return divergence + price * gates.mean()


def class_loss(logits: Tensor, teacher: Tensor, gates: Tensor, targets: Tensor, price: float) -> Tensor:
    """KL between two coins, the teacher's and the gated probability of one class, + price * mean gate.

    `targets` (N,) is the class asked about in each row; `gates` (N, C) are the gates of that class.
    """
    rows = torch.arange(len(targets), device=targets.device)
    p = teacher.softmax(1)[rows, targets].clamp(1e-6, 1 - 1e-6)
    log_q = logits.log_softmax(1)
    hit = log_q[rows, targets]
    rest = torch.logsumexp(log_q.masked_fill(F.one_hot(targets, log_q.shape[1]).bool(), -torch.inf), 1)
    divergence = p * (p.log() - hit) + (1 - p) * ((1 - p).log() - rest)
    return divergence.mean() + price * gates.mean()
