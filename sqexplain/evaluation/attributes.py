"""Measuring a net for several attributes at once, and its gates. N pictures, K attributes, C channels."""

from collections.abc import Callable, Iterator
from copy import deepcopy

import numpy as np
import torch
from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.evaluation.scores import Score
from sqexplain.features.pooled import LinearHead, Pooled, linear_head, pool_pictures, scales
from sqexplain.metrics.attributes import accuracies, aucs, balanced_accuracies, majority
from sqexplain.metrics.channels import channel_share, chosen_mask, jaccard, rule_counts
from sqexplain.progress import Progress
from sqexplain.task import probabilities

Choice = Callable[[int], Tensor]  # attribute -> scores of the channels (N, C), the largest are chosen


def evaluate_attributes(
    classifier: Classifier, images: np.ndarray, labels: np.ndarray, percent: float = 10, seed: int = 0
) -> Iterator[Progress | Score]:
    """Yield `Progress` while the pictures are seen, then one `Score` for each measure.

    Keep and drop are areas under the ROC curve (AUC), means over the attributes, when a head sees only, or all but,
    the chosen channels, and 0 for the others. A set chosen for each picture can tell the answer by its choice, one
    set for all pictures cannot: both are measured, and the former also with closed channels at their mean.

    Args:
        images: (N, height, width, 3) uint8 at the size of the net.
        labels: (N, K) of 0 and 1.
        percent: share of the channels that counts as chosen.
        seed: of the random channels.
    """
    parts = []
    for part in pool_pictures(classifier, images):
        parts.append(part)
        yield Progress(sum(len(each.logits) for each in parts), len(images))
    pooled, labels = Pooled.join(parts), np.asarray(labels)
    yield from answers(classifier, pooled.logits.numpy(), labels)
    head = linear_head(classifier, Pooled(pooled.before[:500], pooled.logits[:500]))
    yield from _Judge(classifier, head, pooled, labels, percent, seed).scores()


def answers(classifier: Classifier, logits: np.ndarray, labels: np.ndarray) -> Iterator[Score]:
    """Yield how well the answers fit: means over the attributes, then the AUC of each."""
    chances, each = probabilities(logits, multilabel=True), aucs(logits, labels)
    yield Score("accuracy", accuracies(chances, labels).mean(), "yes from 0.5 on: right, mean over the attributes")
    yield Score("majority", majority(labels).mean(), "accuracy of always saying the more frequent answer")
    yield Score("AUC", np.nanmean(each), "area under the ROC curve, mean over the attributes")
    balanced = np.nanmean(balanced_accuracies(chances, labels, classifier.thresholds))
    yield Score("balanced accuracy", balanced, "yes from the training prevalence on: mean of right yes and right no")
    for name, value in zip(classifier.classes, each, strict=True):
        yield Score(f"AUC, {name}", value, f"area under the ROC curve, {name}")


class _Judge:
    """Asks the head about vectors of which some channels are closed."""

    def __init__(
        self,
        classifier: Classifier,
        head: LinearHead,
        pooled: Pooled,
        labels: np.ndarray,
        percent: float,
        seed: int,
    ):
        self.block = deepcopy(classifier.block).cpu()  # a copy: the net keeps its block where it is
        self.head, self.before, self.labels, self.percent, self.seed = head, pooled.before, labels, percent, seed
        self.scaled = scales(classifier)
        gates = self.block.gates_from_pooled(self.before) if self.scaled else None
        self.vectors = self.before * gates if self.block.kind == "paper" else self.before  # what the head is given
        self.usual = self.vectors.mean(0)  # (C,)
        self.gates = self._gates(gates)

    def _gates(self, one: Tensor | None) -> Choice | None:
        """Return the gates (N, C) for each attribute; the same for all where there is one vector."""
        if self.block.kind == "class":
            count = len(self.before)
            return lambda k: self.block.gates_from_pooled(self.before, torch.full((count,), k))
        return None if one is None else lambda _: one

    @torch.no_grad()
    def scores(self) -> Iterator[Score]:
        """Yield the scores of the gates, then those of the controls."""
        if self.gates:
            yield from self._kept("", self.gates, "gates")
            yield from self._described()
        rng = torch.Generator().manual_seed(self.seed)
        draw, weight = torch.rand(self.before.shape[1], generator=rng), self.head.weight
        controls: dict[str, tuple[Choice, str]] = {
            "pooled": (lambda _: self.vectors, "pooled activation, no SE"),
            "w x g": (lambda k: weight[k] * self.vectors, "contribution to the logit, no SE"),
            "random": (lambda _: draw.expand(self.before.shape), "a random number"),
        }
        if self.block.kind == "class":
            others = torch.randperm(len(weight), generator=rng).roll(1), torch.randperm(len(weight), generator=rng)
            other = {int(a): int(b) for a, b in zip(*others, strict=True)}
            controls["other"] = (lambda k: self.gates(other[k]), "gates of another attribute")
        for name, (choice, text) in controls.items():
            yield from self._kept(f", {name}", choice, text)

    def _kept(self, end: str, choice: Choice, text: str) -> Iterator[Score]:
        """Yield keep and drop with a set for each picture and with one set for all."""
        found = np.nanmean([self._auc(k, choice(k)) for k in range(self.labels.shape[1])], 0)  # (6,)
        top = f"the {self.percent:g} % of largest {text}"
        ways = ("", "others 0"), (", to mean", "others at their mean"), (", fixed", "one set for all pictures")
        for (way, words), keep, drop in zip(ways, found[::2], found[1::2], strict=True):
            yield Score(f"keep{way}{end}", keep, f"AUC with only {top}, {words}")
            yield Score(f"drop{way}{end}", drop, f"AUC without {top}, {words}")

    def _auc(self, k: int, ranks: Tensor) -> list[float]:
        """Return the AUC of one attribute with only and without the channels of the largest ranks (N, C), each way."""
        own = chosen_mask(ranks, self.percent)
        fixed = chosen_mask(ranks.mean(0, keepdim=True), self.percent).expand_as(own)
        sets = torch.stack([own, ~own, own, ~own, fixed, ~fixed])  # (6, N, C)
        rest = torch.stack([0 * self.usual, self.usual, 0 * self.usual]).repeat_interleave(2, 0)  # (6, C)
        logits = torch.where(sets, self.vectors, rest[:, None]) @ self.head.weight[k]  # (6, N)
        return aucs(logits.T.numpy(), self.labels[:, [k] * len(sets)]).tolist()

    def _described(self) -> Iterator[Score]:
        """Yield what the gates are like: how open, how constant, how alike for different attributes."""
        every = [self.gates(k) for k in range(self.labels.shape[1] if self.block.kind == "class" else 1)]
        share = float(np.mean([channel_share(gates) for gates in every]))
        yield Score("channel share", share, "variance of the gates explained by the channel alone")
        yield Score("gate mean", float(np.mean([gates.mean() for gates in every])), "mean gate")
        spread = float(np.mean([gates.std(0, correction=0).mean() for gates in every]))
        yield Score("gate spread", spread, "standard deviation of a gate over pictures")
        counts = torch.stack([rule_counts(gates).double() for gates in every])
        yield Score("rule channels", counts.mean().item(), "channels over mean + 1.282 sigma, mean over pictures")
        yield Score("rule empty", (counts == 0).double().mean().item(), "pictures on which that rule chooses none")
        if self.block.kind == "class":
            masks = [chosen_mask(gates, self.percent) for gates in every]
            pairs = [jaccard(one, other) for one, other in zip(masks, masks[1:], strict=False)]
            yield Score("overlap", float(np.mean(pairs)), "channels shared with those of another attribute (Jaccard)")
