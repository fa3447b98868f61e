"""Judging the gates of a net for clips: do the chosen channels of the face map decide, and what do the gates follow?

N clips, T frames, C channels of the face map, A channels of the voice map, D = A + C.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.evaluation.scores import Score
from sqexplain.gates import FrameSqueezeExcite
from sqexplain.learning import PooledClips, decide
from sqexplain.learning.pooling import apply_gates, gates_for
from sqexplain.metrics.channels import channel_share, chosen_mask, jaccard
from sqexplain.metrics.detection import average_precision

DRAWS = 8  # of random channels


class Judge:
    """Asks the head about changed vectors.

    Args:
        classifier: its net answers.
        pooled: the vectors of the clips as the head reads them.
        labels: (N, T) of 0 and 1.
    """

    def __init__(self, classifier: Classifier, pooled: PooledClips, labels: Tensor):
        self.net, self.pooled, self.labels = classifier.net, pooled, labels.cpu().numpy()

    def ask(self, seen: Tensor, heard: Tensor | None = None) -> Tensor:
        """Return the logits (N, T, K)."""
        return decide(self.net, seen, self.pooled.heard if heard is None else heard)

    def precision(self, logits: Tensor) -> float:
        """Return the average precision over all frames, ties grouped."""
        scores = logits.double().softmax(2)[..., 1].cpu().numpy()
        return average_precision(scores.ravel(), self.labels.ravel()).grouped

    def certainty(self, logits: Tensor) -> float:
        """Return the mean probability of speaking on the frames where the person speaks."""
        return float(logits.double().softmax(2)[..., 1].cpu().numpy()[self.labels == 1].mean())

    def agreement(self, logits: Tensor) -> float:
        """Return the share of frames with the answer of the net itself."""
        return (logits.argmax(2) == self.pooled.logits.argmax(2)).double().mean().item()

    def kept(self, ranks: Tensor, percent: float) -> np.ndarray:
        """Return AP with only the channels of the largest `ranks` (N, T, C), AP without them, P(speaking) without."""
        mask = chosen_mask(ranks.flatten(0, 1), percent).view(ranks.shape)
        keep, drop = self.ask(self.pooled.seen * mask), self.ask(self.pooled.seen * ~mask)
        return np.array([self.precision(keep), self.precision(drop), self.certainty(drop)])


@torch.no_grad()
def judge_clips(
    classifier: Classifier,
    pooled: PooledClips,
    labels: Tensor,
    percent: float,
    seed: int,
    others: Sequence[FrameSqueezeExcite] = (),
) -> Iterator[Score]:
    """Yield the scores of the gates, and those of the controls that need none."""
    judge = Judge(classifier, pooled, labels)
    yield Score("P, speaking", judge.certainty(pooled.logits), "mean P(speaking) on the frames with speech")
    gates = pooled.gates.get("frames")
    if gates is not None:
        yield from _choice(judge, "gates", gates, percent, "by gate")
        yield from _choice(judge, "gate x value", gates * pooled.seen, percent, "by gate times pooled value")
    yield from _choice(judge, "pooled", pooled.seen, percent, "by pooled value of the frame, no SE")
    yield from _choice(judge, "GAP", pooled.average, percent, "by mean of the map, no SE")
    rng = torch.Generator().manual_seed(seed)
    draws = [torch.rand(pooled.seen.shape, generator=rng).to(pooled.seen.device) for _ in range(DRAWS)]
    # One set of channels for all frames in each draw: another one in every frame would be noise in time
    random = np.mean([judge.kept(draw[:1, :1].expand_as(draw), percent) for draw in draws], 0)
    yield from _rows("random", random, percent, f"at random, mean of {DRAWS} draws")
    if gates is not None:
        yield from _spread(gates, labels)
    if classifier.gates == "sparse":
        yield from _applied(judge)
    if "fusion" in pooled.gates:
        yield from _fusion(pooled)
    masks = [
        chosen_mask(gates_for("frames", other, pooled.seen, pooled.heard).flatten(0, 1), percent) for other in others
    ]
    for number, mask in enumerate(masks):
        shared = jaccard(chosen_mask(gates.flatten(0, 1), percent), mask)
        yield Score(f"jaccard {number + 1}", shared, "channels shared with the same block from another seed")


def _choice(judge: Judge, name: str, ranks: Tensor, percent: float, text: str) -> Iterator[Score]:
    yield from _rows(name, judge.kept(ranks, percent), percent, text)


def _rows(name: str, values: np.ndarray, percent: float, text: str) -> Iterator[Score]:
    top = f"the {percent:g} % of face channels {text}"
    end = "" if name == "gates" else f", {name}"
    yield Score(f"keep AP{end}", float(values[0]), f"AP with only {top}")
    yield Score(f"drop AP{end}", float(values[1]), f"AP without {top}")
    yield Score(f"drop P{end}", float(values[2]), f"mean P(speaking) on frames with speech without {top}")


def _spread(gates: Tensor, labels: Tensor) -> Iterator[Score]:
    share = channel_share(gates.flatten(0, 1))
    yield Score("channel share", share, "variance of the face gates explained by the channel alone")
    yield Score("gate mean", gates.mean().item(), "mean face gate")
    spread = gates.flatten(0, 1).std(0, correction=0).mean().item()
    yield Score("gate spread", spread, "standard deviation of a face gate over all frames")
    within = gates.std(1, correction=0).mean().item()
    yield Score("gate spread, frames", within, "standard deviation of a face gate over the frames of a clip")
    clips = gates.mean(1).std(0, correction=0).mean().item()
    yield Score("gate spread, clips", clips, "standard deviation of a face gate's mean over clips")
    frames, voiced = gates.mean(2), labels.to(gates.device) == 1  # (N, T)
    yield Score("gate mean, speech", frames[voiced].mean().item(), "mean face gate on frames with speech of the person")
    yield Score("gate mean, rest", frames[~voiced].mean().item(), "mean face gate on all other frames")


def _applied(judge: Judge) -> Iterator[Score]:
    """Yield what happens when gates that only read are applied, those of one stream at a time."""
    pooled = judge.pooled
    for stream, gates in pooled.gates.items():
        logits = judge.ask(*apply_gates(stream, gates, pooled.seen, pooled.heard))
        yield Score(f"agreement, {stream}", judge.agreement(logits), "same answer with these gates applied")
        yield Score(f"AP, {stream} gated", judge.precision(logits), "AP with these gates applied")
    gates = pooled.gates["frames"]
    shuffled = judge.ask(gates.roll(1, 0) * pooled.seen)
    yield Score(
        "AP, gates of another clip", judge.precision(shuffled), "AP with the face gates of another clip applied"
    )
    constant = judge.ask(gates.mean((0, 1)) * pooled.seen)
    yield Score("AP, mean gates", judge.precision(constant), "with the mean face gates applied to every frame")


def _fusion(pooled: PooledClips) -> Iterator[Score]:
    audio, face = pooled.gates["fusion"].split([pooled.heard.shape[2], pooled.seen.shape[2]], 2)
    for name, gates in (("audio", audio), ("face", face)):
        yield Score(f"fusion, {name}", gates.mean().item(), f"mean gate of the {name} channels where streams meet")
        spread = gates.mean((1, 2)).std(correction=0).item()
        yield Score(f"fusion spread, {name}", spread, "standard deviation of that mean over clips")
