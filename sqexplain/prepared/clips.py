"""The gates of the models for clips on each drawn demo clip: how much their mean varies from clip to clip."""

import numpy as np

from sqexplain.classifier import Classifier
from sqexplain.data import open_dataset
from sqexplain.explanation import read


def mean_gates(classifier: Classifier) -> list[list[float]]:
    """Return the mean of the gates over the frames of each demo clip, (clips, C) float32 as numbers.

    Raises:
        ValueError: the model has no gates.
    """
    data, found = open_dataset("talkers", "demo"), []
    for index in range(len(data)):
        gates = read(classifier, data[index]).gates
        if gates is None:
            raise ValueError(f"{classifier.spec.name!r} was loaded without gates; choose other 'gates'")
        found.append(np.asarray(gates.mean(0), np.float32).tolist())
    return found
