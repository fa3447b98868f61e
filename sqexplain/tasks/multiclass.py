"""One class of many: softmax, cross entropy, accuracy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from sqexplain.tasks.base import FrozenNet, GateObjective, Row, described
from sqexplain.tasks.exclusive import Exclusive
from sqexplain.tasks.gate_losses import class_loss, sparse_loss


@dataclass(frozen=True)
class Multiclass(Exclusive):
    """Which of K classes a picture shows; labels (N,) are class indices."""

    name: ClassVar[str] = "multiclass"
    metric: ClassVar[str] = "accuracy"
    measure: ClassVar[str] = "same answer"

    def check(self, labels: np.ndarray, rows: int, classes: int) -> np.ndarray:
        """Return labels (N,) as int64; see `Task.check`."""
        labels = np.asarray(labels)
        whole = np.issubdtype(labels.dtype, np.integer)
        if not whole or rows == 0 or labels.shape != (rows,) or labels.min() < 0 or labels.max() >= classes:
            raise ValueError(
                f"labels must be ({rows},) whole numbers, one class index 0 ... {classes - 1} for each picture, "
                f"not {described(labels)}; for several yes-or-no labels per picture use a multilabel net"
            )
        return labels.astype(np.int64)

    def score(self, logits: Tensor, labels: np.ndarray, question: int = 0) -> float:  # noqa: ARG002
        """Return the accuracy."""
        return self.accuracy(logits, torch.as_tensor(labels, device=logits.device))

    def retained(self, logits: Tensor, whole: Tensor, labels: np.ndarray, question: int = 0) -> float:  # noqa: ARG002
        """Return the share of rows with the same largest logit."""
        return (logits.argmax(1) == whole.argmax(1)).double().mean().item()

    def report(
        self,
        logits: Tensor,
        labels: np.ndarray,
        classes: Sequence[str],  # noqa: ARG002
        thresholds: np.ndarray,  # noqa: ARG002
    ) -> Iterator[Row]:
        """Yield the accuracy."""
        yield "accuracy", self.score(logits, labels), "share of pictures whose predicted class is the label"

    def group(self, labels: np.ndarray, predicted: Tensor, index: int) -> Tensor:  # noqa: ARG002
        """Return the rows that the net takes for the class."""
        return predicted == index

    def gate_objective(
        self,
        frozen: FrozenNet,
        rows: Any,  # noqa: ARG002
        sparsity_weight: float,
        necessity_weight: float = 0.0,  # noqa: ARG002
    ) -> GateObjective:
        """Return the objective for the class that the frozen net predicts, or for any class."""
        return ClassObjective(frozen, sparsity_weight)


@dataclass(frozen=True)
class ClassObjective(GateObjective):
    """A "sparse" block keeps the whole answer, a "class" block the probability of the class whose gates are taken."""

    frozen: FrozenNet
    sparsity_weight: float

    def loss(self, rows: Any, rng: torch.Generator) -> tuple[Tensor, float]:
        """Return loss and agreement; agreement counts the rows in which the gates are those of the prediction."""
        teacher = self.frozen.teacher(rows)  # (N, K)
        predicted = target = teacher.argmax(1)
        each = self.frozen.kind == "class"
        if each:  # half of the rows take the gates of a random class, so that every class is learned
            other = torch.randint(teacher.shape[1], target.shape, generator=rng)
            target = torch.where(torch.rand(len(target), generator=rng) < 0.5, other, target)
        gates = self.frozen.gates(rows, target)  # (N, C)
        logits = self.frozen.answer(rows, gates)
        if each:
            loss = class_loss(logits, teacher, gates, target, self.sparsity_weight)
        else:
            loss = sparse_loss(logits, teacher, gates, self.sparsity_weight)
        same = (logits.argmax(1) == predicted)[target == predicted]
        return loss, same.double().mean().item() if len(same) else 0.0
