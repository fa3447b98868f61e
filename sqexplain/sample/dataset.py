"""What a data set is: samples by position, read in batches, with all that a card says of them."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from sqexplain.sample.sample import Sample
from sqexplain.tasks import MULTICLASS, Task

Batch = tuple[
    Sequence[np.ndarray] | np.ndarray, np.ndarray
]  # pictures (H, W, 3) uint8 each, labels as the task has them


@runtime_checkable
class Dataset(Protocol):
    """Labelled samples by position."""

    @property
    def name(self) -> str:
        """What a card calls the data set."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, in the order of the label values."""

    @property
    def task(self) -> Task:
        """What the labels say."""

    @property
    def licence(self) -> str:
        """The licence of the data."""

    @property
    def source(self) -> str:
        """Where the data come from."""

    def __len__(self) -> int:
        """Return the number of samples."""

    def __getitem__(self, index: int) -> Sample:
        """Return one sample; IndexError beyond the end."""

    def batches(self, size: int = 250, places: Sequence[int] | None = None) -> Iterator[Any]:
        """Yield pictures and labels of `size` samples at a time, those at `places` in their order, or all.

        Where a sample is a clip, what is yielded has the fields of `sqexplain.synthetic.talkers.Clips`.
        """


class PictureDataset:
    """A data set of pictures that reads its batches sample by sample; a subclass may know a faster way."""

    name: str
    classes: tuple[str, ...]
    task: Task = MULTICLASS
    licence: str = ""
    source: str = ""

    def __len__(self) -> int:
        raise NotImplementedError

    def __getitem__(self, index: int) -> Sample:
        raise NotImplementedError

    def batches(self, size: int = 250, places: Sequence[int] | None = None) -> Iterator[Batch]:
        """Yield pictures and labels of `size` samples at a time, those at `places` in their order, or all."""
        chosen = range(len(self)) if places is None else places
        for start in range(0, len(chosen), size):
            samples = [self[int(place)] for place in chosen[start : start + size]]
            yield [picture_of(sample) for sample in samples], np.stack([label_of(sample) for sample in samples])


def picture_of(sample: Sample) -> np.ndarray:
    """Return the picture (H, W, 3) of a sample.

    Raises:
        ValueError: it is a clip.
    """
    if len(sample.frames) != 1:
        raise ValueError(f"sample {sample.name!r} is a clip of {len(sample.frames)} frames; give pictures to this net")
    return sample.picture


def label_of(sample: Sample) -> np.ndarray:
    """Return the label of a sample of one picture: () int64, or (K,) of several labels.

    Raises:
        ValueError: the sample has none.
    """
    return labels_of(sample)[0]


def labels_of(sample: Sample) -> np.ndarray:
    """Return the labels of a sample: (T,) int64, or (T, K) of several labels.

    Raises:
        ValueError: the sample has none.
    """
    if sample.labels is None:
        raise ValueError(f"sample {sample.name!r} has no label; give a data set with labels, such as class folders")
    return sample.labels


def mask_of(sample: Sample) -> np.ndarray:
    """Return where the evidence of a sample lies, (T, H, W) bool.

    Raises:
        ValueError: the sample does not know it.
    """
    if sample.mask is None:
        raise ValueError(f"sample {sample.name!r} has no mask of the evidence; take a data set with masks")
    return sample.mask


def spread(count: int, limit: int | None) -> list[int]:
    """Return at most `limit` places of `count`, evenly spread; None takes all.

    Raises:
        ValueError: there is nothing to take.
    """
    if count < 1:
        raise ValueError("the data set is empty; give at least one sample")
    if limit is not None and limit < 1:
        raise ValueError(f"'limit' must be a whole number from 1 on, or None for all samples, not {limit!r}")
    return [index * count // limit for index in range(limit)] if limit and limit < count else list(range(count))
