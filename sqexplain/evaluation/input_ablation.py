"""What a clip model answers when an input is removed: sound, its timing, movement, parts of the face.

Gates and heatmaps describe the net; only a change of the input shows what it needs. T frames, H x W picture size.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from sqexplain.classifier import RATE, Classifier
from sqexplain.explanation import predict_frames
from sqexplain.sample import Sample

SHIFT = 12  # frames, about half a second: enough that no syllable fits any more
GREY = 110  # what covers a part of the face
# Where the parts of a face lie in the crops that `faces` cuts: top, bottom, left, right as shares of the picture.
PARTS = {
    "face": {"mouth": (0.56, 0.84, 0.25, 0.75), "eyes": (0.0, 0.16, 0.05, 0.95)},
    "head": {"mouth": (0.60, 0.80, 0.32, 0.68), "eyes": (0.36, 0.52, 0.2, 0.8)},
}
Change = Callable[[Sample, Sample | None, str], Sample | None]  # clip, clip with another's sound, crop -> changed clip


@dataclass(frozen=True, eq=False)
class Ablation:
    """One way to change a clip and what the net then says: `scores` (T,) is P(speaking), or of the class asked for."""

    name: str
    title: str
    sample: Sample
    scores: np.ndarray


def ablate(
    classifier: Classifier, sample: Sample, other: Sample | None = None, target: str | int | None = None
) -> Iterator[Ablation]:
    """Yield the answers to the clip as it is, then to each changed form of it.

    Args:
        classifier: a net for clips.
        sample: the clip.
        other: a clip whose sound is swapped in; None takes the own sound backwards, which has the same voice and
            rhythm but other syllables.
        target: as for `explain`.
    """
    crop = classifier.spec.crop
    for name, (title, change) in CHANGES.items():
        changed = change(sample, other, crop)
        if changed is not None:
            yield Ablation(name, title, changed, predict_frames(classifier, changed, target))


def silenced(sample: Sample, _other: Sample | None, _crop: str) -> Sample | None:
    """Return the clip with a sound of zeros."""
    return None if sample.audio is None else replace(sample, audio=np.zeros_like(sample.audio))


def swapped(sample: Sample, other: Sample | None, _crop: str) -> Sample | None:
    """Return the clip with another's sound, repeated or cut to its length; without another its own backwards."""
    if sample.audio is None:
        return None
    if other is None or other.audio is None:
        return replace(sample, audio=np.ascontiguousarray(sample.audio[::-1]))
    return replace(sample, audio=np.resize(other.audio, sample.audio.shape))


def shifted(sample: Sample, _other: Sample | None, _crop: str) -> Sample | None:
    """Return the clip with its sound late by `SHIFT` frames; what falls off the end comes at the beginning."""
    if sample.audio is None or len(sample.frames) <= SHIFT:
        return None
    return replace(sample, audio=np.roll(sample.audio, round(SHIFT / sample.fps * RATE)))


def frozen_face(sample: Sample, _other: Sample | None, _crop: str) -> Sample:
    """Return the clip with the face of its first frame throughout."""
    return replace(sample, frames=np.repeat(sample.frames[:1], len(sample.frames), 0))


def covered(part: str) -> Change:
    """Return the change that covers the mouth or the eyes with grey, by the true mask where there is one."""

    def cover(sample: Sample, _other: Sample | None, crop: str) -> Sample:
        frames, mask = sample.frames.copy(), part_mask(sample, part, crop)
        frames[mask] = GREY
        return replace(sample, frames=frames)

    return cover


def part_mask(sample: Sample, part: str, crop: str = "head") -> np.ndarray:
    """Return where "mouth" or "eyes" are, (T, H, W) bool: the true mask, else a box at its usual place in the crop."""
    if sample.regions is not None and part in sample.regions:
        return sample.regions[part]
    height, width = sample.frames.shape[1:3]
    top, bottom, left, right = PARTS[crop][part]
    mask = np.zeros(sample.frames.shape[:3], bool)
    mask[:, round(top * height) : round(bottom * height), round(left * width) : round(right * width)] = True
    return mask


CHANGES: dict[str, tuple[str, Change]] = {
    "intact": ("as it is", lambda sample, _other, _crop: sample),
    "muted": ("sound muted", silenced),
    "swapped": ("another's sound", swapped),
    "shifted": (f"sound {SHIFT} frames late", shifted),
    "frozen": ("face frozen", frozen_face),
    "mouth": ("mouth covered", covered("mouth")),
    "eyes": ("eyes covered", covered("eyes")),
}
