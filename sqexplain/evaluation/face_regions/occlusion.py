"""What the net needs: one part of a face after the other is blurred away, and the net is asked again.

A heatmap says where channels are active; only a change of the picture shows what the answer depends on. N pictures, R
parts, K classes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from sqexplain.classifier import Classifier
from sqexplain.evaluation.face_regions.template import parts
from sqexplain.recording import record
from sqexplain.sample import Sample

BLUR = 0.12  # standard deviation as a share of the picture's width: nothing of a mouth or of glasses is left
SOFT = 0.012  # the same of the edge of what is blurred, so that no new edge is made
BATCH = 64  # pictures that are asked at once


@dataclass(frozen=True, eq=False)
class Occlusion:
    """What the net says of a face with one part blurred; logits and chances (K,), and those of the whole face."""

    region: str
    picture: np.ndarray  # (H, W, 3) uint8
    logits: np.ndarray
    probabilities: np.ndarray
    whole_logits: np.ndarray
    whole_probabilities: np.ndarray

    @property
    def change(self) -> np.ndarray:
        """How much each logit (K,) changed; negative where the part spoke for the attribute."""
        return self.logits - self.whole_logits


def cover(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return (H, W, 3) uint8 with what lies in the mask (H, W) bool blurred, with a soft edge."""
    width = picture.shape[1]
    blurred = cv2.GaussianBlur(picture, (0, 0), BLUR * width, borderType=cv2.BORDER_REFLECT)
    weight = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), SOFT * width)[..., None]  # (H, W, 1)
    return np.rint(picture * (1 - weight) + blurred * weight).astype(np.uint8)


def occlude(classifier: Classifier, sample: Sample) -> list[Occlusion]:
    """Return what the net says of an aligned face when each of `REGIONS` is blurred, for all classes at once."""
    masks = parts(*sample.frames.shape[1:3])
    pictures = [cover(sample.picture, mask) for mask in masks.values()]
    logits = _logits(classifier, np.stack([sample.picture, *pictures]))  # (1 + R, K)
    probabilities = classifier.spec.task.probabilities(logits)
    return [
        Occlusion(name, picture, logits[row], probabilities[row], logits[0], probabilities[0])
        for row, (name, picture) in enumerate(zip(masks, pictures, strict=True), 1)
    ]


def occlusions(classifier: Classifier, pictures: np.ndarray) -> np.ndarray:
    """Return the change of each logit when each part is blurred, (N, R, K), for aligned pictures (N, H, W, 3)."""
    masks = parts(*pictures.shape[1:3]).values()
    whole = _logits(classifier, pictures)  # (N, K)
    covered = [_logits(classifier, np.stack([cover(one, mask) for one in pictures])) for mask in masks]
    return np.stack(covered, 1) - whole[:, None]  # (N, R, K)


def _logits(classifier: Classifier, pictures: np.ndarray) -> np.ndarray:
    return np.concatenate(list(_batches(classifier, pictures)))


def _batches(classifier: Classifier, pictures: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(pictures), BATCH):
        inputs = classifier.prepare_frames(pictures[start : start + BATCH]).inputs
        with classifier.lock:
            yield record(classifier.net, inputs, classifier.blocks, gradients=False)[0].cpu().numpy()
