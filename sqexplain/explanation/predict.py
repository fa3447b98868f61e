"""Probabilities alone, without a map: how sure the net is of a class in every frame."""

import numpy as np
import torch

from sqexplain.classifier import Classifier
from sqexplain.explanation.batches import BatchRunner
from sqexplain.explanation.targets import Target, picture_targets
from sqexplain.recording import PREDICTED
from sqexplain.sample import Sample

BATCH = 32


def predict_frames(classifier: Classifier, sample: Sample, target: Target = None) -> np.ndarray:
    """Return the probability (T,) float32 of the target in every frame; of "not NAME" that of the opposite.

    Raises:
        ValueError: as for `explain`.
    """
    targets, signs = picture_targets(classifier, [sample], [target])
    (result,) = BatchRunner(classifier).run([sample], targets, signs, BATCH)
    each = torch.tensor(classifier.spec.task.probabilities(result.logits.numpy()))  # (T, K)
    classes = torch.where(targets == PREDICTED, each.argmax(1), targets)
    chosen = each.gather(1, classes[:, None])[:, 0]
    return torch.where(signs < 0, 1 - chosen, chosen).numpy()
