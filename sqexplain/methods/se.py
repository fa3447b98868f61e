"""The Squeeze-and-Excitation explanation: the mean of the maps whose gates are open widest."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from sqexplain.gates.selection import Z, gaussian_rule, mean_of, ranking, top_channels
from sqexplain.methods.base import Method, choice, number, percentage
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
    z: float = number(Z, -3, 5)
    scaled: bool = choice(True, False)
    interpolation: str = choice("bilinear", "bicubic")  # type: ignore[misc]  # here a knob, elsewhere of the method

    def __call__(self, trace: Trace) -> Tensor:
        """Return the raw maps (N, h, w)."""
        return mean_of(self.maps(trace), self.channels(trace))

    def maps(self, trace: Trace) -> Tensor:
        """Return the maps (N, C, h, w) that are averaged."""
        return trace.post_gate if self.scaled else trace.pre_gate

    def order(self, trace: Trace) -> Tensor:
        """Return the channels (N, C) from the widest open gate to the narrowest."""
        return ranking(gates_of(trace))

    def channels(self, trace: Trace) -> Tensor:
        """Return the chosen channels (N, C) bool, never none."""
        best = top_channels(gates_of(trace), self.percent)
        if self.rule == "topk":
            return best
        above = gaussian_rule(gates_of(trace), self.z)
        return torch.where(above.any(1, keepdim=True), above, best)

    def caveats(self, trace: Trace) -> dict[str, Tensor]:
        """Say where the authors' rule chose no channel."""
        if self.rule == "topk":
            return {}
        text = f"No gate lies above the authors' threshold, mean + {self.z:g} std, which can even exceed 1"
        none = ~gaussian_rule(gates_of(trace), self.z).any(1)  # (N,)
        return {f"{text}; the top {self.percent:g} % of the channels are shown instead.": none}


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
        return class_weights(trace.gradients)


def class_weights(grads: Tensor) -> Tensor:
    """Return the weight of each channel for the target class, (N, C, h, w) -> (N, C)."""
    return grads.sum((2, 3))


def gates_of(trace: Trace) -> Tensor:
    """Return the gates (N, C); ValueError where the net has none."""
    if trace.gates is None:
        raise ValueError("the net has no SE block; load it with gates 'class', 'sparse' or 'paper', or use 'pooled'")
    return trace.gates
