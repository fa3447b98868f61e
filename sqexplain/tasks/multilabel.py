"""Independent binary attributes: sigmoid, binary cross entropy, area under the ROC curve."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from sqexplain.metrics.attributes import accuracies, auc, aucs, balanced_accuracies, majority
from sqexplain.tasks.base import FrozenNet, GateObjective, Row, Task, described
from sqexplain.tasks.gate_losses import attribute_loss, coin_divergence
from sqexplain.tasks.probabilities import sigmoid


@dataclass(frozen=True)
class Multilabel(Task):
    """Which of K attributes a picture has; labels (N, K) are 0 and 1."""

    name: ClassVar[str] = "multilabel"
    metric: ClassVar[str] = "AUC"
    measure: ClassVar[str] = "AUC"
    fills: ClassVar[tuple[str, ...]] = ("zero", "mean", "fixed")

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Return the sigmoid of each logit."""
        return sigmoid(logits)

    def loss(self, logits: Tensor, labels: Tensor, smoothing: float = 0.0) -> Tensor:
        """Return the mean binary cross entropy over rows and attributes."""
        soft = labels.to(logits) * (1 - smoothing) + smoothing / 2
        return F.binary_cross_entropy_with_logits(logits, soft)

    def accuracy(self, logits: Tensor, labels: Tensor) -> float:
        """Return the share of right answers over rows and attributes, yes from probability 0.5 on."""
        return ((logits > 0) == (labels > 0)).double().mean().item()

    def check(self, labels: np.ndarray, rows: int, classes: int) -> np.ndarray:
        """Return labels (N, K) as int64; see `Task.check`."""
        labels = np.asarray(labels)
        if rows == 0 or labels.shape != (rows, classes) or not np.isin(labels, (0, 1)).all():
            raise ValueError(
                f"labels must be ({rows}, {classes}) of 0 and 1, one for each picture and attribute, "
                f"not {described(labels)}"
            )
        return labels.astype(np.int64)

    def questions(self, classes: int) -> range:
        """Return one question for each attribute."""
        return range(classes)

    def score(self, logits: Tensor, labels: np.ndarray, question: int = 0) -> float:
        """Return the area under the ROC curve of one attribute, for logits (N, K) or those of it alone (N,)."""
        column = logits if logits.ndim == 1 else logits[:, question]
        return auc(column.cpu().numpy(), labels[:, question])

    def report(
        self, logits: Tensor, labels: np.ndarray, classes: Sequence[str], thresholds: np.ndarray
    ) -> Iterator[Row]:
        """Yield means over the attributes, then the AUC of each."""
        values = logits.cpu().numpy()
        probabilities, each = self.probabilities(values), aucs(values, labels)
        right = accuracies(probabilities, labels).mean()
        yield "accuracy", float(right), "yes from probability 0.5 on, mean over the attributes"
        yield "majority", float(majority(labels).mean()), "accuracy of always giving the more frequent answer"
        yield "AUC", float(np.nanmean(each)), "area under the ROC curve, mean over the attributes"
        balanced = float(np.nanmean(balanced_accuracies(probabilities, labels, thresholds)))
        yield "balanced accuracy", balanced, "yes from the training prevalence on: mean of sensitivity and specificity"
        for name, value in zip(classes, each, strict=True):
            yield f"AUC, {name}", float(value), f"area under the ROC curve, {name}"

    def group(self, labels: np.ndarray, predicted: Tensor, index: int) -> Tensor:  # noqa: ARG002
        """Return the rows that have the attribute by their label."""
        return torch.tensor(labels[:, index] > 0)

    def gate_objective(
        self,
        frozen: FrozenNet,
        rows: Any,
        sparsity_weight: float,
        necessity_weight: float = 0.0,  # noqa: ARG002
    ) -> GateObjective:
        """Return the objective for the answers to all attributes."""
        return AttributeObjective(frozen, rows, sparsity_weight)

    def evidence(self, sample: Any, name: str) -> np.ndarray | None:
        """Return where the sample itself knows the evidence for an attribute to lie; see `Task.evidence`."""
        return None if sample.evidence is None else sample.evidence.get(name)


class AttributeObjective(GateObjective):
    """The answers of the frozen net to all attributes, weighted so that yes and no count the same.

    Args:
        frozen: the net from its block on.
        rows: all training rows.
        sparsity_weight: weight of the mean gate.
    """

    def __init__(self, frozen: FrozenNet, rows: Any, sparsity_weight: float):
        self.frozen, self.sparsity_weight = frozen, sparsity_weight
        teacher = frozen.teacher(rows)  # (N, K)
        self.share = teacher.sigmoid().mean(0)  # (K,) how often the net says yes
        weights = self.weights(teacher)
        middle = (weights * teacher.sigmoid()).mean(0)  # the best constant answer
        constant = torch.logit(middle.clamp(1e-6, 1 - 1e-6)).expand_as(teacher)
        self.blind = (weights * coin_divergence(constant, teacher)).mean(0).clamp_min(1e-6)  # (K,)

    def weights(self, teacher: Tensor) -> Tensor:
        """Return what each answer (N, K) counts, mean 1: all that is yes counts one half, all that is no the other."""
        yes = teacher.sigmoid()
        return 0.5 * (yes / self.share + (1 - yes) / (1 - self.share))

    def loss(self, rows: Any, rng: torch.Generator) -> tuple[Tensor, float]:  # noqa: ARG002
        """Return the loss of a batch of rows, and how often gated and frozen net agree."""
        teacher, gates = self.frozen.teacher(rows), self.frozen.gates(rows)
        logits = self.frozen.answer(rows, gates)
        loss = attribute_loss(logits, teacher, gates, self.weights(teacher), self.blind, self.sparsity_weight)
        return loss, ((logits > 0) == (teacher > 0)).double().mean().item()
