"""A tiny net for clips and clips of six frames whose speakers are easy to tell: a bright mouth and loud sound."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from sqexplain.classifier import Classifier, Spec
from sqexplain.learning import ClipRecipe
from sqexplain.models import build_model
from sqexplain.models.nets.speech import SmallSpeaker
from sqexplain.progress import Progress
from sqexplain.sample import Sample
from sqexplain.tasks import PER_FRAME

FRAMES = 6
STREAMS = ("frames", "audio", "fusion")
SPEC = Spec(
    name="tiny speaker",
    build=partial(SmallSpeaker, (3, 4, 6), (3, 4, 5), products=4, hidden=8, memory=4),
    classes=("not speaking", "speaking"),
    layer="face_end",
    size=112,
    mean=(0.4161,) * 3,
    std=(0.1688,) * 3,
    data="blinks",
    grey=True,
    streams={"frames": "face_end", "audio": "voice_end"},
    fusion="fusion_end",
    fused={"audio": 5, "frames": 6},
    gated={"sparse": STREAMS, "paper": STREAMS},
    default="speaking",
    task=PER_FRAME,
)
RECIPE = ClipRecipe(epochs=2, steps=3, batch=2)


@dataclass(frozen=True)
class Clips:
    """Clips as nets take them."""

    frames: np.ndarray
    audio: np.ndarray
    labels: np.ndarray
    kinds: np.ndarray


class Blinks:
    """Faces that are speaking in the frames where the mouth is bright and the sound is loud."""

    name, classes, task, licence, source = "blinks", SPEC.classes, PER_FRAME, "none", "drawn here"

    def __init__(self, count: int = 8):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index: int) -> Sample:
        clips, place = self.arrays(), range(self.count)[index]
        frames = np.repeat(clips.frames[place][..., None], 3, 3)  # (T, 112, 112, 3)
        return Sample(f"blinks/{place:04d}", frames, labels=clips.labels[place])

    def render(self):
        """Say that all is there."""
        yield Progress(self.count, self.count)

    def arrays(self):
        """Return all clips."""
        return self.batch(99, 0, self.count)

    def batches(self, size: int = 8, places: Sequence[int] | None = None) -> Iterator[Clips]:
        """Yield some clips at a time."""
        clips, places = self.arrays(), np.arange(self.count) if places is None else np.asarray(places)
        for start in range(0, len(places), size):
            some = places[start : start + size]
            yield Clips(clips.frames[some], clips.audio[some], clips.labels[some], clips.kinds[some])

    def batch(self, seed: int, step: int, size: int) -> Clips:
        """Return clips in which halves of the frames have a bright mouth, halves a loud sound."""
        rng = np.random.default_rng([seed, step])
        bright, loud = rng.integers(2, size=(2, size, FRAMES))
        frames = rng.integers(60, 100, (size, FRAMES, 112, 112), dtype=np.uint8)
        frames[:, :, 70:90, 40:70] += (bright * 120).astype(np.uint8)[..., None, None]
        audio = rng.normal(0, 1, (size, 13, 4 * FRAMES)) + 8 * np.repeat(loud, 4, 1)[:, None]
        kinds = np.array(["switch", "other"])[np.arange(size) % 2]
        return Clips(frames, audio.astype(np.float32), (bright * loud).astype(np.int64), kinds)


def fresh(gates: str = "none", seed: int = 0) -> Classifier:
    """Return an untrained classifier."""
    torch.manual_seed(seed)
    return build_model(SPEC, gates, "cpu")
