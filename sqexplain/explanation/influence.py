"""Which frames mattered for a frame's answer: the head of a net for clips judges each frame from the others, too.

T frames, C channels of the face.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.explanation.forward_pass import ForwardPass, read
from sqexplain.explanation.targets import Target
from sqexplain.recording import eval_mode
from sqexplain.sample import Sample

TOGETHER = 8  # frames whose answers are differentiated in one run of the head


def influence(classifier: Classifier, sample: Sample | ForwardPass, target: Target = None) -> np.ndarray:
    """Return (T, T) float32: row t holds what each frame's face added to the target logit of frame t.

    Gradient times value of what the head reads of a face, summed over the channels; positive speaks for the target.
    Behind a pool this is gradient times activation, summed over the map. Only the head runs again.

    Args:
        classifier: a net for clips.
        sample: the clip, or a pass over it (see `read`), which then decides on the target.
        target: as for `explain`.

    Raises:
        ValueError: the net is one for pictures, where no frame matters for another.
    """
    return np.concatenate(list(influences(classifier, sample, target)))


def influences(classifier: Classifier, sample: Sample | ForwardPass, target: Target = None) -> Iterator[np.ndarray]:
    """Yield the rows of `influence` a few at a time, (n, T): for progress."""
    if not classifier.spec.streams:
        raise ValueError(f"{classifier.spec.name!r} judges every picture for itself; take a net for clips")
    reading = sample if isinstance(sample, ForwardPass) else read(classifier, sample, target)
    net: Any = classifier.net
    seen, *context = reading.pooled()  # (1, T, C), (1, T, A), ...
    targets = torch.tensor(reading.targets).to(seen.device)  # (T,)
    for some in torch.arange(seen.shape[1]).split(TOGETHER):
        with classifier.lock, eval_mode(classifier.net), torch.inference_mode(False), torch.enable_grad():
            leaf = seen.repeat(len(some), 1, 1).requires_grad_()  # (n, T, C)
            logits = net.classify(leaf, *(one.repeat(len(some), 1, 1) for one in context))  # (nT, K)
            scores = logits.unflatten(0, leaf.shape[:2])[torch.arange(len(some)), some, targets[some]]  # (n,)
            grads = torch.autograd.grad(scores.sum(), leaf)[0]  # (n, T, C)
        yield rows(grads, leaf.detach())


def rows(grads: Tensor, seen: Tensor) -> np.ndarray:
    """Return gradient times value, summed over the channels, (n, T, C) -> (n, T)."""
    return (grads * seen).sum(2).cpu().numpy()
