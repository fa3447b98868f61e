"""Does a heatmap lie where the evidence truly is? For pictures that come with a mask of it, such as `scenes`."""

import cv2
import numpy as np

DILATION = 10  # pixels around the lips that count as mouth, too: the skin there moves with them


def pointing(heatmap: np.ndarray, mask: np.ndarray) -> float:
    """Return 1 where the largest value of (H, W) lies inside the mask (H, W) bool, 0 where outside.

    Several equal maxima count by their share inside (Zhang et al. 2016, https://arxiv.org/abs/1608.00507, without a
    tolerance). NaN where the mask is empty, or the heatmap shows nothing.
    """
    if not mask.any() or not heatmap.max() > 0:
        return float("nan")
    return float(mask[heatmap == heatmap.max()].mean())


def mass_over_area(heatmap: np.ndarray, mask: np.ndarray) -> float:
    """Return the share of the heatmap's mass inside the mask divided by the share of the area: 1 is chance.

    heatmap (H, W) in [0, 1], mask (H, W) bool. NaN where the mask is empty, or the heatmap shows nothing.
    """
    total = float(heatmap.sum())
    if not mask.any() or not total > 0:
        return float("nan")
    return float(heatmap[mask].sum()) / total / float(mask.mean())


def centre_gaussian(height: int, width: int) -> np.ndarray:
    """Return the map (H, W) of somebody who always looks at the centre: a Gaussian of a quarter of the sides."""
    rows, columns = ((np.arange(size) + 0.5) / size - 0.5 for size in (height, width))
    return np.exp(-8 * (rows[:, None] ** 2 + columns[None, :] ** 2)).astype(np.float32)


def dilated(masks: np.ndarray, pixels: int = DILATION) -> np.ndarray:
    """Return masks (..., H, W) bool grown by a disc: every place at most so many pixels from them."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    rows = [cv2.dilate(mask, disc) for mask in masks.astype(np.uint8).reshape(-1, *masks.shape[-2:])]
    return np.array(rows, bool).reshape(masks.shape)


def mean_interval(values: np.ndarray) -> tuple[float, float]:
    """Return the mean and half the width of its 95 % interval, normal approximation; NaN entries are left out."""
    kept = values[np.isfinite(values)]
    if len(kept) < 2:
        return float(kept.mean()) if len(kept) else float("nan"), float("nan")
    return float(kept.mean()), float(1.96 * kept.std(ddof=1) / np.sqrt(len(kept)))
