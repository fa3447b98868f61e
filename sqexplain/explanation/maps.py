"""The heatmaps of one method for one sample, with all that is known of how they were made.

N pictures (the T frames of the sample), C channels, K classes, h x w feature size, H x W picture size.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sqexplain.classifier import target_name
from sqexplain.sample.cropping import CropBox
from sqexplain.tasks import Task


@dataclass(frozen=True, eq=False)
class Maps:
    """The heatmaps of one method in another stream of a clip: of the sheet of its sound, or of the person's body."""

    heatmaps: np.ndarray  # (N, H, W) float32 in [0, 1]; of a sheet N = 1, H rows, W columns
    raws: np.ndarray  # (N, h, w) float32 before clipping and scaling
    gates: np.ndarray | None  # (N, C) in (0, 1)
    pictures: np.ndarray  # (N, H, W) float32 the sheet, (N, H, W, 3) uint8 the body


@dataclass(frozen=True, eq=False)
class MethodMaps:
    """The heatmaps of one method for one sample; numpy only, read-only, picklable.

    `heatmap`, `raw`, `picture` and `target` are the entries of a sample of one picture.
    """

    sample: str  # name
    slug: str  # the name as a file name
    digest: str  # of the sample
    model: str
    gates_kind: str  # "none", "paper", "sparse" or "class"
    layer: str
    card: str  # digest of the model card, "" without one
    method: str  # text form, see `sqexplain.methods.parse`
    title: str
    scale: str  # "picture" or "clip": what one scale of the heatmaps spans
    classes: tuple[str, ...]
    task: Task  # how the logits are read
    targets: np.ndarray  # (N,) int64
    signs: np.ndarray  # (N,) int64: 1 where shown is what speaks for the target, -1 what speaks against it
    logits: np.ndarray  # (N, K) float32
    heatmaps: np.ndarray  # (N, H, W) float32 in [0, 1], at the sample's own resolution, 0 where the net did not look
    raws: np.ndarray  # (N, h, w) float32 before clipping and scaling
    gates: np.ndarray | None  # (N, C) in (0, 1)
    channels: np.ndarray | None  # (N,) number of channels that the map is made of, None where it is all of them
    pictures: np.ndarray  # (N, H, W, 3) uint8
    views: tuple[CropBox, ...]
    notes: tuple[str, ...]  # what a reader has to know, whole sentences
    streams: Mapping[str, Maps] = field(default_factory=dict)  # of a clip: "audio", "body", where the method has a map
    fusion: Mapping[str, np.ndarray] = field(default_factory=dict)  # of a clip: stream -> gates (T, D) where they meet
    fps: float = 25.0
    audio: np.ndarray | None = None  # (n,) float32 mono, 16 000 Hz, of the sample

    @property
    def heatmap(self) -> np.ndarray:
        """(H, W) float32 in [0, 1]."""
        return self._only("heatmaps")

    @property
    def raw(self) -> np.ndarray:
        """(h, w) float32, neither clipped nor scaled."""
        return self._only("raws")

    @property
    def picture(self) -> np.ndarray:
        """(H, W, 3) uint8."""
        return self._only("pictures")

    @property
    def target(self) -> int:
        """Index of the class that is explained."""
        return int(self._only("targets"))

    @property
    def target_names(self) -> tuple[str, ...]:
        """What is explained of each picture, as `explain` takes it: the name of a class, or "not" and its name."""
        return tuple(target_name(self.classes[k], sign) for k, sign in zip(self.targets, self.signs, strict=True))

    @property
    def probabilities(self) -> np.ndarray:
        """(N, K): the softmax of the logits, or where each class is a question of its own the sigmoid of each."""
        return self.task.probabilities(self.logits)

    def _only(self, field: str):
        if len(self.targets) != 1:
            raise ValueError(f"sample {self.sample!r} has {len(self.targets)} pictures, not one; use {field!r} instead")
        return getattr(self, field)[0]


def seen(one: MethodMaps, side: int = 64) -> np.ndarray:
    """Return at most side x side values of the heatmap, evenly spaced over the part of the picture the model saw."""
    box, heat = one.views[0], one.heatmaps[0]
    ends = ((box.top, box.height), (box.left, box.width))
    places = [np.linspace(start, start + size - 1, min(side, int(size))).round().astype(int) for start, size in ends]
    return heat[np.ix_(*(place.clip(0, most - 1) for place, most in zip(places, heat.shape, strict=True)))]
