"""The most and least confident predictions of a net on a data set, and its errors. N pictures."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sqexplain.classifier import Classifier
from sqexplain.recording import record

BATCH = 100


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a net says of each picture of a data set, and what is true.

    Attributes:
        places: (n,) the position of each picture in the data set.
        chances: (n, K) probabilities.
        labels: (n, K) 0 and 1.
        thresholds: (K,) from which a probability is a yes.
        of: how many pictures there will be in the end.
    """

    classes: tuple[str, ...]
    places: np.ndarray
    probabilities: np.ndarray
    labels: np.ndarray
    thresholds: np.ndarray
    of: int

    def gallery(self, attribute: str, count: int = 8) -> dict[str, np.ndarray]:
        """Return the positions of up to `count` pictures of each kind, the most telling first.

        "most confident yes", "most confident no", "least confident" (next to the threshold), "false yes" and
        "false no" (the answer contradicts the label), the most confident errors first.
        """
        k = self.classes.index(attribute)
        probability, truth, threshold = self.probabilities[:, k], self.labels[:, k] > 0, self.thresholds[k]
        positive = probability >= threshold
        above = (probability - threshold) / (1 - threshold + 1e-9)
        side = np.where(positive, above, probability / threshold - 1)  # -1 surely no, 0 the threshold, 1 surely yes
        kinds = {
            "most confident yes": (-side, positive),
            "most confident no": (side, ~positive),
            "least confident": (np.abs(side), np.ones_like(positive)),
            "false yes": (-side, positive & ~truth),
            "false no": (side, ~positive & truth),
        }
        return {name: self._first(order, chosen, count) for name, (order, chosen) in kinds.items()}

    def _first(self, order: np.ndarray, chosen: np.ndarray, count: int) -> np.ndarray:
        found = np.flatnonzero(chosen)
        return self.places[found[np.argsort(order[found], kind="stable")][:count]]


def predict_all(classifier: Classifier, dataset, limit: int | None = None) -> Iterator[Predictions]:
    """Yield what is known after each batch, the whole at last: a view can show the first before the last is there.

    Args:
        dataset: pictures with labels (N, K) as its attribute `labels`, such as `celeba` or `drawn-faces`.
        limit: no more pictures than this, evenly spread.
    """
    total = len(dataset)
    places = np.arange(limit) * total // limit if limit and limit < total else np.arange(total)
    probabilities = np.empty((len(places), len(classifier.classes)), np.float32)
    truth = np.asarray(dataset.labels)[places]
    for start in range(0, len(places), BATCH):
        part = slice(start, min(start + BATCH, len(places)))
        pictures = np.stack([dataset[int(place)].picture for place in places[part]])
        inputs = classifier.prepare_frames(pictures).inputs
        with classifier.lock:
            logits = record(classifier.net, inputs, classifier.blocks, gradients=False)[0]
        probabilities[part] = classifier.spec.task.probabilities(logits.cpu().numpy())
        done = slice(part.stop)
        known = places[done], probabilities[done].copy(), truth[done], classifier.thresholds
        yield Predictions(tuple(classifier.classes), *known, len(places))
