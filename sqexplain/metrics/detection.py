"""How well scores find the rows that are positive: the average precision of AVA-ActiveSpeaker and WASD."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Precision:
    """Average precision in [0, 1], read in two ways; NaN where no row is positive, because recall is undefined then.

    Attributes:
        grouped: the headline; rows of equal score count together, so that their order decides nothing.
        rows: as the official script reads it, one row after the other. Among rows of equal score the given order
            counts: with all scores equal and a quarter of positives it is 1.00 or 0.25, positives first or last.
        positives: rows with label 1.
        total: all rows.
    """

    grouped: float
    rows: float
    positives: int
    total: int


def average_precision(scores: np.ndarray, labels: np.ndarray) -> Precision:
    """Return the average precision of scores (n,) for labels (n,) of 0 and 1, larger scores first.

    Precision is made non-increasing from the right (the all-point envelope of VOC 2010,
    https://link.springer.com/article/10.1007/s11263-014-0733-5), then summed over the steps of recall.
    `sklearn.metrics.average_precision_score` groups ties in the same way but takes no envelope, so it is never larger
    than `grouped`, and equal where precision never rises with recall.

    Raises:
        ValueError: the shapes differ, a score is NaN, or a label is neither 0 nor 1.
    """
    scores, labels = _checked(np.asarray(scores, np.float64), np.asarray(labels))
    total, positives = len(scores), int(labels.sum())
    if positives == 0:
        return Precision(float("nan"), float("nan"), 0, total)
    order = np.argsort(-scores, kind="stable")
    found = labels[order].astype(np.int64).cumsum()  # (n,) positives among the first rows
    ordered = scores[order]
    last = np.append(ordered[1:] != ordered[:-1], True)  # (n,) last row of each group of equal scores
    seen = np.arange(1, total + 1)
    return Precision(_area(found[last], seen[last], positives), _area(found, seen, positives), positives, total)


def _area(found: np.ndarray, seen: np.ndarray, positives: int) -> float:
    """Return the area under the envelope of precision `found / seen`; the end points (0, 0) and (1, 0) add nothing."""
    envelope = np.maximum.accumulate((found / seen)[::-1])[::-1]
    steps = np.diff(found, prepend=0) / positives
    return float(min((steps * envelope).sum(), 1.0))  # rounding must not lead beyond 1


def _checked(scores: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if scores.ndim != 1 or scores.shape != labels.shape:
        raise ValueError(f"'scores' {scores.shape} and 'labels' {labels.shape} differ; give one of each per row, (n,)")
    if np.isnan(scores).any():
        raise ValueError(f"'scores' holds NaN in {int(np.isnan(scores).sum())} of {len(scores)} rows; give numbers")
    if not np.isin(labels, (0, 1)).all():
        raise ValueError(f"'labels' holds {sorted(set(labels.tolist()))[:5]}; give 1 for a positive row, 0 for others")
    return scores, labels
