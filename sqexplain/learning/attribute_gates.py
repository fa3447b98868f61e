"""Training an SE block on a frozen net for several attributes at once: one vector for all, or a vector for each.

N pictures, K attributes, C channels.
"""

import torch
from torch import Tensor

from sqexplain.features.pooled import LinearHead
from sqexplain.gates import Tap
from sqexplain.learning.retrofit_recipes import attribute_loss, coin_divergence


class AttributeQuestion:
    """What is asked of the gates: the answers of the net to all attributes, each weighted so that both sides count.

    Args:
        head: the linear layer of the frozen net.
        before: (N, C) pooled vectors of the training pictures.
    """

    def __init__(self, head: LinearHead, before: Tensor):
        self.head = head
        teacher = head(before)  # (N, K)
        self.share = teacher.sigmoid().mean(0)  # (K,) how often the net says yes
        weights = self.weights(teacher)
        middle = (weights * teacher.sigmoid()).mean(0)  # the best constant answer
        constant = torch.logit(middle.clamp(1e-6, 1 - 1e-6)).expand_as(teacher)
        self.blind = (weights * coin_divergence(constant, teacher)).mean(0).clamp_min(1e-6)  # (K,)

    def weights(self, teacher: Tensor) -> Tensor:
        """Return what each answer (N, K) counts, mean 1: all that is yes counts one half, all that is no the other."""
        yes = teacher.sigmoid()
        return 0.5 * (yes / self.share + (1 - yes) / (1 - self.share))

    def ask(self, block: Tap, before: Tensor, price: float) -> tuple[Tensor, float]:
        """Return the loss of a batch of pooled vectors (N, C), and how often gated and frozen net agree."""
        teacher = self.head(before)
        gates, logits = gated_logits(block, self.head, before)
        loss = attribute_loss(logits, teacher, gates, self.weights(teacher), self.blind, price)
        return loss, ((logits > 0) == (teacher > 0)).double().mean().item()


def gated_logits(block: Tap, head: LinearHead, before: Tensor) -> tuple[Tensor, Tensor]:
    """Return gates and logits (N, K) for pooled vectors (N, C).

    With a vector for each attribute the gates are (N, K, C) and each attribute is judged through its own; else (N, C).
    """
    place = block.mean.device
    if block.kind != "class":
        gates = block.gates_from_pooled(before.to(place)).cpu()  # (N, C)
        return gates, head(before * gates)
    gates = block.all_gates(before.to(place)).cpu()  # (N, K, C)
    return gates, torch.einsum("nkc,nc,kc->nk", gates, before, head.weight) + head.bias  # (N, K)
