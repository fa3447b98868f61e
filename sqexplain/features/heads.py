"""Heads: what follows the block of a net, on pooled vectors. N rows, C channels, K classes, A channels of the audio."""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from sqexplain.classifier import Classifier
from sqexplain.features.streams import classify
from sqexplain.gates import required

CHECKED = 500  # rows on which a linear head is compared with the net itself


class Head(Protocol):
    """What follows the block of a net."""

    def __call__(self, vectors: Tensor) -> Tensor:
        """Return logits (N, K) for vectors (N, C)."""


@dataclass(frozen=True)
class LinearHead:
    """logits (N, K) = vectors (N, C) @ weight.T (C, K) + bias (K,)."""

    weight: Tensor
    bias: Tensor

    def __call__(self, vectors: Tensor) -> Tensor:
        """Return the logits (N, K) for pooled maps (N, C)."""
        return vectors @ self.weight.T + self.bias


@dataclass(frozen=True)
class SpeakerHead:
    """The head of a net for clips, which judges each frame from the faces and the audio of its whole clip."""

    net: nn.Module
    audio: Tensor  # (clips, T, A)

    def __call__(self, vectors: Tensor) -> Tensor:
        """Return the logits (N, K) for the faces (N, C) of all frames, N = clips * T."""
        faces = vectors.unflatten(0, self.audio.shape[:2])  # (clips, T, C)
        return classify(self.net, faces, self.audio).flatten(0, 1)


def scales(classifier: Classifier) -> bool:
    """Say whether the block scales the map on its way ("paper", "sparse") or only watches it ("none", "class")."""
    return classifier.block.kind in ("paper", "sparse")


@torch.no_grad()
def linear_head(classifier: Classifier, pre_gate: Tensor, logits: Tensor) -> LinearHead:
    """Return the linear layer after the block, checked against the logits of the net itself.

    Args:
        classifier: the net.
        pre_gate: (N, C) pooled maps that enter the block.
        logits: (N, K) of the net for them.

    Raises:
        ValueError: something other than average pool, linear layer and a constant factor follows the block.
    """
    block, pre_gate = classifier.block, pre_gate[:CHECKED].to(classifier.device)
    vectors = pre_gate * required(block.gates_from_pooled(pre_gate)) if scales(classifier) else pre_gate
    logits = logits[:CHECKED].to(vectors)
    for layer in reversed([module for module in classifier.net.modules() if isinstance(module, nn.Linear)]):
        if (layer.in_features, layer.out_features) != (vectors.shape[1], logits.shape[1]):
            continue
        bias = torch.zeros(logits.shape[1]).to(vectors) if layer.bias is None else layer.bias
        guess = vectors @ layer.weight.T + bias
        factor = (guess * logits).sum() / (guess * guess).sum()  # a net may scale its logits by a constant
        if torch.allclose(guess * factor, logits, rtol=1e-3, atol=1e-3 * float(logits.std())):
            return LinearHead((layer.weight * factor).detach().cpu(), (bias * factor).detach().cpu())
    raise ValueError(
        f"{classifier.spec.name!r} is not 'average pool, then one linear layer' after {classifier.layer!r}: "
        "channels cannot be judged on pooled vectors; explain a layer that the pool follows directly"
    )
