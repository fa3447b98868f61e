"""Pictures of any size at the size that a net sees: all at once where they fit into memory, else when asked for."""

from collections.abc import Generator

import numpy as np

from sqexplain.classifier import Classifier
from sqexplain.progress import Progress
from sqexplain.sample.cropping import crop

BATCH = 500
MOST = 4_000_000_000  # bytes that are held at once


class Fitted:
    """Pictures (N, H, W, 3) seen as (N, *shape, 3) uint8, cropped when asked for.

    Args:
        images: an array, or what takes an index like one.
        shape: height and width of what the net sees.
        resize: as in `Spec`.
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, images, shape: tuple[int, int], resize: int | None = None):
        self.images, self.size, self.resize = images, shape, resize
        self.shape = (len(images), *shape, 3)
        self.ndim = 4

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: slice | np.ndarray | list) -> np.ndarray:
        """Return the pictures of several indices, (n, *shape, 3)."""
        return np.stack([crop(picture, self.size, self.resize)[0] for picture in self.images[index]])


def fit(classifier: Classifier, images, most: int = MOST) -> Generator[Progress, None, np.ndarray | Fitted]:
    """Yield progress and return the pictures at the size of the net: (N, height, width, 3) uint8.

    Args:
        images: (N, H, W, 3) uint8, or what takes an index like such an array.
        most: bytes up to which the result is held in memory; beyond it is made anew for each batch.
    """
    shape = classifier.spec.shape
    if isinstance(images, np.ndarray) and images.shape[1:3] == shape and classifier.spec.resize is None:
        return images
    fitted = Fitted(images, shape, classifier.spec.resize)
    if np.prod(fitted.shape, dtype=np.int64) > most:
        return fitted
    found = np.empty(fitted.shape, np.uint8)
    for start in range(0, len(fitted), BATCH):
        part = slice(start, min(start + BATCH, len(fitted)))
        found[part] = fitted[part]
        yield Progress(part.stop, len(fitted))
    return found
