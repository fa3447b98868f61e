"""The faces of a data set that tell most of a net: the surest, the least sure, and those it gets wrong. N pictures."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sqexplain.classifier import Classifier
from sqexplain.recording import record

BATCH = 100


@dataclass(frozen=True, eq=False)
class Answers:
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
    chances: np.ndarray
    labels: np.ndarray
    thresholds: np.ndarray
    of: int

    def gallery(self, attribute: str, count: int = 8) -> dict[str, np.ndarray]:
        """Return the positions of up to `count` pictures of each kind, the most telling first.

        "surest yes", "surest no", "least sure" (next to the threshold), "wrong yes" and "wrong no" (said so, and it is
        not so), the surest errors first.
        """
        k = self.classes.index(attribute)
        chance, truth, threshold = self.chances[:, k], self.labels[:, k] > 0, self.thresholds[k]
        side = np.where(chance >= threshold, (chance - threshold) / (1 - threshold + 1e-9), chance / threshold - 1)
        said = chance >= threshold  # `side` runs from -1, surely no, over 0, the threshold, to 1, surely yes
        kinds = {
            "surest yes": (-side, said),
            "surest no": (side, ~said),
            "least sure": (np.abs(side), np.ones_like(said)),
            "wrong yes": (-side, said & ~truth),
            "wrong no": (side, ~said & truth),
        }
        return {name: self._first(order, chosen, count) for name, (order, chosen) in kinds.items()}

    def _first(self, order: np.ndarray, chosen: np.ndarray, count: int) -> np.ndarray:
        found = np.flatnonzero(chosen)
        return self.places[found[np.argsort(order[found], kind="stable")][:count]]


def ask_all(classifier: Classifier, dataset, limit: int | None = None) -> Iterator[Answers]:
    """Yield what is known after each batch, the whole at last: a view can show the first before the last is there.

    Args:
        dataset: pictures with labels (N, K) as its attribute `labels`, such as `celeba` or `drawn-faces`.
        limit: no more pictures than this, evenly spread.
    """
    total = len(dataset)
    places = np.arange(limit) * total // limit if limit and limit < total else np.arange(total)
    chances = np.empty((len(places), len(classifier.classes)), np.float32)
    truth = np.asarray(dataset.labels)[places]
    for start in range(0, len(places), BATCH):
        part = slice(start, min(start + BATCH, len(places)))
        pictures = np.stack([dataset[int(place)].picture for place in places[part]])
        inputs = classifier.prepare_frames(pictures).inputs
        with classifier.lock:
            logits = record(classifier.net, inputs, classifier.blocks, gradients=False)[0]
        chances[part] = classifier.spec.task.probabilities(logits.cpu().numpy())
        done = slice(part.stop)
        known = places[done], chances[done].copy(), truth[done], classifier.thresholds
        yield Answers(tuple(classifier.classes), *known, len(places))
