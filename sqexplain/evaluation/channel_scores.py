"""Keep and drop: do the channels with the largest gates decide? With controls, and the statistics of the gates.

N rows, C channels, K classes. A question is one attribute of a multilabel net; the other tasks have a single question.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sqexplain.evaluation.scores import Score
from sqexplain.features import Features
from sqexplain.gates.selection import gaussian_rule, top_channels
from sqexplain.metrics.channels import agreement, channel_share, jaccard, other_classes

Ranks = Callable[[int], Tensor]  # question -> (N, C), the largest are chosen
FILLS = {"zero": ("", "0"), "mean": (", to mean", "at their mean"), "fixed": (", fixed", "0, one set for all rows")}


@dataclass(frozen=True)
class Choice:
    """A way to choose channels: end of the names of its scores, what the channels are ranked by, how to say it."""

    end: str
    text: str
    ranks: tuple[Ranks, ...]  # of random channels several draws, whose mean is taken


class ChannelScores:
    """What is measured for every task; subclasses add their controls.

    Args:
        features: of a net on a data set.
        percent: share of the channels that counts as chosen.
        seed: of the random choices.
        others: further blocks that are compared with that of the net.
    """

    def __init__(self, features: Features, percent: float, seed: int, others: Sequence = ()):
        self.features, self.percent, self.seed, self.others = features, percent, seed, others

    @torch.no_grad()
    def rows(self) -> Iterator[Score]:
        """Yield the scores of the gates, then those of the controls."""
        if self.features.gated:
            yield from self.applied()
            for choice in self.gate_choices():
                yield from self.kept(choice)
            yield from self.described()
            yield from self.specific()
        for choice in self.controls():
            yield from self.kept(choice)

    def gate_choices(self) -> Iterator[Choice]:
        """Yield the ways to choose channels by gates."""
        yield Choice("", "with the largest gates", (self.features.gates,))

    def controls(self) -> Iterator[Choice]:
        """Yield the ways to choose channels without SE."""
        raise NotImplementedError

    def applied(self) -> Iterator[Score]:
        """Yield what happens when gates that only read are applied."""
        yield from ()

    def specific(self) -> Iterator[Score]:
        """Yield what can be asked of one task's gates alone."""
        yield from ()

    def kept(self, choice: Choice) -> Iterator[Score]:
        """Yield keep and drop for one choice of channels, with the closed channels filled in each way of the task."""
        task, values = self.features.task, self.keep_drop(choice)
        top = f"the {self.percent:g} % of channels {choice.text}"
        for fill in task.fills:
            name, words = FILLS[fill]
            keep, drop = values[fill]
            end = f"{task.unit}{name}{choice.end}"
            yield Score(f"keep{end}", keep, f"{task.measure} with only {top}, the others {words}")
            yield Score(f"drop{end}", drop, f"{task.measure} without {top}, they are {words}")

    def keep_drop(self, choice: Choice) -> dict[str, np.ndarray]:
        """Return fill -> (keep, drop), means over draws and questions."""
        draws = [
            [self.keep_drop_once(ranks(question), question) for question in self.features.questions]
            for ranks in choice.ranks
        ]
        return {
            fill: np.mean([np.nanmean([each[fill] for each in questions], 0) for questions in draws], 0)
            for fill in self.features.task.fills
        }

    def keep_drop_once(self, ranks: Tensor, question: int) -> dict[str, tuple[float, float]]:
        """Return fill -> (keep, drop) for one question and the channels of the largest `ranks` (N, C)."""
        own, found = top_channels(ranks, self.percent), dict[str, tuple[float, float]]()
        for fill in self.features.task.fills:
            mask = top_channels(ranks.mean(0, keepdim=True), self.percent).expand_as(own) if fill == "fixed" else own
            rest = self.features.vectors.mean(0) if fill == "mean" else None
            keep, drop = (self.features.retained(one, question, rest) for one in (mask, ~mask))
            found[fill] = keep, drop
        return found

    def described(self) -> Iterator[Score]:
        """Yield what the gates are like: how open, how constant, how many are far above the others."""
        every = self.features.distinct_gates()
        share = float(np.mean([channel_share(gates) for gates in every]))
        yield Score("channel share", share, "variance of the gates explained by the channel alone")
        yield Score("gate mean", float(np.mean([gates.mean() for gates in every])), "mean gate")
        spread = float(np.mean([gates.std(0, correction=0).mean() for gates in every]))
        yield Score("gate spread", spread, "standard deviation of a gate over the samples")
        counts = torch.stack([gaussian_rule(gates).sum(1).double() for gates in every])
        yield Score("rule channels", counts.mean().item(), "channels over mean + 1.282 sigma, mean over the samples")
        yield Score("rule empty", (counts == 0).double().mean().item(), "samples for which that rule chooses none")

    def contribution(self, question: int) -> Tensor:
        """Return what each channel adds to the target logit, (N, C)."""
        features = self.features
        target = question if len(features.questions) > 1 else features.predicted
        return features.weight[target] * features.vectors


class MulticlassChannelScores(ChannelScores):
    """Gates of a net that chooses one class of many."""

    def controls(self) -> Iterator[Choice]:
        """Yield strongest, random and contributing channels."""
        features, rng = self.features, torch.Generator().manual_seed(self.seed)
        draw = torch.rand(features.pre_gate.shape, generator=rng)
        yield Choice(", pooled", "with the largest pooled activation (control, no SE)", (lambda _: features.pre_gate,))
        yield Choice(", random", "at random (control)", (lambda _: draw,))
        yield Choice(", w x g", "with the largest contribution to the logit (control, no SE)", (self.contribution,))

    def applied(self) -> Iterator[Score]:
        """Yield the agreement of the gated with the frozen net, and what constant gates do."""
        features, gates = self.features, self.features.gates(0)
        gated = features.head(gates * features.pre_gate)
        if features.kind != "paper":
            yield Score("agreement", agreement(gated, features.whole), "gated net and frozen net give the same answer")
        constant = features.head(gates.mean(0, keepdim=True) * features.pre_gate)
        yield Score("mean gates", agreement(constant, gated), "same answer with the mean gates in place of each vector")

    def specific(self) -> Iterator[Score]:
        """Yield what gates of another class do, where each class has its own."""
        features = self.features
        if features.class_gates is None:
            return
        target = other_classes(features.predicted, len(features.classes), self.seed)
        other = top_channels(features.class_gates(target), self.percent)
        yield Score("leak", self.yields(other, target), "the channels of another, random class yield that class")
        weighted = top_channels(features.weight[target] * features.vectors, self.percent)
        yield Score("leak, w x g", self.yields(weighted, target), "control: the same by contribution, no SE")
        every = range(len(features.classes))
        own = [self.logit_of(k, features.class_gates(torch.full_like(target, k))) for k in every]
        blind = torch.stack(own, 1)  # (N, K) each class through its own gates
        yield Score("blind agreement", agreement(blind, features.whole), "largest class, each through its own gates")
        shared = jaccard(top_channels(features.gates(0), self.percent), other)
        yield Score("overlap", shared, "channels shared with those of another class (Jaccard)")

    def yields(self, mask: Tensor, target: Tensor) -> float:
        """Return how often the kept channels alone give the target class; near 0 unless the choice tells the answer."""
        features = self.features
        return (features.head(features.vectors * mask).argmax(1) == target).double().mean().item()

    def logit_of(self, index: int, gates: Tensor) -> Tensor:
        """Return the logit (N,) of one class through its own gates (N, C)."""
        return self.features.head(self.features.pre_gate * gates)[:, index]


class MultilabelChannelScores(ChannelScores):
    """Gates of a net that answers for each attribute."""

    def controls(self) -> Iterator[Choice]:
        """Yield strongest, contributing and random channels, and the gates of another attribute."""
        features, rng = self.features, torch.Generator().manual_seed(self.seed)
        draw = torch.rand(features.vectors.shape[1], generator=rng)
        yield Choice(", pooled", "with the largest pooled activation (control, no SE)", (lambda _: features.vectors,))
        yield Choice(", w x g", "with the largest contribution to the logit (control, no SE)", (self.contribution,))
        yield Choice(", random", "at random (control)", (lambda _: draw.expand(features.vectors.shape),))
        if features.class_gates is not None:
            count = len(features.classes)
            cycle = torch.randperm(count, generator=rng).roll(1), torch.randperm(count, generator=rng)
            other = {int(a): int(b) for a, b in zip(*cycle, strict=True)}
            text = "with the largest gates of another attribute (control)"
            yield Choice(", other", text, (lambda question: features.gates(other[question]),))

    def specific(self) -> Iterator[Score]:
        """Yield how alike the channels of different attributes are."""
        if self.features.class_gates is None:
            return
        masks = [top_channels(gates, self.percent) for gates in self.features.distinct_gates()]
        pairs = [jaccard(one, other) for one, other in zip(masks, masks[1:], strict=False)]
        yield Score("overlap", float(np.mean(pairs)), "channels shared with those of another attribute (Jaccard)")
