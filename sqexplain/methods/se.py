"""The Squeeze-and-Excitation explanation: the mean of the maps whose gates are open widest."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from sqexplain.methods.base import Method, choice, number, percentage
from sqexplain.methods.channels import gaussian_rule, mean_of, ranking, top_channels
from sqexplain.recording import Trace


@dataclass(frozen=True)
class SE(Method):
    """Mean of the channels with the top `percent` % gates; no gradient (Roxo et al., 2024, section 3).

    Attributes:
        rule: "topk" takes exactly ceil(percent / 100 * C) channels; "paper" those above mean + z * std over the
            gates, as the authors' code does, and where none is, the exact top-k instead.
        z: 0.674, 1.282 and 1.645 mark 75, 90 and 95 % of a normal distribution.
        scaled: the maps after the block scaled them, or before.
    """

    name: ClassVar[str] = "se"
    title: ClassVar[str] = "SE"
    paper: ClassVar[str] = "https://arxiv.org/abs/2412.05134"
    summary: ClassVar[str] = "Mean of the channels that the Squeeze-and-Excitation gates open widest."
    class_specific: ClassVar[bool] = False
    needs: ClassVar[frozenset[str]] = frozenset({"gates"})
    native: ClassVar[bool] = False
    percent: float = percentage()
    rule: str = choice("topk", "paper")
    z: float = number(1.282, -3, 5)
    scaled: bool = choice(True, False)
    interpolation: str = choice("bilinear", "bicubic")

    def __call__(self, trace: Trace) -> Tensor:
        """Return the raw maps (N, h, w)."""
        return mean_of(self.maps(trace), self.channels(trace))

    def maps(self, trace: Trace) -> Tensor:
        """Return the maps (N, C, h, w) that are averaged."""
        return trace.features if self.scaled else trace.before

    def order(self, trace: Trace) -> Tensor:
        """Return the channels (N, C) from the widest open gate to the narrowest."""
        return ranking(_gates(trace))

    def channels(self, trace: Trace) -> Tensor:
        """Return the chosen channels (N, C) bool, never none."""
        best = top_channels(_gates(trace), self.percent)
        if self.rule == "topk":
            return best
        above = gaussian_rule(_gates(trace), self.z)
        return torch.where(above.any(1, keepdim=True), above, best)

    def remarks(self, trace: Trace) -> dict[str, Tensor]:
        """Say where the authors' rule chose no channel."""
        if self.rule == "topk":
            return {}
        told = f"No gate lies above the authors' threshold, mean + {self.z:g} std, which can even exceed 1"
        none = ~gaussian_rule(_gates(trace), self.z).any(1)  # (N,)
        return {f"{told}; the top {self.percent:g} % of the channels are shown instead.": none}


@dataclass(frozen=True)
class SEClass(SE):
    """The maps of `SE`, each times the weight of the target class: the gradient of its logit, summed over the map.

    Before average pooling and one linear layer that weight is w_c, the classifier's own.
    """

    name: ClassVar[str] = "se_class"
    title: ClassVar[str] = "SE × class"
    paper: ClassVar[str] = ""
    summary: ClassVar[str] = "The channels of SE, each weighted by what it adds to the target class."
    class_specific: ClassVar[bool] = True
    needs: ClassVar[frozenset[str]] = frozenset({"gates", "gradients"})

    def __call__(self, trace: Trace) -> Tensor:
        """Return the raw maps (N, h, w)."""
        return mean_of(self.maps(trace), self.channels(trace), self.weights(trace))

    def weights(self, trace: Trace) -> Tensor:
        """Return the weight of each channel for the target class, (N, C)."""
        return class_weights(trace.grads)


@dataclass(frozen=True)
class SEEvidence(Method):
    """The channels with the largest gated evidence s w g for the target, each beyond what it usually shows.

    s is the gate, w the weight of the class as in `SEClass`, g the mean of the map; the map is the mean over the top
    `percent` % channels of s w (u - m), with m the mean of the channel over the training pictures, where the block
    knows it. Ranking by gate and value together, and closing towards the mean, are ours; see README for what they gain.
    """

    name: ClassVar[str] = "se_evidence"
    title: ClassVar[str] = "SE evidence"
    summary: ClassVar[str] = "The channels of largest gate times evidence for the class, each beyond its usual value."
    needs: ClassVar[frozenset[str]] = frozenset({"gates", "gradients"})
    native: ClassVar[bool] = False
    percent: float = percentage()

    def __call__(self, trace: Trace) -> Tensor:
        """Return the raw maps (N, h, w)."""
        level = self.level(trace)
        maps = trace.features if level is None else trace.features - level[..., None, None]
        return mean_of(maps, self.channels(trace), self.weights(trace))

    def weights(self, trace: Trace) -> Tensor:
        """Return what each channel of the features counts, (N, C): gate times weight; scaled maps hold the gate."""
        weights = class_weights(trace.grads)
        return weights if trace.scaled else weights * _gates(trace)

    def level(self, trace: Trace) -> Tensor | None:
        """Return what each channel of the features usually shows, (N, C), None where it is not known."""
        if trace.usual is None:
            return None
        return trace.usual * _gates(trace) if trace.scaled else trace.usual.expand_as(_gates(trace))

    def order(self, trace: Trace) -> Tensor:
        """Return the channels (N, C) from the largest evidence to the smallest."""
        return ranking(self._evidence(trace))

    def channels(self, trace: Trace) -> Tensor:
        """Return the chosen channels, (N, C) bool."""
        return top_channels(self._evidence(trace), self.percent)

    def _evidence(self, trace: Trace) -> Tensor:
        return self.weights(trace) * trace.features.mean((2, 3))


def class_weights(grads: Tensor) -> Tensor:
    """Return the weight of each channel for the target class, (N, C, h, w) -> (N, C)."""
    return grads.sum((2, 3))


def _gates(trace: Trace) -> Tensor:
    if trace.gates is None:
        raise ValueError("the net has no SE block; load it with gates 'class', 'sparse' or 'paper', or use 'pooled'")
    return trace.gates
