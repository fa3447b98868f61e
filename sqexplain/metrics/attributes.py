"""How well logits answer several yes-or-no questions at once: pure functions. N pictures, K attributes."""

import numpy as np


def auc(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the area under the ROC curve of scores (N,) for labels (N,) of 0 and 1; NaN where all are alike."""
    if len(np.unique(labels)) < 2:
        return float("nan")
    from sklearn.metrics import roc_auc_score  # on use only: it is slow to import, and tasks stand behind every net

    return float(roc_auc_score(labels, scores))


def aucs(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the area under the ROC curve of each attribute (K,), for scores and labels (N, K)."""
    return np.array([auc(scores[:, k], labels[:, k]) for k in range(labels.shape[1])])


def accuracies(probabilities: np.ndarray, labels: np.ndarray, thresholds: np.ndarray | float = 0.5) -> np.ndarray:
    """Return the share of right answers for each attribute (K,): yes from the threshold on.

    probabilities and labels (N, K), thresholds (K,) or one for all.
    """
    return ((probabilities >= thresholds) == (labels > 0)).mean(0)


def balanced_accuracies(
    probabilities: np.ndarray, labels: np.ndarray, thresholds: np.ndarray | float = 0.5
) -> np.ndarray:
    """Return for each attribute (K,) the mean of the shares right among the pictures with it and without it.

    A net that always says the more frequent answer has 0.5. NaN where all labels are alike.
    """
    right, yes = (probabilities >= thresholds) == (labels > 0), labels > 0
    with np.errstate(invalid="ignore"):
        return ((right & yes).sum(0) / yes.sum(0) + (right & ~yes).sum(0) / (~yes).sum(0)) / 2


def majority(labels: np.ndarray) -> np.ndarray:
    """Return for each attribute (K,) the accuracy of always saying the more frequent answer in labels (N, K)."""
    share = (labels > 0).mean(0)
    return np.maximum(share, 1 - share)
