"""What is measured of nets for clips alone: each kind of clip, each modality taken away, gates of every stream.

B clips, T frames, N = B * T rows, C channels of the face map, A channels of the audio map.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.evaluation.channel_scores import ChannelScores, Choice
from sqexplain.evaluation.scores import Score
from sqexplain.features import Features, PooledClips, SpeakerHead, classify, pool_clips
from sqexplain.features.streams import apply_gates, gates_for
from sqexplain.gates.selection import top_channels
from sqexplain.media import RATE, mfcc
from sqexplain.metrics.channels import jaccard
from sqexplain.progress import Progress
from sqexplain.sample import spread
from sqexplain.tasks.per_frame import POSITIVE, positive

ROOM = 1e-3  # standard deviation of a sound that is near silence
FPS = 25
DRAWS = 8  # of random channels


def kind_scores(features: Features, data: Any, limit: int | None) -> Iterator[Score]:
    """Yield the frame accuracy on each kind of clip."""
    kinds = np.asarray(data.arrays().kinds)[spread(len(data), limit)]
    right = (positive(features.logits) > 0.5) == (features.labels.ravel() == POSITIVE)
    right = right.reshape(features.labels.shape)  # (B, T)
    for kind in sorted(set(kinds.tolist())):
        share = float(right[kinds == kind].mean())
        yield Score(f"accuracy, {kind}", share, f"the same on the {(kinds == kind).sum()} clips of this kind")


@torch.no_grad()
def modality_scores(
    classifier: Classifier, features: Features, data: Any, limit: int | None, seed: int
) -> Iterator[Progress | Score]:
    """Yield the average precision when one modality tells nothing, by the labels as they were."""
    clips, places, pooled = data.arrays(), spread(len(data), limit), clips_of(features)
    frozen = []
    for part in pool_clips(classifier, freeze(clips.frames[places]), clips.audio[places]):
        frozen.append(part.logits)
        yield Progress(sum(map(len, frozen)), len(places))
    rng = np.random.default_rng(seed)
    other = (np.arange(len(places)) + rng.integers(1, max(len(places), 2))) % len(places)
    swapped = classify(classifier.net, pooled.visual, pooled.audio[other])
    count = clips.frames.shape[1]
    room = mfcc(rng.standard_normal(count * RATE // FPS).astype(np.float32) * ROOM, count)
    silent = next(pool_clips(classifier, clips.frames[places[:1]], room[None])).audio.expand(len(places), -1, -1)
    cases = {
        "shuffled audio": (swapped, "with the sound of another clip"),
        "frozen face": (torch.cat(frozen), "with the middle frame shown all the time"),
        "near silence": (classify(classifier.net, pooled.visual, silent), "with the noise of a quiet room alone"),
    }
    for name, (logits, text) in cases.items():
        value = features.task.score(logits, features.labels)
        yield Score(f"AP, {name}", value, f"{text}, judged by the labels as they were")


def clips_of(features: Features) -> PooledClips:
    """Return what all streams of a net for clips left behind.

    Raises:
        ValueError: the features are those of a net for pictures.
    """
    if features.clips is None:
        raise ValueError("these are the features of pictures; take those of a net for clips")
    return features.clips


def freeze(frames: np.ndarray) -> np.ndarray:
    """Return clips (B, T, S, S) in which every frame is the one in the middle; a view, nothing is copied."""
    middle = frames.shape[1] // 2
    return np.broadcast_to(frames[:, middle : middle + 1], frames.shape)


class FrameChannelScores(ChannelScores):
    """Gates of the face stream of a net for clips, one vector for each frame."""

    @property
    def clips(self) -> PooledClips:
        """What all streams left behind."""
        return clips_of(self.features)

    def rows(self) -> Iterator[Score]:
        """Yield the certainty on frames with speech, then what is measured for every task."""
        yield Score("P, speaking", self.certainty(self.features.logits), "mean P(speaking) on the frames with speech")
        yield from super().rows()

    def kept(self, choice: Choice) -> Iterator[Score]:
        """Yield keep and drop, and how sure the net is of speech without the channels."""
        yield from super().kept(choice)
        vectors = self.features.vectors
        without = [
            self.certainty(self.features.head(vectors * ~top_channels(ranks(0), self.percent)))
            for ranks in choice.ranks
        ]
        text = f"mean P(speaking) on frames with speech without the {self.percent:g} % of channels {choice.text}"
        yield Score(f"drop P{choice.end}", float(np.mean(without)), text)

    def gate_choices(self) -> Iterator[Choice]:
        """Yield the gates, alone and times what they gate."""
        yield from super().gate_choices()
        product = lambda _: self.features.gates(0) * self.features.vectors  # noqa: E731
        yield Choice(", gate x value", "with the largest gate times pooled value", (product,))

    def controls(self) -> Iterator[Choice]:
        """Yield strongest channels by peak and by mean, and random ones: one set for all frames in each draw."""
        vectors, rng = self.features.vectors, torch.Generator().manual_seed(self.seed)
        average = self.clips.average.flatten(0, 1)
        draws = [torch.rand(vectors.shape, generator=rng)[:1].to(vectors.device) for _ in range(DRAWS)]
        random = tuple(lambda _, draw=draw: draw.expand_as(vectors) for draw in draws)
        yield Choice(", pooled", "with the largest pooled value of the frame (control, no SE)", (lambda _: vectors,))
        yield Choice(", GAP", "with the largest mean of the map (control, no SE)", (lambda _: average,))
        yield Choice(", random", f"at random (control, mean of {DRAWS} draws)", random)

    def certainty(self, logits: Tensor) -> float:
        """Return the mean probability of speaking on the frames where the person speaks."""
        return float(positive(logits)[self.features.labels.ravel() == POSITIVE].mean())

    def specific(self) -> Iterator[Score]:
        """Yield how the gates vary in time and between clips, gates of other streams, and of blocks of other seeds."""
        gates = self.clips.gates["frames"]  # (B, T, C)
        within = gates.std(1, correction=0).mean().item()
        yield Score("gate spread, frames", within, "standard deviation of a face gate over the frames of a clip")
        between = gates.mean(1).std(0, correction=0).mean().item()
        yield Score("gate spread, clips", between, "standard deviation of a face gate's mean over clips")
        frames, voiced = gates.mean(2), torch.tensor(self.features.labels == POSITIVE, device=gates.device)  # (B, T)
        yield Score("gate mean, speech", frames[voiced].mean().item(), "mean face gate on frames with own speech")
        yield Score("gate mean, rest", frames[~voiced].mean().item(), "mean face gate on all other frames")
        if self.features.kind == "sparse":
            yield from self.streams()
        if "fusion" in self.clips.gates:
            yield from self.fusion()
        yield from self.compared()

    def streams(self) -> Iterator[Score]:
        """Yield what happens when gates that only read are applied, those of one stream at a time."""
        clips, head = self.clips, self.features.head
        if not isinstance(head, SpeakerHead):
            raise ValueError("these are the features of pictures; take those of a net for clips")
        for stream, gates in clips.gates.items():
            logits = classify(head.net, *apply_gates(stream, gates, clips.visual, clips.audio))
            same = (logits.argmax(2) == clips.logits.argmax(2)).double().mean().item()
            yield Score(f"agreement, {stream}", same, "same answer with these gates applied")
            yield Score(f"AP, {stream} gated", self.precision(logits), "AP with these gates applied")
        gates = clips.gates["frames"]
        shuffled = classify(head.net, gates.roll(1, 0) * clips.visual, clips.audio)
        yield Score("AP, gates of another clip", self.precision(shuffled), "AP with the face gates of another clip")
        constant = classify(head.net, gates.mean((0, 1)) * clips.visual, clips.audio)
        yield Score("AP, mean gates", self.precision(constant), "AP with the mean face gates applied to every frame")

    def precision(self, logits: Tensor) -> float:
        """Return the average precision of logits (B, T, K)."""
        return self.features.task.score(logits, self.features.labels)

    def fusion(self) -> Iterator[Score]:
        """Yield how the gates share out between the streams where they are fused."""
        clips = self.clips
        audio, face = clips.gates["fusion"].split([clips.audio.shape[2], clips.visual.shape[2]], 2)
        for name, gates in (("audio", audio), ("face", face)):
            yield Score(f"fusion, {name}", gates.mean().item(), f"mean gate of the {name} channels at the fusion")
            spread = gates.mean((1, 2)).std(correction=0).item()
            yield Score(f"fusion spread, {name}", spread, "standard deviation of that mean over clips")

    def compared(self) -> Iterator[Score]:
        """Yield how many chosen channels the same block from another seed shares."""
        own = top_channels(self.features.gates(0), self.percent)
        for number, other in enumerate(self.others, 1):
            gates = gates_for("frames", other, self.clips.visual, self.clips.audio).flatten(0, 1)
            shared = jaccard(own, top_channels(gates, self.percent))
            yield Score(f"jaccard {number}", shared, "channels shared with the same block from another seed")
