"""What a net for pictures is taught, and how often it is right: one class of many, or yes and no for each attribute."""

from torch import Tensor
from torch.nn import functional as F


def one_of_many(logits: Tensor, target: Tensor, smoothing: float) -> tuple[Tensor, float]:
    """Return cross entropy and accuracy for logits (N, K) and class indices (N,)."""
    loss = F.cross_entropy(logits, target, label_smoothing=smoothing)
    return loss, (logits.argmax(1) == target).double().mean().item()


def each_for_itself(logits: Tensor, target: Tensor, smoothing: float) -> tuple[Tensor, float]:
    """Return the mean binary cross entropy of logits (N, K) for target (N, K) of 0 and 1, and the mean accuracy."""
    soft = target.to(logits) * (1 - smoothing) + smoothing / 2
    loss = F.binary_cross_entropy_with_logits(logits, soft)
    return loss, ((logits > 0) == (target > 0)).double().mean().item()
