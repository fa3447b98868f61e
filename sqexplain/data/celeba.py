"""CelebA (Liu et al., 2015): aligned faces and forty attributes of each, from the folder that a user has.

Three layouts on disk: torchvision's and the authors', `img_align_celeba/` beside `list_attr_celeba.txt` and
`list_eval_partition.txt` (or the same tables as .csv), in the folder itself or in `celeba/` within it; and a part of
the set, `images/` beside `attributes.csv`, which has no partition: there the first 15 % of the faces are "test", the
last 5 % "validation" and the others "train".
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from sqexplain.classes import CELEBA
from sqexplain.data.attributes import Table, read_partition, read_table
from sqexplain.data.pictures import PictureFiles
from sqexplain.locations import data_folder
from sqexplain.registry import nearest, pick
from sqexplain.sample import PictureDataset, Sample
from sqexplain.tasks import MULTILABEL

SPLITS = {"train": 0, "validation": 1, "test": 2, "all": None}  # numbers of list_eval_partition
TEST, VALIDATION = 0.15, 0.05  # shares of a part of the set that has no partition
PICTURES = ("img_align_celeba/img_align_celeba", "img_align_celeba", "images")
TABLES = ("list_attr_celeba.txt", "list_attr_celeba.csv", "attributes.csv")
PARTITIONS = ("list_eval_partition.txt", "list_eval_partition.csv")


class Celeba(PictureDataset):
    """CelebA: aligned faces with forty attributes each; split "train", "validation", "test" or "all".

    Args:
        split: as the authors divide the set.
        root: folder that holds one of the layouts; without it that of `locations.data_folder("celeba")`.

    Raises:
        ValueError: the split is unknown, there is none of the layouts, or its table does not fit the pictures.
    """

    name = "celeba"
    classes = CELEBA
    task = MULTILABEL
    folder = "celeba"  # of torchvision's download
    licence = "non-commercial research only; cite Liu et al., Deep Learning Face Attributes in the Wild, 2015"
    source = "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html"

    def __init__(self, split: str = "test", root: str | Path | None = None):
        pick(SPLITS, split, "split")
        self.split = split
        self.root = find_root(data_folder(self.name, root))
        self._pictures = next(self.root / name for name in PICTURES if (self.root / name).is_dir())
        table = read_table(next(self.root / name for name in TABLES if (self.root / name).is_file()))
        self._rows = self._chosen(table)
        self._names = [table.names[row] for row in self._rows]
        self.labels = ordered(table)[self._rows]  # (N, 40) int64 of 0 and 1
        self.labels.flags.writeable = False
        check_pictures(self._names, self._pictures, table.path)

    def _chosen(self, table: Table) -> np.ndarray:
        """Return the rows of the table that belong to the split."""
        if self.split == "all":
            return np.arange(len(table.names))
        path = next((self.root / name for name in PARTITIONS if (self.root / name).is_file()), None)
        if path is not None:
            parts = read_partition(path, table)
        else:
            place = np.arange(len(table.names)) / len(table.names)
            parts = np.where(place < TEST, 2, np.where(place >= 1 - VALIDATION, 1, 0))
        return np.flatnonzero(parts == SPLITS[self.split])

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, index: int) -> Sample:
        position = range(len(self))[index]
        picture = self._files[position]  # (H, W, 3)
        name = f"celeba/{Path(self._names[position]).stem}"
        return Sample(name, picture[None], labels=self.labels[position][None])  # (1, H, W, 3), (1, 40)

    def batches(self, size: int = 250, places: Sequence[int] | None = None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield pictures (n, H, W, 3) uint8 as they are decoded and labels (n, 40) int64 of 0 and 1."""
        chosen = np.arange(len(self)) if places is None else np.asarray(places)
        for start in range(0, len(chosen), size):
            some = chosen[start : start + size]
            yield self._files[some], self.labels[some]

    def credit(self, index: int) -> str:  # noqa: ARG002  one answer for all
        """Return the source and the licence of the picture."""
        return f"{self.source}, {self.licence}"

    @cached_property
    def _files(self) -> PictureFiles:
        return PictureFiles([self._pictures / name for name in self._names])


def find_root(root: Path) -> Path:
    """Return `root`, or `celeba` within it, whichever holds pictures and a table.

    Raises:
        ValueError: neither does; the message says what is missing.
    """
    for folder in (root, root / "celeba"):
        if any((folder / name).is_dir() for name in PICTURES) and any((folder / name).is_file() for name in TABLES):
            return folder
    raise ValueError(
        f"no celeba in '{root}': it needs img_align_celeba/ with list_attr_celeba.txt and list_eval_partition.txt, or "
        "images/ with attributes.csv. Give 'root', the folder that holds them, or open it with download=True"
    )


def ordered(table: Table) -> np.ndarray:
    """Return the labels (N, 40) of a table in the order of `CELEBA`.

    Raises:
        ValueError: an attribute is missing from the table, or one of its columns is none of the forty.
    """
    for column in table.attributes:
        if column not in CELEBA:
            raise ValueError(
                f"'{table.path}' has a column {column!r}, no attribute of CelebA.{nearest(column, CELEBA)}"
            )
    if missing := [name for name in CELEBA if name not in table.attributes]:
        raise ValueError(f"'{table.path}' lacks {len(missing)} of the 40 attributes of CelebA, first {missing[0]!r}")
    return np.ascontiguousarray(table.labels[:, [table.attributes.index(name) for name in CELEBA]])


def check_pictures(names: list[str], folder: Path, table: Path) -> None:
    """Refuse a table that names pictures which are not there, or a split without any.

    Raises:
        ValueError: as said.
    """
    if not names:
        raise ValueError(f"'{table}' names no picture of this split; take another split")
    there = {path.name for path in folder.iterdir()}
    if missing := [name for name in names if name not in there]:
        raise ValueError(
            f"'{table.name}' does not fit the pictures: {len(missing):,} of the {len(names):,} that it names are not "
            f"in '{folder}', first {missing[0]!r}; unpack the pictures whole, or take the table that belongs to them"
        )
