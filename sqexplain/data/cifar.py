"""CIFAR-10 and CIFAR-100 (Krizhevsky, 2009) as arrays and samples, from any of three layouts on disk.

<split> is train or test:
* folders: `<split>/<class>/*.png|jpg`, one 32x32 picture per file;
* sheets: `<split>/<class>.png|jpg`, 32x32 tiles in rows;
* torchvision's: `cifar-10-batches-py/` or `cifar-100-python/`, as `download` leaves it.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np

from sqexplain import media
from sqexplain.classes import CIFAR10, CIFAR100
from sqexplain.locations import data_folder
from sqexplain.registry import nearest, pick
from sqexplain.sample import PictureDataset, Sample

SPLITS = {"train": True, "test": False}
SIDE = 32


class Cifar(PictureDataset):
    """One split of `Cifar10` or `Cifar100`.

    Args:
        split: "train" or "test".
        root: folder that holds one of the three layouts; without it that of `locations.data_folder(name)`.

    Raises:
        ValueError: the split is unknown, or none of the layouts is found.
    """

    official: ClassVar[str]  # name of torchvision's class
    folder: ClassVar[str]  # what its archive unpacks to
    licence = "free for research; cite Krizhevsky, Learning Multiple Layers of Features, 2009"
    source = "https://www.cs.toronto.edu/~kriz/cifar.html"

    def __init__(self, split: str = "test", root: str | Path | None = None):
        pick(SPLITS, split, "split")
        self.split = split
        self.root = data_folder(self.name, root)
        here = self.root / split
        self._files: list[Path] = []
        if here.is_dir():
            self._files = list_pictures(here, self.classes)
        elif not (self.root / self.folder).is_dir():
            raise ValueError(
                f"no {self.name} in '{self.root}': neither {split}/<class>/*.png, {split}/<class>.png nor "
                f"{self.folder}/. Give 'root', the folder that holds one of them, or open it with download=True"
            )
        self._single = any(path.parent != here for path in self._files)  # one picture per file

    def __len__(self) -> int:
        return len(self._files) if self._single else len(self._arrays[1])

    def __getitem__(self, index: int) -> Sample:
        position = range(len(self))[index]  # IndexError beyond the end, which also ends a for loop
        if self._single:
            path = self._files[position]
            label = self.classes.index(path.parent.name)
            image, number = read_tiles(path)[0], path.stem
        else:
            images, labels = self._arrays
            image, label = images[position], int(labels[position])
            number = f"{np.count_nonzero(labels[:position] == label):04d}"
        return Sample(f"{self.classes[label]}/{number}", image[None], labels=np.array([label]))  # (1, 32, 32, 3)

    def batches(self, size: int = 250, places: Sequence[int] | None = None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield images (n, 32, 32, 3) uint8 and labels (n,) int64; all are read at the first call."""
        images, labels = self._arrays
        chosen = np.arange(len(images)) if places is None else np.asarray(places)
        for start in range(0, len(chosen), size):
            some = chosen[start : start + size]
            yield images[some], labels[some]

    def credit(self, index: int) -> str:  # noqa: ARG002  one answer for all
        """Return the source and the licence of the picture."""
        return f"{self.source}, {self.licence}"

    @cached_property
    def _arrays(self) -> tuple[np.ndarray, np.ndarray]:
        images, labels = self._read_files() if self._files else self._read_official()
        for array in (images, labels):
            array.flags.writeable = False  # shared by every sample
        return images, labels

    def _read_files(self) -> tuple[np.ndarray, np.ndarray]:
        with ThreadPoolExecutor() as pool:  # Pillow decodes outside the interpreter's lock
            tiles = list(pool.map(read_tiles, self._files, chunksize=64))
        names = [path.parent.name if self._single else path.stem for path in self._files]
        labels = [self.classes.index(name) for name in names]
        return np.concatenate(tiles), np.repeat(np.array(labels, np.int64), [len(tile) for tile in tiles])

    def _read_official(self) -> tuple[np.ndarray, np.ndarray]:
        """Read torchvision's layout; the files are pickles, so torchvision compares their checksums before it loads."""
        from torchvision import datasets  # on use only: the other layouts need neither torch nor torchvision

        try:
            official = getattr(datasets, self.official)(self.root, train=SPLITS[self.split], download=False)
        except RuntimeError:
            raise ValueError(
                f"'{self.root / self.folder}' is incomplete or altered: its checksums are not those of {self.name}. "
                "Delete the folder and open the data set with download=True"
            ) from None
        return official.data.copy(), np.array(official.targets, np.int64)


class Cifar10(Cifar):
    """CIFAR-10: 50,000 pictures to train and 10,000 to test, 10 classes."""

    name = "cifar10"
    classes = CIFAR10
    official = "CIFAR10"
    folder = "cifar-10-batches-py"


class Cifar100(Cifar):
    """CIFAR-100: 50,000 pictures to train and 10,000 to test, 100 fine classes in alphabetical order."""

    name = "cifar100"
    classes = CIFAR100
    official = "CIFAR100"
    folder = "cifar-100-python"


def list_pictures(folder: Path, classes: tuple[str, ...]) -> list[Path]:
    """Return the files of `folder` in class order, then by name: class folders, or one sheet per class.

    Raises:
        ValueError: a folder or a sheet is named like no class, or there is no picture at all.
    """
    found = sorted(path for path in folder.iterdir() if path.is_dir() or path.suffix.lower() in media.SUFFIXES)
    folders = [path for path in found if path.is_dir()]
    entries = folders or found
    for entry in entries:
        if entry.stem not in classes:
            raise ValueError(f"'{entry}' is named like no class of the data set.{nearest(entry.stem, classes)}")
    entries.sort(key=lambda entry: classes.index(entry.stem))
    files = entries
    if folders:
        files = [file for entry in entries for file in sorted(entry.iterdir()) if file.suffix.lower() in media.SUFFIXES]
    if not files:
        raise ValueError(f"'{folder}' holds no picture; fill it with <class>/*.png or <class>.png")
    return files


def read_tiles(path: Path) -> np.ndarray:
    """Return (N, 32, 32, 3) uint8: the tiles of a sheet from left to right, then downwards; a single picture is N = 1.

    Raises:
        ValueError: the file cannot be read, or its sides are no multiples of 32.
    """
    sheet = media.decode_image(media.read_bytes(path), path.name, max_side=None)
    rows, columns = sheet.shape[0] // SIDE, sheet.shape[1] // SIDE
    if sheet.shape != (rows * SIDE, columns * SIDE, 3) or rows * columns == 0:
        raise ValueError(f"'{path}' is {sheet.shape[1]}x{sheet.shape[0]}; its sides have to be multiples of {SIDE}")
    tiles = sheet.reshape(rows, SIDE, columns, SIDE, 3).swapaxes(1, 2)  # (rows, columns, 32, 32, 3)
    return tiles.reshape(-1, SIDE, SIDE, 3)  # (N, 32, 32, 3)
