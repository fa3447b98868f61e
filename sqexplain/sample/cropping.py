"""The part of a picture that a net sees: the largest centred box of the net's shape, at the net's size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from sqexplain.progress import Progress

BATCH = 500  # pictures that are cropped between two reports of progress
MOST = 4_000_000_000  # bytes of pictures that are held in memory


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


class CroppedPictures:
    """The pictures of a data set as a net sees them, with their labels, by place.

    After `load` they are in memory where they take at most `MOST` bytes; beyond, they are decoded when taken.

    Args:
        data: a data set of pictures, see `sample.Dataset`.
        shape: height and width that the net sees.
        resize: as in `crop`.
    """

    def __init__(self, data: Any, shape: tuple[int, int], resize: int | None = None):
        self.data, self.shape, self.resize = data, shape, resize
        self.fits = len(data) * shape[0] * shape[1] * 3 <= MOST
        self._images: np.ndarray | None = None
        self._labels = np.empty(0)

    def __len__(self) -> int:
        return len(self.data)

    def load(self) -> Iterator[Progress]:
        """Yield progress while the pictures are read once; where they do not fit into memory nothing is read."""
        if not self.fits or self._images is not None:
            return
        images, labels = np.empty((len(self), *self.shape, 3), np.uint8), []
        done = 0
        for pictures, truth in self.data.batches(BATCH):
            images[done : done + len(pictures)] = crop_all(pictures, self.shape, self.resize)
            labels.append(truth)
            done += len(pictures)
            yield Progress(done, len(self))
        self._images, self._labels = images, np.concatenate(labels)

    def take(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return pictures (n, *shape, 3) uint8 and labels at places (n,), in their order."""
        if self._images is not None:
            return self._images[places], self._labels[places]
        pictures, labels = next(iter(self.data.batches(len(places), places)))
        return crop_all(pictures, self.shape, self.resize), labels
