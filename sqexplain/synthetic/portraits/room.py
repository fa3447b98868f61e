"""Where a person of a still stands, and the camera: ground, light, softness and grain, all in integers."""

import cv2
import numpy as np
from numpy.random import Generator

from sqexplain.synthetic.portraits.shading import EVEN

COARSE = 4  # the ground is drawn at this fraction of the size, as it is out of focus


def ground(rng: Generator, height: int, width: int) -> np.ndarray:
    """Return a blurred room, wall or garden, (H, W, 3) uint8."""
    high, wide = -(-height // COARSE), -(-width // COARSE)
    base = rng.uniform(45, 215) + rng.uniform(-24, 24, 3)
    clouds = rng.integers(-24, 25, (4, 4, 1)) + base
    small = cv2.resize(_bytes(clouds), (wide, high), interpolation=cv2.INTER_LINEAR_EXACT)
    (_studio, _furniture, _furniture, _lights)[rng.integers(4)](rng, small, base)
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(1.2, 3.0))
    return _enlarge(small, height, width)


def _studio(rng: Generator, small: np.ndarray, base: np.ndarray) -> None:
    """Put a pool of light on the wall."""
    high, wide = small.shape[:2]
    centre = (int(wide * rng.uniform(0.2, 0.8)), int(high * rng.uniform(0.2, 0.6)))
    for radius, more in ((0.8, 12), (0.55, 26), (0.3, 40)):
        cv2.circle(small, centre, int(radius * high), _bytes(base + more).tolist(), -1)


def _furniture(rng: Generator, small: np.ndarray, base: np.ndarray) -> None:
    high, wide = small.shape[:2]
    for _ in range(rng.integers(3, 9)):
        corner = rng.uniform(-0.2, 1, 2) * (wide, high)
        far = corner + rng.uniform(0.08, 0.6, 2) * (wide, high)
        colour = _bytes(base + rng.uniform(-80, 80) + rng.uniform(-30, 30, 3))
        cv2.rectangle(small, corner.astype(int).tolist(), far.astype(int).tolist(), colour.tolist(), -1)


def _lights(rng: Generator, small: np.ndarray, base: np.ndarray) -> None:
    """Strew spots, as leaves or lamps that are out of focus."""
    high, wide = small.shape[:2]
    hue = rng.uniform(-60, 60, 3)
    for _ in range(rng.integers(20, 45)):
        centre = (rng.uniform(-0.1, 1.1, 2) * (wide, high)).astype(int).tolist()
        colour = _bytes(base + hue * rng.uniform(-1, 1) + rng.uniform(-50, 60))
        cv2.circle(small, centre, int(rng.integers(2, 7)), colour.tolist(), -1)


def photograph(rng: Generator, picture: np.ndarray) -> np.ndarray:
    """Return the picture as a camera takes it: a little soft, under slanting light of some warmth, with grain."""
    height, width = picture.shape[:2]
    down, right = (np.linspace(-0.5, 0.5, n) for n in (-(-height // COARSE), -(-width // COARSE)))
    plane = 1 + rng.uniform(-0.35, 0.35) * right[None] + rng.uniform(-0.3, 0.2) * down[:, None]  # (h, w)
    gain = rng.uniform(0.82, 1.05) * (1 + rng.uniform(-0.06, 0.06) * np.array([1, 0.1, -1]))
    light = _enlarge(_bytes(plane[..., None] * gain * EVEN), height, width)  # (H, W, 3)
    soft = cv2.GaussianBlur(picture, (3, 3), rng.uniform(0.45, 0.75))
    lit = cv2.multiply(soft, light, scale=1 / EVEN, dtype=cv2.CV_16S)
    levels = np.rint(np.linspace(-1, 1, 256) * rng.uniform(1.5, 5)).astype(np.int16)
    grain = levels[np.frombuffer(rng.bytes(height * width), np.uint8)].reshape(height, width)
    return cv2.add(lit, cv2.merge([grain] * 3), dtype=cv2.CV_8U)  # saturates


def _bytes(colours: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(colours, 0, 255)).astype(np.uint8)


def _enlarge(small: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return a picture of a quarter of the size in full, smoothed."""
    half = (-(-width // 2), -(-height // 2))
    return cv2.pyrUp(cv2.pyrUp(small, dstsize=half), dstsize=(width, height))
