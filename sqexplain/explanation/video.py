"""The files of an explained clip: its overlays as a video with sound, and a table with a row for each frame."""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from sqexplain.drawing import overlay
from sqexplain.explanation.maps import MethodMaps
from sqexplain.media import csv_bytes, write_video

SIDE = 336  # pixels that a crop of a face is enlarged to, so that a player shows more than a stamp


def film(explanation: MethodMaps) -> bytes:
    """Return the overlays of all frames as MP4 (H.264, AAC), with the sound of the clip."""
    return write_video(None, overlays(explanation), explanation.fps, explanation.audio)


def overlays(explanation: MethodMaps) -> Iterator[np.ndarray]:
    """Yield each frame with its heatmap over it; small frames are enlarged by a whole number."""
    height, width = explanation.pictures.shape[1:3]
    size = max(1, round(SIDE / max(height, width)))
    for picture, heatmap in zip(explanation.pictures, explanation.heatmaps, strict=True):
        large = cv2.resize(picture, None, fx=size, fy=size, interpolation=cv2.INTER_CUBIC) if size > 1 else picture
        map_ = cv2.resize(heatmap, large.shape[1::-1], interpolation=cv2.INTER_LINEAR) if size > 1 else heatmap
        yield overlay(large, map_)


def frame_table(explanation: MethodMaps) -> bytes:
    """Return a CSV with a row for each frame: time, probabilities, target, where and how strong the map is.

    `heat` is the mean of the heatmap over the frame, `peak_top` and `peak_left` the place of its maximum in pixels.
    """
    shares = explanation.probabilities  # (T, K)
    names = [f"p_{name.replace(' ', '_')}" for name in explanation.classes]
    rows: list[list[Any]] = [["frame", "seconds", *names, "target", "channels", "heat", "peak_top", "peak_left"]]
    for frame, (share, heatmap) in enumerate(zip(shares, explanation.heatmaps, strict=True)):
        top, left = np.unravel_index(heatmap.argmax(), heatmap.shape)
        channels = None if explanation.channels is None else explanation.channels[frame]
        row: list[Any] = [frame, f"{frame / explanation.fps:.3f}", *(f"{value:.6f}" for value in share)]
        row += [explanation.target_names[frame], channels, f"{heatmap.mean():.6f}", top, left]
        rows.append(row)
    return csv_bytes(rows)
