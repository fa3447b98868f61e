"""Controls: maps that need no trained SE block; whoever claims something for SE has to beat them."""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from sqexplain.gates.selection import count, mean_of, ranking, top_channels, weighted
from sqexplain.methods.base import Method, percentage, whole
from sqexplain.recording import Trace

LAST_SEED = 2**31 - 1
REDUCTION = 16


@dataclass(frozen=True)
class Control(Method):
    """A mean of channels chosen without a trained gate; scaled as an SE map."""

    class_specific: ClassVar[bool] = False
    control: ClassVar[bool] = True
    native: ClassVar[bool] = False

    def __call__(self, trace: Trace) -> Tensor:
        """Return the raw maps (N, h, w)."""
        chosen = self.channels(trace)
        return trace.post_gate.mean(1) if chosen is None else mean_of(trace.post_gate, chosen)


@dataclass(frozen=True)
class Mean(Control):
    """Mean of all channels."""

    name: ClassVar[str] = "mean"
    title: ClassVar[str] = "All channels"
    paper: ClassVar[str] = "https://arxiv.org/abs/2407.06059"
    summary: ClassVar[str] = "Control: the plain mean of all channels."

    def channels(self, trace: Trace) -> Tensor:
        """Return all channels, (N, C) bool."""
        return torch.ones(trace.post_gate.shape[:2], dtype=torch.bool, device=trace.post_gate.device)


@dataclass(frozen=True)
class Pooled(Control):
    """Mean of the `percent` % channels that are strongest on average; the strongest simple rival of SE."""

    name: ClassVar[str] = "pooled"
    title: ClassVar[str] = "Strongest channels"
    summary: ClassVar[str] = "Control: the channels with the largest mean activation, without SE."
    percent: float = percentage()

    def order(self, trace: Trace) -> Tensor:
        """Return the channels (N, C) from the strongest to the weakest."""
        return ranking(trace.post_gate.mean((2, 3)))

    def channels(self, trace: Trace) -> Tensor:
        """Return the chosen channels, (N, C) bool."""
        return top_channels(trace.post_gate.mean((2, 3)), self.percent)


@dataclass(frozen=True)
class Peaks(Control):
    """Mean of the `percent` % channels with the largest peaks: what a head behind a max pool reads, without SE."""

    name: ClassVar[str] = "peaks"
    title: ClassVar[str] = "Highest channels"
    summary: ClassVar[str] = "Control: the channels with the largest peaks, without SE."
    peaked: ClassVar[bool] = True
    percent: float = percentage()

    def order(self, trace: Trace) -> Tensor:
        """Return the channels (N, C) from the highest peak to the lowest."""
        return ranking(trace.post_gate.amax((2, 3)))

    def channels(self, trace: Trace) -> Tensor:
        """Return the chosen channels, (N, C) bool."""
        return top_channels(trace.post_gate.amax((2, 3)), self.percent)


@dataclass(frozen=True)
class Winners(Control):
    """Every channel, drawn only where its peak lies: the places that a head behind a max pool reads."""

    name: ClassVar[str] = "winners"
    title: ClassVar[str] = "Peaks alone"
    summary: ClassVar[str] = "Control: every channel, drawn only at the place of its peak."
    peaked: ClassVar[bool] = True

    def __call__(self, trace: Trace) -> Tensor:
        """Return the raw maps (N, h, w); of several equal peaks of a channel the first counts."""
        peaks, places = trace.post_gate.flatten(2).max(2)  # (N, C) each
        drawn = peaks.new_zeros(len(peaks), trace.post_gate[0, 0].numel())  # (N, hw)
        return drawn.scatter_add_(1, places, peaks).unflatten(1, trace.post_gate.shape[2:])  # (N, h, w)


@dataclass(frozen=True)
class Random(Control):
    """Mean of `percent` % channels drawn from `seed`, the same for every picture; with `draws`, the mean of so many."""

    name: ClassVar[str] = "random"
    title: ClassVar[str] = "Random channels"
    summary: ClassVar[str] = "Control: channels drawn at random."
    percent: float = percentage()
    seed: int = whole(0, 0, LAST_SEED)
    draws: int = whole(1, 1, 10_000)

    def __call__(self, trace: Trace) -> Tensor:
        """Return the raw maps (N, h, w)."""
        return weighted(trace.post_gate, self._shares(trace).expand(len(trace.post_gate), -1))

    def order(self, trace: Trace) -> Tensor | None:
        """Return the drawn order (N, C); of several draws there is none."""
        channels = trace.post_gate.shape[1]
        order = self._draws(channels)[0].to(trace.post_gate.device)  # (C,)
        return order.expand(len(trace.post_gate), -1) if self.draws == 1 else None

    def channels(self, trace: Trace) -> Tensor:
        """Return the channels of at least one draw, (N, C) bool."""
        return (self._shares(trace) > 0).expand(len(trace.post_gate), -1)

    def _shares(self, trace: Trace) -> Tensor:
        """Return the weight (C,) of each channel in the mean of all draws; each draw is a uniform random set."""
        channels = trace.post_gate.shape[1]
        drawn = self._draws(channels)[:, : count(self.percent, channels)]
        return torch.bincount(drawn.flatten(), minlength=channels).to(trace.post_gate) / drawn.numel()

    def _draws(self, channels: int) -> Tensor:
        """Return a random order (draws, C) of the channels for each draw."""
        source = torch.Generator().manual_seed(self.seed)  # its own, so that no other random number moves
        return torch.rand(self.draws, channels, generator=source).argsort(1)


@dataclass(frozen=True)
class Untrained(Control):
    """The SE map that an untrained block of the published form gives, its weights drawn from `seed`."""

    name: ClassVar[str] = "untrained"
    title: ClassVar[str] = "Untrained SE"
    summary: ClassVar[str] = "Control: the channels that an SE block with random weights would choose."
    percent: float = percentage()
    seed: int = whole(0, 0, LAST_SEED)

    def order(self, trace: Trace) -> Tensor:
        """Return the channels (N, C) from the widest open gate to the narrowest."""
        return ranking(untrained_gates(trace.pre_gate.mean((2, 3)), self.seed))

    def channels(self, trace: Trace) -> Tensor:
        """Return the chosen channels, (N, C) bool."""
        return top_channels(untrained_gates(trace.pre_gate.mean((2, 3)), self.seed), self.percent)


def untrained_gates(pooled: Tensor, seed: int) -> Tensor:
    """Return sigmoid(W2 relu(W1 g)) for `pooled` g (N, C), no bias, reduction 16, weights as torch starts a Linear."""
    channels = pooled.shape[1]
    hidden = max(1, channels // REDUCTION)
    source = torch.Generator().manual_seed(seed)
    reduce = ((torch.rand(hidden, channels, generator=source) * 2 - 1) / math.sqrt(channels)).to(pooled)
    expand = ((torch.rand(channels, hidden, generator=source) * 2 - 1) / math.sqrt(hidden)).to(pooled)
    return torch.sigmoid(torch.relu(pooled @ reduce.T) @ expand.T)  # (N, C)
