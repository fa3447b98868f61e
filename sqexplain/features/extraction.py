"""One pass over a data set, batch by batch: only what the head reads is kept. N rows, C channels, K classes."""

from collections.abc import Callable, Generator
from copy import deepcopy
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.features.compatibility import match
from sqexplain.features.features import Features, predict
from sqexplain.features.heads import SpeakerHead, linear_head
from sqexplain.features.streams import CLIPS, PooledClips, pool_clips
from sqexplain.gates import ClassSqueezeExcite, Tap, pool, required
from sqexplain.progress import Progress
from sqexplain.recording import record
from sqexplain.sample import Dataset, crop_all, spread

BATCH = 250  # pictures that go through the net together


def extract(classifier: Classifier, data: Any, limit: int | None = None) -> Generator[Progress, None, Features]:
    """Yield progress while a net sees a data set once; return its features. Pictures are read batch by batch.

    Args:
        classifier: a net with a pool and one linear layer after its block, or one for clips.
        data: a data set for the task of the net, or what `sqexplain.sample.as_dataset` makes one of.
        limit: at most so many pictures or clips, evenly spread.

    Raises:
        ValueError: the net has another head, or the data are for another task or have other classes or labels.
    """
    data = match(classifier.spec, data)
    if classifier.spec.streams:
        return (yield from clip_features(classifier, data, limit))
    return (yield from image_features(classifier, data, limit))


def image_features(classifier: Classifier, data: Dataset, limit: int | None) -> Generator[Progress, None, Features]:
    """Yield progress, return the features of pictures."""
    task, classes = classifier.spec.task, tuple(classifier.classes)
    places = spread(len(data), limit)
    pooled, logits, labels = [], [], []
    for pictures, truth in data.batches(BATCH, places):
        labels.append(task.check(truth, len(pictures), len(classes)))  # a wrong label ends it at once
        cropped = crop_all(pictures, classifier.spec.shape, classifier.spec.resize)  # (n, S, S, 3)
        one, answer = pool_images(classifier, cropped)
        pooled.append(one)
        logits.append(answer)
        yield Progress(sum(map(len, logits)), len(places))
    pre_gate, answers, truth = torch.cat(pooled), torch.cat(logits), np.concatenate(labels)
    with torch.no_grad():
        head = linear_head(classifier, pre_gate, answers)
        block = deepcopy(classifier.block).cpu()  # a copy: the net keeps its block where it is
        predicted = predict(block.kind, head, pre_gate, answers)
        gates = gates_by_question(block, pre_gate, predicted, len(task.questions(len(classes))) > 1)
        vectors = pre_gate * gates(0) if block.kind == "paper" else pre_gate  # this net cannot do without its gates
    class_gates = partial(block.gates_from_pooled, pre_gate) if isinstance(block, ClassSqueezeExcite) else None
    return Features(task, classes, truth, head, block.kind, pre_gate, vectors, answers, gates, class_gates)


def pool_images(classifier: Classifier, pictures: np.ndarray) -> tuple[Tensor, Tensor]:
    """Return pooled maps (n, C) and logits (n, K) for pictures (n, S, S, 3) uint8 at the size of the net."""
    inputs = classifier.normalise(torch.tensor(pictures))
    with classifier.lock:
        logits, _, traces = record(classifier.net, {"frames": inputs}, classifier.blocks, gradients=False)
    if logits.shape[1] != len(classifier.classes):
        raise ValueError(
            f"{classifier.spec.name!r} was given {len(classifier.classes)} class names and answers with "
            f"{logits.shape[1]} logits; give one name for each"
        )
    return pool(traces["frames"].pre_gate).cpu(), logits.cpu()


def gates_by_question(block: Tap, pre_gate: Tensor, predicted: Tensor, each: bool) -> Callable[[int], Tensor]:
    """Return question -> gates (N, C); with `each` those of the attribute that is asked, else of the prediction."""
    if isinstance(block, ClassSqueezeExcite) and each:

        @torch.no_grad()
        def gates(question: int) -> Tensor:
            return block.gates_from_pooled(pre_gate, torch.full((len(pre_gate),), question))

        return gates
    same = block.gates_from_pooled(pre_gate, predicted)
    return lambda _question: required(same)


def clip_features(classifier: Classifier, data: Dataset, limit: int | None) -> Generator[Progress, None, Features]:
    """Yield progress, return the features of the face stream of clips; a row is a frame."""
    yield from data.render() if hasattr(data, "render") else ()
    task, places = classifier.spec.task, spread(len(data), limit)
    parts: list[PooledClips] = []
    labels = []
    for clips in data.batches(CLIPS, places):
        rows = clips.frames.shape[0] * clips.frames.shape[1]
        labels.append(task.check(clips.labels, rows, len(classifier.classes)))
        parts += pool_clips(classifier, clips.frames, clips.audio)
        yield Progress(sum(len(each.logits) for each in parts), len(places))
    return features_of_clips(classifier, PooledClips.join(parts), np.concatenate(labels))


def features_of_clips(classifier: Classifier, pooled: PooledClips, labels: np.ndarray) -> Features:
    """Return the features of clips that went through the net; labels (clips, T)."""
    gates = pooled.gates.get("frames")
    same = None if gates is None else gates.flatten(0, 1)  # (N, C)
    vectors = pooled.visual.flatten(0, 1)  # (N, C)
    kind = classifier.block.kind
    pre_gate = vectors / required(same).clamp_min(1e-6) if kind == "paper" else vectors
    head = SpeakerHead(classifier.net, pooled.audio)
    task, classes = classifier.spec.task, tuple(classifier.classes)
    logits = pooled.logits.flatten(0, 1)
    known = task, classes, labels, head, kind, pre_gate, vectors, logits
    return Features(*known, lambda _question: required(same), clips=pooled)
