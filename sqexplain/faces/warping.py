"""Similarities of the plane, turn, scale and shift, and pictures drawn through them; x before y, as OpenCV has it."""

import cv2
import numpy as np


def similarity(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the only similarity (2, 3) that takes two points (2, 2) to two others."""
    here, there = (complex(*(points[1] - points[0])) for points in (source, target))
    turn = there / here  # as complex numbers a turn with a change of scale is one product
    linear = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.c_[linear, target[0] - linear @ source[0]]


def about(centre: np.ndarray, zoom: float, degrees: float, shift: np.ndarray) -> np.ndarray:
    """Return the similarity (2, 3) that turns clockwise and zooms about a point (2,), then shifts by (2,) pixels."""
    angle = np.deg2rad(degrees)
    linear = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.c_[linear, centre - linear @ centre + shift]


def compose(second: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return the map (2, 3) that does `first` and then `second`."""
    return second @ np.vstack([first, [0, 0, 1]])


def mapped(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return points (n, 2) where a map (2, 3) takes them."""
    return points @ matrix[:, :2].T + matrix[:, 2]


def inverse(matrix: np.ndarray) -> np.ndarray:
    """Return the map (2, 3) that goes back."""
    return cv2.invertAffineTransform(matrix)


def magnification(matrix: np.ndarray) -> float:
    """Return how many pixels long one pixel becomes."""
    return float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))


def scaling(across: float, down: float) -> np.ndarray:
    """Return the map (2, 3) of `cv2.resize`, which keeps the corners of the picture, not the centres of its pixels."""
    return np.array([[across, 0, across / 2 - 0.5], [0, down, down / 2 - 0.5]])


def warp(picture: np.ndarray, matrix: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return a picture (H, W, ...) drawn through a map onto (height, width, ...); its edge continues beyond it.

    Aligned CelebA faces have such edges, so a net knows them.
    """
    factor = magnification(matrix)
    if factor < 0.8:  # a warp looks at single pixels: what gets much smaller is averaged before
        size = [max(1, round(side * factor)) for side in picture.shape[1::-1]]
        shrunk = scaling(size[0] / picture.shape[1], size[1] / picture.shape[0])
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        matrix = compose(matrix, inverse(shrunk))
    return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
