"""Channels by what they add to the answer, each beyond what it usually shows: with SE gates, and without as a control.

N pictures, C channels, h x w feature size.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from sqexplain.gates.selection import mean_of, ranking, top_channels
from sqexplain.methods.base import Method, percentage
from sqexplain.methods.se import class_weights, gates_of
from sqexplain.recording import Trace


@dataclass(frozen=True)
class Evidence(Method):
    """The mean over the top `percent` % channels, by weight times mean value, of weight times (map - usual value).

    The usual value is the mean of the channel over the training pictures, where the block knows it.
    """

    native: ClassVar[bool] = False
    percent: float = percentage()

    def __call__(self, trace: Trace) -> Tensor:
        """Return the raw maps (N, h, w)."""
        offset = self.offset(trace)
        maps = trace.post_gate if offset is None else trace.post_gate - offset[..., None, None]
        return mean_of(maps, self.channels(trace), self.weights(trace))

    def offset(self, trace: Trace) -> Tensor | None:
        """Return the usual value of each channel behind the gates, (N, C), None where it is not known."""
        mean = trace.channel_mean  # (C,) before the gates
        if mean is None:
            return None
        return mean * gates_of(trace) if trace.scaled else mean.expand(trace.post_gate.shape[:2])

    def weights(self, trace: Trace) -> Tensor:
        """Return what each channel counts, (N, C)."""
        raise NotImplementedError

    def order(self, trace: Trace) -> Tensor:
        """Return the channels (N, C) from the largest evidence to the smallest."""
        return ranking(self._evidence(trace))

    def channels(self, trace: Trace) -> Tensor:
        """Return the chosen channels, (N, C) bool."""
        return top_channels(self._evidence(trace), self.percent)

    def _evidence(self, trace: Trace) -> Tensor:
        return self.weights(trace) * trace.post_gate.mean((2, 3))


@dataclass(frozen=True)
class SEEvidence(Evidence):
    """Evidence weighted by s w: the gate times the weight of the target class as in `SEClass`.

    Ranking by gate and value together, and taking maps beyond their usual value, are ours; README says what they gain.
    """

    name: ClassVar[str] = "se_evidence"
    title: ClassVar[str] = "SE evidence"
    summary: ClassVar[str] = "The channels of largest gate times evidence for the class, each beyond its usual value."
    needs: ClassVar[frozenset[str]] = frozenset({"gates", "gradients"})

    def weights(self, trace: Trace) -> Tensor:
        """Return what each channel of the features counts, (N, C): gate times weight; scaled maps hold the gate."""
        weights = class_weights(trace.gradients)
        return weights if trace.scaled else weights * gates_of(trace)


@dataclass(frozen=True)
class Contribution(Evidence):
    """The same with w alone: what the gates add is the difference to this."""

    name: ClassVar[str] = "contribution"
    title: ClassVar[str] = "Contribution"
    summary: ClassVar[str] = "Control: the channels that add most to the class, beyond their usual value, without SE."
    control: ClassVar[bool] = True
    needs: ClassVar[frozenset[str]] = frozenset({"gradients"})

    def weights(self, trace: Trace) -> Tensor:
        """Return the weight of each channel for the target class, (N, C)."""
        return class_weights(trace.gradients)
