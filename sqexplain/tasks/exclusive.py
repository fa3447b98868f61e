"""What tasks whose classes exclude each other have in common: softmax and cross entropy."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor
from torch.nn import functional as F

from sqexplain.tasks.base import Task
from sqexplain.tasks.probabilities import softmax


@dataclass(frozen=True)
class Exclusive(Task):
    """One class for each row of logits, be it a picture or a frame."""

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Return the softmax over the classes."""
        return softmax(logits)

    def loss(self, logits: Tensor, labels: Tensor, smoothing: float = 0.0) -> Tensor:
        """Return the cross entropy."""
        return F.cross_entropy(logits, labels, label_smoothing=smoothing)

    def accuracy(self, logits: Tensor, labels: Tensor) -> float:
        """Return the share of rows whose largest logit is that of the label."""
        return (logits.argmax(1) == labels).double().mean().item()
