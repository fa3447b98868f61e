"""Logits to probabilities, the one place where it is done on arrays."""

import numpy as np


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return the softmax of logits (..., K) over the last axis."""
    shares = np.exp(logits - logits.max(-1, keepdims=True))
    return shares / shares.sum(-1, keepdims=True)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Return the sigmoid of each entry, without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * logits))
