"""The part of a picture that a net sees: the largest centred box of the net's shape, at the net's size."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class CropBox:
    """The box of the original picture that the net saw, in its pixels: top, left, height, width."""

    top: float
    left: float
    height: float
    width: float


def crop(frame: np.ndarray, shape: tuple[int, int], resize: int | None = None) -> tuple[np.ndarray, CropBox]:
    """Return the centred box of a (H, W, 3) picture at the size of the net, and where it lies in the picture.

    Args:
        frame: (H, W, 3) uint8.
        shape: height and width that the net sees.
        resize: the box is `shape[0] / resize` of the largest one (the ImageNet habit); None takes the largest.
    """
    height, width = frame.shape[:2]
    scale = min(height / shape[0], width / shape[1]) * (shape[0] / resize if resize else 1)  # pixels for one of the net
    tall, wide = shape[0] * scale, shape[1] * scale
    top, left = (height - tall) / 2, (width - wide) / 2
    if (height, width) == shape and scale == 1:
        return np.ascontiguousarray(frame), CropBox(0, 0, *shape)
    if scale > 1:  # area filter: first the box of whole pixels, then the average, so that nothing aliases
        y0, x0, rows, columns = round(top), round(left), max(round(tall), 1), max(round(wide), 1)
        y0, x0 = min(y0, height - rows), min(x0, width - columns)
        box = np.ascontiguousarray(frame[y0 : y0 + rows, x0 : x0 + columns])
        return cv2.resize(box, shape[::-1], interpolation=cv2.INTER_AREA), CropBox(y0, x0, rows, columns)
    shift = np.array([[scale, 0, left + scale / 2 - 0.5], [0, scale, top + scale / 2 - 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    picture = cv2.warpAffine(frame, shift, shape[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return picture, CropBox(top, left, tall, wide)


def crop_all(
    pictures: Sequence[np.ndarray] | np.ndarray, shape: tuple[int, int], resize: int | None = None
) -> np.ndarray:
    """Return pictures, each (H, W, 3) uint8 of any size, as the net sees them, (N, *shape, 3); see `crop`."""
    if isinstance(pictures, np.ndarray) and pictures.shape[1:3] == shape and resize is None:
        return pictures
    return np.stack([crop(picture, shape, resize)[0] for picture in pictures])
