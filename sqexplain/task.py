"""What logits say: one class of many, or for each of several attributes yes or no."""

import numpy as np


def probabilities(logits: np.ndarray, multilabel: bool = False) -> np.ndarray:
    """Return logits (..., K) as probabilities: softmax over the classes, or with `multilabel` the sigmoid of each."""
    if multilabel:
        return 0.5 * (1 + np.tanh(0.5 * logits))  # the sigmoid without overflow
    shares = np.exp(logits - logits.max(-1, keepdims=True))
    return shares / shares.sum(-1, keepdims=True)
