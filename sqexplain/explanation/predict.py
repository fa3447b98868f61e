"""The answer alone, without a map: how sure the net is of a class in every frame."""

import numpy as np
import torch

from sqexplain.classifier import Classifier
from sqexplain.explanation.explainer import BatchRunner, clip_passes, picture_passes
from sqexplain.explanation.targets import Target, picture_targets
from sqexplain.methods import parse
from sqexplain.recording import PREDICTED
from sqexplain.sample import Sample
from sqexplain.tasks import probabilities

BATCH = 32


def predict_frames(classifier: Classifier, sample: Sample, target: Target = None) -> np.ndarray:
    """Return the probability (T,) float32 of the target in every frame; of "not NAME" that of the opposite.

    Raises:
        ValueError: as for `explain`.
    """
    targets, signs = picture_targets(classifier, [sample], [target])
    passes = BatchRunner(classifier, (parse("mean"),))
    work = clip_passes if classifier.spec.streams else picture_passes
    work(passes, [sample], targets, signs, BATCH)
    passes.join()
    shares = torch.tensor(probabilities(passes.logits, classifier.spec.multilabel))  # (T, K)
    asked = torch.where(targets == PREDICTED, shares.argmax(1), targets)
    found = shares.gather(1, asked[:, None])[:, 0]
    return torch.where(signs < 0, 1 - found, found).numpy()
