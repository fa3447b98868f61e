"""Measuring a net for pictures and its gates."""

from collections.abc import Iterator
from copy import deepcopy

import numpy as np
import torch

from sqexplain.classifier import Classifier
from sqexplain.evaluation.scores import Score
from sqexplain.features.pooled import LinearHead, Pooled, linear_head, pool_pictures, scales
from sqexplain.metrics.channels import (
    agreement,
    channel_share,
    chosen_mask,
    jaccard,
    keep_drop,
    leak,
    other_classes,
    rule_counts,
)
from sqexplain.progress import Progress


def evaluate(
    classifier: Classifier, images: np.ndarray, labels: np.ndarray, percent: float = 10, seed: int = 0
) -> Iterator[Progress | Score]:
    """Yield `Progress` while the pictures are seen, then one `Score` for each measure.

    Args:
        images: (N, S, S, 3) uint8 at the size of the net; labels: (N,) class indices.
        percent: share of the channels that counts as chosen.
        seed: of the random choices (other classes, random channels).
    """
    parts = []
    for part in pool_pictures(classifier, images):
        parts.append(part)
        yield Progress(sum(len(each.logits) for each in parts), len(images))
    pooled = Pooled.join(parts)
    truth = torch.tensor(np.asarray(labels))
    yield Score("accuracy", (pooled.logits.argmax(1) == truth).double().mean().item(), "share of pictures named right")
    head = linear_head(classifier, Pooled(pooled.before[:500], pooled.logits[:500]))
    yield from judge(classifier, head, pooled, percent, seed)


@torch.no_grad()
def judge(classifier: Classifier, head: LinearHead, pooled: Pooled, percent: float, seed: int) -> Iterator[Score]:
    """Yield the scores of the gates: agreement, keep and drop, leak, spread, and the controls without an SE block."""
    block = deepcopy(classifier.block).cpu()  # a copy: the net keeps its block where it is
    kind, before = block.kind, pooled.before
    predicted = pooled.logits.argmax(1) if kind == "paper" or not scales(classifier) else head(before).argmax(1)
    gates = block.gates_from_pooled(before, predicted)
    vectors = before * gates if kind == "paper" else before  # what the head of the explained net sees
    if gates is not None:
        yield from _gate_scores(block, head, before, vectors, gates, predicted, percent, seed)
    rng = torch.Generator().manual_seed(seed)
    controls = {
        "pooled": (before, "largest pooled activation, no SE"),
        "random": (torch.rand(before.shape, generator=rng), "channels at random"),
        "w x g": (head.weight[predicted] * vectors, "largest contribution to the logit, no SE"),
    }
    for name, (scores, text) in controls.items():
        keep, drop = keep_drop(head, vectors, chosen_mask(scores, percent))
        yield Score(f"keep, {name}", keep, f"control: only the {percent:g} % by {text}: same answer")
        yield Score(f"drop, {name}", drop, f"control: without the {percent:g} % by {text}: same answer")


def _gate_scores(block, head, before, vectors, gates, predicted, percent, seed) -> Iterator[Score]:
    mask = chosen_mask(gates, percent)
    if block.kind != "paper":
        yield Score("agreement", agreement(head(gates * before), head(before)), "gated net and frozen net agree")
    keep, drop = keep_drop(head, vectors, mask)
    yield Score("keep", keep, f"only the top {percent:g} % of channels: same answer")
    yield Score("drop", drop, f"without the top {percent:g} % of channels: same answer")
    if block.kind == "class":
        yield from _class_scores(block, head, before, mask, predicted, percent, seed)
    yield Score("channel share", channel_share(gates), "variance of the gates explained by the channel alone")
    mean = gates.mean(0, keepdim=True)
    yield Score("mean gates", agreement(head(mean * before), head(gates * before)), "constant mean gates: same answer")
    yield Score("gate mean", gates.mean().item(), "mean gate")
    yield Score("gate spread", gates.std(0, correction=0).mean().item(), "standard deviation of a gate over pictures")
    counts = rule_counts(gates).double()
    yield Score("rule channels", counts.mean().item(), "channels over mean + 1.282 sigma, mean over pictures")
    yield Score("rule empty", (counts == 0).double().mean().item(), "pictures on which that rule chooses none")


def _class_scores(block, head, before, mask, predicted, percent, seed) -> Iterator[Score]:
    asked = other_classes(predicted, len(head.bias), seed)
    other = chosen_mask(block.gates_from_pooled(before, asked), percent)
    yield Score("leak", leak(head, before, other, asked), "asked for another class at random, its channels yield it")
    weighted = chosen_mask(head.weight[asked] * before, percent)
    yield Score("leak, w x g", leak(head, before, weighted, asked), "control: the same by contribution, no SE")
    every = [torch.full_like(asked, k) for k in range(len(head.bias))]
    own = [head(before * block.gates_from_pooled(before, k))[:, k[0]] for k in every]
    blind = torch.stack(own, 1)  # (N, K) each class judged through its own gates
    yield Score("blind agreement", agreement(blind, head(before)), "largest of all classes, each through its own gates")
    yield Score("overlap", jaccard(mask, other), "channels shared with those of another class (Jaccard)")
