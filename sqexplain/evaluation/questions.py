"""A net on a data set, seen once: its gates, and what it answers when it has only some of its channels.

N pictures or clips, T frames, C channels, K classes. An image net is asked one question, which class; one for several
attributes asks each; a net for clips whether the person speaks in each frame.
"""

from collections.abc import Generator, Iterator, Sequence
from copy import deepcopy
from dataclasses import fields, replace

import numpy as np
import torch
from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.evaluation.gates import Judge
from sqexplain.features.pooled import Pooled, linear_head, pool_pictures, scales
from sqexplain.fitting import fit
from sqexplain.learning import PooledClips, pool_clips
from sqexplain.learning.clips import Clips
from sqexplain.metrics.attributes import auc
from sqexplain.metrics.channels import agreement
from sqexplain.progress import Progress

SPEAKING = ("not speaking", "speaking")


class Questions:
    """What is common to all nets.

    Attributes:
        measure: what `ask` returns: "same answer", "AUC" or "AP".
        score: what `gated` returns: "accuracy", "AUC" or "AP".
        groups: names of the classes or attributes whose gates are told apart.
        count: number of questions.
        samples: number of pictures or frames.
        channels: C.
    """

    measure: str
    score: str
    groups: tuple[str, ...]
    count = 1
    samples: int
    channels: int

    def gates(self, question: int = 0) -> Tensor | None:
        """Return the gates (N, C) that answer a question; None where the net has none."""
        raise NotImplementedError

    def values(self, question: int = 0) -> Tensor:
        """Return what the head reads of each channel, (N, C)."""
        raise NotImplementedError

    def of_group(self, group: int) -> Tensor:
        """Return the gates (n, C) of the samples of a class or attribute."""
        raise NotImplementedError

    def ask(self, question: int, mask: Tensor) -> float:
        """Return the measure when the head has the channels of the mask (N, C) alone, and 0 for the others."""
        raise NotImplementedError

    def gated(self, mean: bool) -> float:
        """Return the score when the gates are applied, or with `mean` the mean vector in place of every one."""
        raise NotImplementedError

    @property
    def whole(self) -> float:
        """The measure with all channels."""
        everything = torch.ones_like(self.values(), dtype=torch.bool)
        return float(np.nanmean([self.ask(each, everything) for each in range(self.count)]))

    def ranks(self, by: str, question: int, seed: int = 0) -> Tensor:
        """Return what the channels are chosen by, (N, C): "gates", "pooled" values, or chance, one set for all."""
        if by == "gates":
            return self.gates(question)
        if by == "pooled":
            return self.values(question)
        rng = torch.Generator().manual_seed(seed)
        return torch.rand(self.channels, generator=rng).expand(len(self.values(question)), -1)


class ClassQuestions(Questions):
    """Which of several classes a picture shows: the gates are those of the predicted class."""

    measure, score = "same answer", "accuracy"

    @torch.no_grad()
    def __init__(self, classifier: Classifier, pooled: Pooled, labels: np.ndarray):
        self.block, self.before = deepcopy(classifier.block).cpu(), pooled.before
        self.head = linear_head(classifier, Pooled(pooled.before[:500], pooled.logits[:500]))
        self.truth, self.groups = torch.tensor(np.asarray(labels)), tuple(classifier.classes)
        self.samples, self.channels = self.before.shape
        own = self.block.kind == "paper"  # this net cannot do without its gates, the others can
        self.predicted = (pooled.logits if own or not scales(classifier) else self.head(self.before)).argmax(1)
        self._gates = self.block.gates_from_pooled(self.before, self.predicted)
        self.vectors = self.before * self._gates if own else self.before
        self.answers = self.head(self.vectors)

    def gates(self, question: int = 0) -> Tensor | None:  # noqa: ARG002
        """Return the gates (N, C)."""
        return self._gates

    def values(self, question: int = 0) -> Tensor:  # noqa: ARG002
        """Return the pooled maps (N, C)."""
        return self.vectors

    def of_group(self, group: int) -> Tensor:
        """Return the gates (n, C) of the pictures that the net takes for a class."""
        return self._gates[self.predicted == group]

    @torch.no_grad()
    def ask(self, question: int, mask: Tensor) -> float:  # noqa: ARG002
        """Return the share of pictures with the answer of the whole net."""
        return agreement(self.head(self.vectors * mask), self.answers)

    @torch.no_grad()
    def gated(self, mean: bool) -> float:
        """Return the share of pictures named right."""
        gates = self._gates.mean(0, keepdim=True) if mean else self._gates
        return (self.head(self.before * gates).argmax(1) == self.truth).double().mean().item()


class AttributeQuestions(Questions):
    """Whether a face has each of K attributes."""

    measure = score = "AUC"

    @torch.no_grad()
    def __init__(self, classifier: Classifier, pooled: Pooled, labels: np.ndarray):
        self.block, self.before = deepcopy(classifier.block).cpu(), pooled.before
        self.head = linear_head(classifier, Pooled(pooled.before[:500], pooled.logits[:500]))
        self.labels, self.groups = np.asarray(labels), tuple(classifier.classes)
        self.count, (self.samples, self.channels) = len(self.groups), self.before.shape
        one = self.block.gates_from_pooled(self.before) if scales(classifier) else None
        self.vectors = self.before * one if self.block.kind == "paper" else self.before
        self._one = one

    @torch.no_grad()
    def gates(self, question: int = 0) -> Tensor | None:
        """Return the gates (N, C) of an attribute; the same for all where there is one vector."""
        if self.block.kind != "class":
            return self._one
        return self.block.gates_from_pooled(self.before, torch.full((self.samples,), question))

    def values(self, question: int = 0) -> Tensor:  # noqa: ARG002
        """Return the pooled maps (N, C)."""
        return self.vectors

    def of_group(self, group: int) -> Tensor:
        """Return the gates (n, C) of the faces with an attribute, of that attribute where each has its own."""
        return self.gates(group)[torch.tensor(self.labels[:, group] > 0)]

    @torch.no_grad()
    def ask(self, question: int, mask: Tensor) -> float:
        """Return the area under the ROC curve of one attribute."""
        logits = (self.vectors * mask) @ self.head.weight[question]  # (N,)
        return auc(logits.numpy(), self.labels[:, question])

    @torch.no_grad()
    def gated(self, mean: bool) -> float:
        """Return the mean area under the ROC curve."""
        found = []
        for k in range(self.count):
            gates = self.gates(k).mean(0, keepdim=True) if mean else self.gates(k)
            found.append(auc(((self.before * gates) @ self.head.weight[k]).numpy(), self.labels[:, k]))
        return float(np.nanmean(found))


class ClipQuestions(Questions):
    """Whether the person speaks, frame by frame: a sample is a frame, and N counts frames."""

    measure = score = "AP"
    groups = SPEAKING

    def __init__(self, classifier: Classifier, pooled: PooledClips, labels: np.ndarray):
        self.pooled, self.labels = pooled, torch.tensor(np.asarray(labels))
        self.judge, self.kind = Judge(classifier, pooled, self.labels), classifier.gates
        self.shape = pooled.seen.shape  # (clips, T, C)
        self.samples, self.channels = self.labels.numel(), self.shape[2]

    def gates(self, question: int = 0) -> Tensor | None:  # noqa: ARG002
        """Return the gates of the face map, (N, C)."""
        found = self.pooled.gates.get("frames")
        return None if found is None else found.flatten(0, 1).cpu()

    def values(self, question: int = 0) -> Tensor:  # noqa: ARG002
        """Return the largest value of each face map in each frame, (N, C)."""
        return self.pooled.seen.flatten(0, 1).cpu()

    def of_group(self, group: int) -> Tensor:
        """Return the gates (n, C) of the frames that are labelled so."""
        return self.gates()[self.labels.flatten() == group]

    @torch.no_grad()
    def ask(self, question: int, mask: Tensor) -> float:  # noqa: ARG002
        """Return the average precision over all frames."""
        return self._precision(self.pooled.seen * mask.to(self.pooled.seen).view(self.shape))

    @torch.no_grad()
    def gated(self, mean: bool) -> float:
        """Return the average precision."""
        gates, seen = self.pooled.gates["frames"], self.pooled.seen
        seen = seen / gates.clamp_min(1e-6) if self.kind == "paper" else seen  # before the block
        return self._precision(seen * (gates.mean((0, 1)) if mean else gates))

    def _precision(self, seen: Tensor) -> float:
        return self.judge.precision(self.judge.ask(seen))


def see(classifier: Classifier, data, limit: int | None = None) -> Generator[Progress, None, Questions]:
    """Yield progress while a net sees a data set once; return what it can be asked.

    Args:
        classifier: a net with a pool and one linear layer after its block, or one for clips.
        data: a data set with `arrays`.
        limit: at most so many pictures or clips, evenly spread.

    Raises:
        ValueError: the net has another head.
    """
    if classifier.spec.streams:
        yield from data.render()
        clips = some_clips(data.arrays(), limit)
        parts = yield from _gathered(pool_clips(classifier, clips.frames, clips.audio), len(clips.frames))
        return ClipQuestions(classifier, PooledClips.join(parts), clips.labels)
    images, labels = data.arrays()
    places = spread(len(images), limit)
    images = yield from fit(classifier, images[places])
    parts = yield from _gathered(pool_pictures(classifier, images), len(places))
    kind = AttributeQuestions if classifier.spec.multilabel else ClassQuestions
    return kind(classifier, Pooled.join(parts), np.asarray(labels)[places])


def spread(count: int, limit: int | None) -> list[int]:
    """Return at most `limit` places of `count`, evenly spread."""
    return [index * count // limit for index in range(limit)] if limit and limit < count else list(range(count))


def some_clips(clips: Clips, limit: int | None) -> Clips:
    """Return at most `limit` of the clips, evenly spread."""
    places = spread(len(clips.frames), limit)
    return replace(clips, **{field.name: getattr(clips, field.name)[places] for field in fields(clips)})


def _gathered(parts: Iterator, of: int) -> Generator[Progress, None, Sequence]:
    found = []
    for part in parts:
        found.append(part)
        yield Progress(sum(len(each.logits) for each in found), of)
    return found
