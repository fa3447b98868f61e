"""Where faces are in one picture: the cascade of Viola and Jones that OpenCV ships, frontal faces only.

Of the detectors that need no download, `frontalface_alt2` was the fastest to find every face of the test clips; it made
no false box there.
"""

import cv2
import numpy as np
from cv2.data import haarcascades

SIDE = 640  # longer side of the picture that is searched
SMALLEST = 0.08  # side of a face as a share of the picture's height
CASCADE = "haarcascade_frontalface_alt2.xml"
AROUND = 0.4  # of a face's side, searched on each side of where it was
SAME = 0.3  # overlap from which two boxes are one face


class Detector:
    """Finds frontal faces; one object serves one thread.

    Raises:
        ValueError: OpenCV came without its cascades.
    """

    def __init__(self):
        self._cascade = cascade(CASCADE)

    def search(self, grey: np.ndarray) -> np.ndarray:
        """Return boxes (n, 4) float32 top, left, height, width of all faces in (H, W) uint8."""
        side = max(16, round(SMALLEST * grey.shape[0]))
        return self._find(grey, 1.1, side, max(grey.shape))

    def follow(self, grey: np.ndarray, boxes: np.ndarray) -> np.ndarray:
        """Return boxes (n, 4) of the faces near `boxes`, where they were a moment before; much faster than `search`."""
        found = np.zeros((0, 4), np.float32)
        for top, left, height, width in boxes:
            y, x = max(0, int(top - AROUND * height)), max(0, int(left - AROUND * width))
            window = grey[y : int(top + (1 + AROUND) * height), x : int(left + (1 + AROUND) * width)]
            if min(window.shape) >= 16:
                near = self._find(window, 1.1, int(0.75 * height), int(1.35 * height))
                found = np.concatenate([found, near + np.array([y, x, 0, 0], np.float32)])
        return _distinct(found)

    def _find(self, grey: np.ndarray, step: float, smallest: int, largest: int) -> np.ndarray:
        found = self._cascade.detectMultiScale(
            np.ascontiguousarray(grey), step, 3, minSize=(smallest, smallest), maxSize=(largest, largest)
        )
        return np.array(found, np.float32).reshape(-1, 4)[:, [1, 0, 3, 2]]  # OpenCV says left, top, width, height


def cascade(name: str) -> cv2.CascadeClassifier:
    """Return a detector that OpenCV ships.

    Raises:
        ValueError: it is not there.
    """
    found = cv2.CascadeClassifier(haarcascades + name)
    if found.empty():
        raise ValueError(f"OpenCV has no file '{name}'; install opencv-python-headless<5")
    return found


def find_faces(picture: np.ndarray) -> np.ndarray:
    """Return boxes (n, 4) float32 top, left, height, width of the frontal faces in (H, W, 3) uint8, largest first."""
    height, width = picture.shape[:2]
    factor = min(1.0, SIDE / max(height, width))
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else picture
    boxes = Detector().search(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)) / np.float32(factor)
    return boxes[np.argsort(-boxes[:, 2] * boxes[:, 3], kind="stable")]


def overlaps(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return area in common over area in all, (n, m), of boxes (n, 4) and (m, 4) top, left, height, width."""
    first, second = first[:, None], second[None]  # (n, 1, 4), (1, m, 4)
    low = np.maximum(first[..., :2], second[..., :2])
    high = np.minimum(first[..., :2] + first[..., 2:], second[..., :2] + second[..., 2:])
    common = np.clip(high - low, 0, None).prod(2)
    return common / (first[..., 2:].prod(2) + second[..., 2:].prod(2) - common)


def _distinct(boxes: np.ndarray) -> np.ndarray:
    """Keep of boxes that overlap only the first."""
    kept: list[int] = []
    for number in range(len(boxes)):
        if not len(kept) or overlaps(boxes[[number]], boxes[kept]).max() < SAME:
            kept.append(number)
    return boxes[kept]
