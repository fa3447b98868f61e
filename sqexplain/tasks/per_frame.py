"""Speech in every frame of a clip: softmax of two classes, cross entropy, average precision."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from sqexplain.metrics.detection import average_precision
from sqexplain.tasks.base import FrozenNet, GateObjective, Row, described
from sqexplain.tasks.exclusive import Exclusive
from sqexplain.tasks.gate_losses import sparse_loss
from sqexplain.tasks.probabilities import softmax

POSITIVE = 1  # index of the class "speaking"


@dataclass(frozen=True)
class PerFrame(Exclusive):
    """Whether a person speaks, frame by frame; labels are 0 and 1, (clips, T) or flat (N,), and a row is a frame."""

    name: ClassVar[str] = "per-frame"
    metric: ClassVar[str] = "AP"
    measure: ClassVar[str] = "AP"
    unit: ClassVar[str] = " AP"

    def check(self, labels: np.ndarray, rows: int, classes: int) -> np.ndarray:  # noqa: ARG002
        """Return labels (clips, T) as int64, where `rows` counts frames; see `Task.check`."""
        labels = np.asarray(labels)
        if rows == 0 or labels.ndim != 2 or labels.size != rows or not np.isin(labels, (0, 1)).all():
            raise ValueError(
                f"labels must be (clips, T) of 0 and 1, one for each of the {rows} frames, not {described(labels)}"
            )
        return labels.astype(np.int64)

    def score(self, logits: Tensor, labels: np.ndarray, question: int = 0) -> float:  # noqa: ARG002
        """Return the average precision of speaking over all frames, ties grouped."""
        return average_precision(positive(logits), labels.ravel()).grouped

    def report(
        self,
        logits: Tensor,
        labels: np.ndarray,
        classes: Sequence[str],  # noqa: ARG002
        thresholds: np.ndarray,  # noqa: ARG002
    ) -> Iterator[Row]:
        """Yield average precision and frame accuracy."""
        scores, truth = positive(logits), labels.ravel()
        precision = average_precision(scores, truth)
        yield "AP", precision.grouped, f"average precision over frames, ties grouped; chance is {truth.mean():.3f}"
        yield "AP, row order", precision.rows, "the same as the official script reads it, one row after the other"
        right = (scores > 0.5) == (truth == POSITIVE)
        yield "accuracy", float(right.mean()), "share of frames classified correctly at P(speaking) = 0.5"

    def group(self, labels: np.ndarray, predicted: Tensor, index: int) -> Tensor:  # noqa: ARG002
        """Return the frames that are labelled so."""
        return torch.tensor(labels.ravel() == index)

    def gate_objective(
        self,
        frozen: FrozenNet,
        rows: Any,  # noqa: ARG002
        sparsity_weight: float,
        necessity_weight: float = 0.0,
    ) -> GateObjective:
        """Return the objective for the answer in each frame."""
        return FrameObjective(frozen, sparsity_weight, necessity_weight)


@dataclass(frozen=True)
class FrameObjective(GateObjective):
    """The answer of the frozen net in each frame; what the gates close, taken alone, must say nothing.

    Without the second demand a block may leave out channels that say the same as those it keeps.
    """

    frozen: FrozenNet
    sparsity_weight: float
    necessity_weight: float

    def loss(self, rows: Any, rng: torch.Generator) -> tuple[Tensor, float]:  # noqa: ARG002
        """Return the loss of the rows of whole clips, and how often gated and frozen net agree."""
        teacher, gates = self.frozen.teacher(rows), self.frozen.gates(rows)
        logits = self.frozen.answer(rows, gates)
        loss = sparse_loss(logits, teacher, gates, self.sparsity_weight)
        if self.necessity_weight:
            closed = self.frozen.answer(rows, 1 - gates)
            loss = loss + self.necessity_weight * sparse_loss(closed, self.frozen.blank(rows), gates, 0)
        return loss, (logits.argmax(1) == teacher.argmax(1)).double().mean().item()


def positive(logits: Tensor) -> np.ndarray:
    """Return the probability of speaking (N,) float64 for logits (..., 2), flattened."""
    return softmax(logits.double().cpu().numpy())[..., POSITIVE].ravel()
