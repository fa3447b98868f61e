"""The part of a net after its block, where it is an average pool and a linear layer: then pooled vectors tell all.

A gate per channel commutes with the average pool: logits = W (s * g) + b with g the mean of each map. What would need
one pass over the pictures for every set of channels needs one product of small matrices instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from sqexplain.classifier import Classifier
from sqexplain.gates import pool, required
from sqexplain.recording import record


@dataclass(frozen=True)
class LinearHead:
    """logits (N, K) = vectors (N, C) @ weight.T (C, K) + bias (K,)."""

    weight: Tensor
    bias: Tensor

    def __call__(self, vectors: Tensor) -> Tensor:
        """Return the logits (N, K) for pooled maps (N, C)."""
        return vectors @ self.weight.T + self.bias


@dataclass(frozen=True)
class Pooled:
    """What a net says of N pictures: `before` (N, C) pooled maps that enter the block, `logits` (N, K)."""

    before: Tensor
    logits: Tensor

    @classmethod
    def join(cls, parts: list["Pooled"]) -> "Pooled":
        """Return several parts as one, in their order."""
        return cls(torch.cat([part.before for part in parts]), torch.cat([part.logits for part in parts]))


def pool_pictures(classifier: Classifier, images: np.ndarray, batch: int = 250) -> Iterator[Pooled]:
    """Yield pooled maps and logits, batch by batch, for (N, S, S, 3) uint8 pictures at the size of the net."""
    for start in range(0, len(images), batch):
        inputs = classifier.normalise(torch.tensor(images[start : start + batch]))
        with classifier.lock:
            logits, _, traces = record(classifier.net, {"frames": inputs}, classifier.blocks, gradients=False)
        yield Pooled(pool(traces["frames"].pre_gate).cpu(), logits.cpu())


def scales(classifier: Classifier) -> bool:
    """Say whether the block scales the map on its way ("paper", "sparse") or only watches it ("none", "class")."""
    return classifier.block.kind in ("paper", "sparse")


@torch.no_grad()
def linear_head(classifier: Classifier, pooled: Pooled) -> LinearHead:
    """Return the linear layer after the block, checked against the logits of the net itself.

    Raises:
        ValueError: something other than average pool, linear layer and a constant factor follows the block.
    """
    block, before = classifier.block, pooled.before.to(classifier.device)
    after = before * required(block.gates_from_pooled(before)) if scales(classifier) else before
    logits = pooled.logits.to(after)
    for layer in reversed([module for module in classifier.net.modules() if isinstance(module, nn.Linear)]):
        if (layer.in_features, layer.out_features) != (after.shape[1], logits.shape[1]):
            continue
        bias = torch.zeros(logits.shape[1]).to(after) if layer.bias is None else layer.bias
        guess = after @ layer.weight.T + bias
        factor = (guess * logits).sum() / (guess * guess).sum()  # a net may scale its logits by a constant
        if torch.allclose(guess * factor, logits, rtol=1e-3, atol=1e-3 * float(logits.std())):
            return LinearHead((layer.weight * factor).detach().cpu(), (bias * factor).detach().cpu())
    raise ValueError(
        f"{classifier.spec.name!r} is not 'average pool, then one linear layer' after {classifier.layer!r}: "
        "channels cannot be judged on pooled vectors; explain a layer that the pool follows directly"
    )
