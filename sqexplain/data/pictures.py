"""Pictures of a data set that are too many to hold: files that are decoded when asked for, used like an array."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from sqexplain import media


class PictureFiles:
    """Files of equally large pictures as what looks like an array (N, H, W, 3) uint8; an index decodes.

    Args:
        files: one picture each.

    Raises:
        ValueError: there is no file, or the first one cannot be read; on an index, that a file cannot be read or has
            another size.
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, files: Sequence[Path]):
        if not files:
            raise ValueError("there is no picture to read")
        self.files = list(files)
        self.shape = (len(self.files), *self._read(self.files[0]).shape)
        self.ndim = len(self.shape)

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int | slice | np.ndarray | list) -> np.ndarray:
        """Return one picture (H, W, 3), or for several indices (n, H, W, 3)."""
        if isinstance(index, int | np.integer):
            return self._checked(self.files[index])
        chosen = self.files[index] if isinstance(index, slice) else [self.files[int(one)] for one in index]
        found = np.empty((len(chosen), *self.shape[1:]), np.uint8)
        with ThreadPoolExecutor() as pool:  # Pillow decodes outside the interpreter's lock
            for place, picture in enumerate(pool.map(self._checked, chosen)):
                found[place] = picture
        return found

    def _checked(self, file: Path) -> np.ndarray:
        picture = self._read(file)
        if picture.shape != self.shape[1:]:
            (height, width), (tall, wide) = picture.shape[:2], self.shape[1:3]
            raise ValueError(f"'{file}' is {width}x{height}, the first picture {wide}x{tall}; they have to be alike")
        return picture

    @staticmethod
    def _read(file: Path) -> np.ndarray:
        return media.decode_image(media.read_bytes(file), file.name)
