"""The numbers of a retrofit, and what it asks of the gates."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from sqexplain.classifier import Classifier


@dataclass(frozen=True)
class SparseRecipe:
    """The numbers of a retrofit: `price` is the weight of the mean gate in the loss."""

    price: float = 0.1
    epochs: int = 10
    batch: int = 512
    lr: float = 3e-3


SPARSE_RECIPES = {"sparse": SparseRecipe(price=0.1, epochs=30), "class": SparseRecipe(price=0.5)}


# the same where each class is a question of its own
ATTRIBUTE_RECIPES = {kind: SparseRecipe(price=0.3, epochs=12, batch=256) for kind in ("sparse", "class")}


def sparse_recipe(classifier: Classifier) -> SparseRecipe:
    """Return the recipe for the block of a classifier for pictures."""
    table = ATTRIBUTE_RECIPES if classifier.spec.multilabel else SPARSE_RECIPES
    return table[classifier.block.kind]


def sparse_loss(logits: Tensor, teacher: Tensor, gates: Tensor, price: float) -> Tensor:
    """KL(softmax teacher || softmax logits) + price * mean gate; logits and teacher (N, K), gates (N, C)."""
    divergence = F.kl_div(logits.log_softmax(1), teacher.log_softmax(1), reduction="batchmean", log_target=True)
    return divergence + price * gates.mean()


def attribute_loss(
    logits: Tensor, teacher: Tensor, gates: Tensor, weights: Tensor, blind: Tensor, price: float
) -> Tensor:
    """Mean over the attributes of KL(teacher || gated) / KL(teacher || constant), of coins, + price * mean gate.

    So 1 is what an answer without any channel costs, for rare attributes as for frequent ones.

    Args:
        logits: (N, K), each attribute through its own gates.
        teacher: (N, K) of the frozen net.
        gates: (N, K, C).
        weights: (N, K), mean 1: faces with and without an attribute count the same, however rare it is.
        blind: (K,) the divergence of the best constant answer, `coin_divergence` of it, weighted the same.
    """
    divergence = (weights * coin_divergence(logits, teacher)).mean(0) / blind  # (K,)
    return divergence.mean() + price * gates.mean()


def coin_divergence(logits: Tensor, teacher: Tensor) -> Tensor:
    """Return KL between two coins for each entry: the sigmoid of `teacher` against that of `logits`, same shape."""
    p = teacher.sigmoid()
    yes = p * (F.logsigmoid(teacher) - F.logsigmoid(logits))
    return yes + (1 - p) * (F.logsigmoid(-teacher) - F.logsigmoid(-logits))


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
