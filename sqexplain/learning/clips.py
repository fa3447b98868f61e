"""Clips to learn from. B clips, T frames."""

from typing import Protocol

import numpy as np

from sqexplain.classifier import Classifier


class Clips(Protocol):
    """Clips of equal length, as nets take them.

    Attributes:
        frames: (B, T, S, S) uint8 grey.
        audio: (B, 13, 4T) MFCC.
        labels: (B, T) of 0 and 1.
        kinds: (B,) names of how face and audio of a clip belong together.
    """

    frames: np.ndarray
    audio: np.ndarray
    labels: np.ndarray
    kinds: np.ndarray


def check_clips(classifier: Classifier, clips: Clips) -> None:
    """Refuse clips whose labels are not those of the task, one for each frame.

    Raises:
        ValueError: says what is expected.
    """
    rows = clips.frames.shape[0] * clips.frames.shape[1]
    classifier.spec.task.check(clips.labels, rows, len(classifier.classes))
