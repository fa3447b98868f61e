"""Features: the pooled vectors of a net on a data set, with its gates and its head.

N rows (pictures, or the T frames of each clip one after the other), C channels of the explained map, K classes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from sqexplain.features.heads import Head, LinearHead
from sqexplain.features.streams import PooledClips
from sqexplain.tasks import Task


@dataclass(frozen=True, eq=False)
class Features:
    """What a net says of a data set, and what its head reads.

    Attributes:
        task: how the logits are read.
        classes: names of the K classes.
        labels: as the task has them.
        head: what follows the block.
        kind: kind of the gates, "none", "paper", "sparse" or "class".
        pre_gate: (N, C) pooled maps that enter the block.
        vectors: (N, C) what the head of the explained net reads: scaled by the gates only where the net needs them.
        logits: (N, K) of the net itself.
        gates: question -> gates (N, C), a ValueError where the net has none; they differ by question for "class" alone.
        class_gates: targets (N,) -> gates (N, C) of these classes, where the block holds a vector for each class.
        clips: of a net for clips, what all of its streams left behind.
    """

    task: Task
    classes: tuple[str, ...]
    labels: np.ndarray
    head: Head
    kind: str
    pre_gate: Tensor
    vectors: Tensor
    logits: Tensor
    gates: Callable[[int], Tensor] = field(repr=False)
    class_gates: Callable[[Tensor], Tensor] | None = field(default=None, repr=False)
    clips: PooledClips | None = None

    @property
    def gated(self) -> bool:
        """Whether the net has gates."""
        return self.kind != "none"

    @property
    def questions(self) -> range:
        """What is scored one by one: a single question, or one for each class."""
        return self.task.questions(len(self.classes))

    @property
    def weight(self) -> Tensor:
        """The weights (K, C) of the head.

        Raises:
            ValueError: it is not linear.
        """
        if not isinstance(self.head, LinearHead):
            raise ValueError("the head is not one linear layer, so its channels have no weights")
        return self.head.weight

    @cached_property
    def whole(self) -> Tensor:
        """The logits (N, K) of the head when it has all channels."""
        with torch.no_grad():
            return self.head(self.vectors)

    def answer(self, vectors: Tensor, question: int = 0) -> Tensor:
        """Return the logits (N, K) of the head for vectors (N, C); (N,) of one attribute where each is asked alone.

        The bias of a single attribute is left out: it moves no rank.
        """
        if len(self.questions) > 1 and isinstance(self.head, LinearHead):
            return vectors @ self.head.weight[question]
        return self.head(vectors)

    @torch.no_grad()
    def retained(self, mask: Tensor, question: int = 0, rest: Tensor | None = None) -> float:
        """Return what is left of the answer, in [0, 1], when the head has the channels of `mask` (N, C) alone.

        Args:
            mask: (N, C) bool, or what broadcasts to it.
            question: attribute that is asked, where each is asked alone.
            rest: (C,) what the closed channels show; None means 0.
        """
        vectors = self.vectors * mask if rest is None else torch.where(mask, self.vectors, rest)
        return self.task.retained(self.answer(vectors, question), self.whole, self.labels, question)

    def retained_by_all(self) -> float:
        """Return the same with every channel, a mean over the questions."""
        every = torch.ones_like(self.vectors[:1], dtype=torch.bool)
        return float(np.nanmean([self.retained(every, question) for question in self.questions]))

    @torch.no_grad()
    def score_gated(self, mean: bool = False) -> float:
        """Return the task's score with the gates applied, or with `mean` their mean vector in place of every one."""
        scores = []
        for question in self.questions:
            gates = self.gates(question)
            applied = gates.mean(0, keepdim=True) if mean else gates
            answer = self.answer(self.pre_gate * applied, question)
            scores.append(self.task.score(answer, self.labels, question))
        return float(np.nanmean(scores))

    def distinct_gates(self) -> list[Tensor]:
        """Return the gates (N, C) of each question; once where they are the same for all."""
        return [self.gates(question) for question in (self.questions if self.class_gates else range(1))]

    def group(self, index: int) -> Tensor:
        """Return the gates (n, C) of the rows that belong to a class or attribute, its own where each has its own."""
        question = index if len(self.questions) > 1 else 0
        return self.gates(question)[self.task.group(self.labels, self.predicted, index)]

    @cached_property
    def predicted(self) -> Tensor:
        """The class (N,) that is predicted: by the frozen net where gates only read, else by the net itself."""
        return (
            predict(self.kind, self.head, self.pre_gate, self.logits) if self.clips is None else self.logits.argmax(1)
        )


@torch.no_grad()
def predict(kind: str, head: Head, pre_gate: Tensor, logits: Tensor) -> Tensor:
    """Return the predicted class (N,); a "sparse" block scales the map, so its frozen net is asked without it."""
    return (head(pre_gate) if kind == "sparse" else logits).argmax(1)
