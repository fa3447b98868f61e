"""Measuring a net for clips: how well it finds speech, and whether it needs both the face and the sound.

N clips, T frames, C channels of the face map, A channels of the voice map.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.evaluation.gates import judge_clips
from sqexplain.evaluation.scores import Score
from sqexplain.gates import FrameSqueezeExcite
from sqexplain.learning import PooledClips, decide, pool_clips
from sqexplain.learning.clips import Clips
from sqexplain.media import RATE, mfcc
from sqexplain.metrics.detection import average_precision
from sqexplain.progress import Progress

SPEAKING = 1  # index of the class
ROOM = 1e-3  # standard deviation of a sound that is near silence
FPS = 25


def evaluate_clips(
    classifier: Classifier,
    clips: Clips,
    percent: float = 10,
    seed: int = 0,
    others: Sequence[FrameSqueezeExcite] = (),
) -> Iterator[Progress | Score]:
    """Yield `Progress` while the clips are seen, then one `Score` for each measure.

    Args:
        clips: frames, sound, labels, and `kinds` (N,): accuracy is told for each kind.
        percent: share of the channels of the face map that counts as chosen.
        seed: of the random choices (whose sound is heard, random channels).
        others: blocks of the face map that learned on the same net from other seeds.
    """
    parts, frozen = [], []
    for store, frames in ((parts, clips.frames), (frozen, freeze(clips.frames))):
        for part in pool_clips(classifier, frames, clips.audio):
            store.append(part)
            yield Progress(sum(len(each.logits) for each in [*parts, *frozen]), 2 * len(clips.frames))
    pooled = PooledClips.join(parts)
    labels = np.asarray(clips.labels)
    yield from _accuracies(speaking(pooled.logits), labels, np.asarray(clips.kinds))
    yield from _without(classifier, clips, pooled, PooledClips.join(frozen), labels, seed)
    yield from judge_clips(classifier, pooled, torch.tensor(labels), percent, seed, others)


def freeze(frames: np.ndarray) -> np.ndarray:
    """Return clips (N, T, S, S) in which every frame is the one in the middle; a view, nothing is copied."""
    middle = frames.shape[1] // 2
    return np.broadcast_to(frames[:, middle : middle + 1], frames.shape)


def speaking(logits: Tensor) -> np.ndarray:
    """Return the probability of speaking (N, T) for logits (N, T, 2)."""
    return logits.double().softmax(2)[..., SPEAKING].cpu().numpy()


def precision(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the average precision with ties grouped of (N, T) scores over all frames."""
    return average_precision(scores.ravel(), labels.ravel()).grouped


def _accuracies(scores: np.ndarray, labels: np.ndarray, kinds: np.ndarray) -> Iterator[Score]:
    found = average_precision(scores.ravel(), labels.ravel())
    right = (scores > 0.5) == (labels == SPEAKING)  # (N, T)
    yield Score("AP", found.grouped, f"average precision over frames, ties grouped; chance is {labels.mean():.3f}")
    yield Score("AP, row order", found.rows, "the same as the official script reads it, one row after the other")
    yield Score("accuracy", float(right.mean()), "share of frames judged right at P(speaking) = 0.5")
    for kind in sorted(set(kinds.tolist())):
        share = float(right[kinds == kind].mean())
        yield Score(f"accuracy, {kind}", share, f"the same on the {(kinds == kind).sum()} clips of this kind")


@torch.no_grad()
def _without(classifier, clips, pooled, frozen, labels, seed) -> Iterator[Score]:
    """Yield the average precision, with the labels as they were, when a stream tells nothing."""
    rng = np.random.default_rng(seed)
    other = (np.arange(len(labels)) + rng.integers(1, max(len(labels), 2))) % len(labels)
    swapped = decide(classifier.net, pooled.seen, pooled.heard[other])
    count = clips.frames.shape[1]
    room = mfcc(rng.standard_normal(count * RATE // FPS).astype(np.float32) * ROOM, count)
    silent = next(pool_clips(classifier, clips.frames[:1], room[None])).heard.expand(len(labels), -1, -1)
    cases = {
        "shuffled audio": (swapped, "with the sound of another clip"),
        "frozen face": (frozen.logits, "with the middle frame shown all the time"),
        "near silence": (decide(classifier.net, pooled.seen, silent), "with the noise of a quiet room alone"),
    }
    for name, (logits, text) in cases.items():
        yield Score(f"AP, {name}", precision(speaking(logits), labels), f"{text}, judged by the labels as they were")
