"""The interface of a task. N rows (pictures, or frames of clips), C channels, K classes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
import torch
from torch import Tensor

Row = tuple[str, float, str]  # name of a score, its value, what it means


@dataclass(frozen=True)
class Task:
    """How the logits (N, K) of a net are read, taught and scored.

    Attributes:
        name: key in TASKS.
        metric: what `score` returns, in the words of a table.
        measure: what `retained` returns.
        unit: end of the names of scores of keep and drop, "" or " AP".
        fills: how channels are closed when keep and drop are measured, see `evaluation.channel_scores`.
    """

    name: ClassVar[str]
    metric: ClassVar[str]
    measure: ClassVar[str]
    unit: ClassVar[str] = ""
    fills: ClassVar[tuple[str, ...]] = ("zero",)

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Return logits (..., K) as probabilities of the same shape."""
        raise NotImplementedError

    def loss(self, logits: Tensor, labels: Tensor, smoothing: float = 0.0) -> Tensor:
        """Return the training loss of logits (N, K), a mean over the rows."""
        raise NotImplementedError

    def accuracy(self, logits: Tensor, labels: Tensor) -> float:
        """Return the share of right answers, in [0, 1]."""
        raise NotImplementedError

    def check(self, labels: np.ndarray, rows: int, classes: int) -> np.ndarray:
        """Return labels as int64 if they fit `rows` samples and `classes` classes.

        Raises:
            ValueError: another shape, or values outside the classes; the message says what is expected.
        """
        raise NotImplementedError

    def questions(self, classes: int) -> range:  # noqa: ARG002
        """Return the questions that are scored one by one: a single one, or one for each class."""
        return range(1)

    def score(self, logits: Tensor, labels: np.ndarray, question: int = 0) -> float:
        """Return how well logits (N, K) fit the labels, in [0, 1], as `metric` says."""
        raise NotImplementedError

    def retained(self, logits: Tensor, whole: Tensor, labels: np.ndarray, question: int = 0) -> float:  # noqa: ARG002
        """Return what is left of the answer `whole` (N, K) in `logits` (N, K), in [0, 1], as `measure` says."""
        return self.score(logits, labels, question)

    def report(
        self, logits: Tensor, labels: np.ndarray, classes: Sequence[str], thresholds: np.ndarray
    ) -> Iterator[Row]:
        """Yield how accurate the answers are, the headline first."""
        raise NotImplementedError

    def group(self, labels: np.ndarray, predicted: Tensor, index: int) -> Tensor:
        """Return which rows (N,) bool belong to a class or attribute when gates are shown by group."""
        raise NotImplementedError

    def gate_objective(
        self, frozen: "FrozenNet", rows: Any, sparsity_weight: float, necessity_weight: float = 0.0
    ) -> "GateObjective":
        """Return what the block of a frozen net learns.

        Args:
            frozen: the net from its block on.
            rows: all training rows, as the methods of `frozen` take them.
            sparsity_weight: weight of the mean gate in the loss.
            necessity_weight: weight of the demand that the closed channels alone say nothing, where a task has it.
        """
        raise NotImplementedError

    def evidence(self, sample: Any, name: str) -> np.ndarray | None:  # noqa: ARG002
        """Return where the evidence for a class lies in each frame of a sample, (T, H, W) bool; None if unknown."""
        return sample.mask


class FrozenNet(Protocol):
    """A frozen net from its block on. `rows` is a batch of what enters it: pooled vectors (N, C), or those of clips.

    Attributes:
        kind: of the block, "sparse" or "class".
    """

    @property
    def kind(self) -> str:
        """Kind of the block."""

    def teacher(self, rows: Any) -> Tensor:
        """Return the logits (N, K) of the net without gates."""

    def gates(self, rows: Any, targets: Tensor | None = None) -> Tensor:
        """Return the gates (N, C) for targets (N,); without targets (N, K, C) where each class has its own."""

    def answer(self, rows: Any, gates: Tensor) -> Tensor:
        """Return the logits (N, K) with the gates applied; with gates (N, K, C) each logit through its own."""

    def blank(self, rows: Any) -> Tensor:
        """Return the logits (N, K) of the net when all channels are closed."""


class GateObjective:
    """The loss of a block on a frozen net: close as many gates as possible without changing the answer."""

    def loss(self, rows: Any, rng: torch.Generator) -> tuple[Tensor, float]:
        """Return the loss of a batch of rows, and how often gated and frozen net agree."""
        raise NotImplementedError


def described(labels: np.ndarray) -> str:
    """Return shape and range of labels for a message."""
    labels = np.asarray(labels)
    values = f" from {labels.min()} to {labels.max()}" if labels.size and np.issubdtype(labels.dtype, np.number) else ""
    return f"{labels.shape} {labels.dtype}{values}"
