"""How fast the maps are: ratios of medians, both sides measured in turns in one run on one machine."""

from collections.abc import Iterator

import torch

from sqexplain.evaluation.speed import clips, pictures
from sqexplain.evaluation.speed.comparing import Timing, compare

__all__ = ["Timing", "bench"]


def bench(repeats: int = 3, batch: int = 8, size: int = 224, frames: int = 100) -> Iterator[Timing]:
    """Yield one Timing per comparison, on the CPU: ResNet50 for pictures, then the speaker nets for clips.

    All weights are random. Maps are counted from the input of the net to heatmaps at its size. Both sides of a
    comparison run in turns, `repeats` times after one run that does not count; medians are compared.

    Args:
        repeats: measured runs of each side.
        batch: pictures per pass.
        size: side of the pictures in pixels.
        frames: length of the clip.

    Raises:
        ValueError: `repeats`, `batch`, `size` or `frames` is below 1, 1, 32 or 1.
    """
    given = (("repeats", repeats, 1), ("batch", batch, 1), ("size", size, 32), ("frames", frames, 1))
    for name, value, least in given:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"'{name}' must be a whole number from {least} on, not {value!r}")
    machine = f"CPU, {torch.get_num_threads()} threads, {repeats} repeats"
    setting = f"ResNet50 (random weights), {size} px, batch {batch}, {machine}"
    for pair in pictures.pairs(batch, size):
        yield compare(*pair, repeats, setting)
    setting = f"one clip of {frames} frames (random weights), {machine}"
    for pair in clips.pairs(frames):
        yield compare(*pair, repeats, setting)
