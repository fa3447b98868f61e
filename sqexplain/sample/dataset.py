"""What a data set is: samples by position, read in batches, with all that a card says of them."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np

from sqexplain.sample.sample import Sample
from sqexplain.tasks import MULTICLASS, Task

Batch = tuple[
    Sequence[np.ndarray] | np.ndarray, np.ndarray
]  # pictures (H, W, 3) uint8 each, labels as the task has them


@runtime_checkable
class Dataset(Protocol):
    """Labelled samples by position.

    Attributes:
        name: what a card calls it.
        classes: names of the classes, in the order of the label values.
        task: what the labels say.
        licence: of the data.
        source: where they come from.
    """

    name: str
    classes: tuple[str, ...]
    task: Task
    licence: str
    source: str

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

    name: ClassVar[str]
    classes: tuple[str, ...]
    task: ClassVar[Task] = MULTICLASS
    licence: ClassVar[str] = ""
    source: ClassVar[str] = ""

    def __len__(self) -> int:
        raise NotImplementedError

    def __getitem__(self, index: int) -> Sample:
        raise NotImplementedError

    def batches(self, size: int = 250, places: Sequence[int] | None = None) -> Iterator[Batch]:
        """Yield pictures and labels of `size` samples at a time, those at `places` in their order, or all."""
        places = range(len(self)) if places is None else places
        for start in range(0, len(places), size):
            samples = [self[int(place)] for place in places[start : start + size]]
            yield [sample.picture for sample in samples], np.stack([label_of(sample) for sample in samples])


def label_of(sample: Sample) -> np.ndarray:
    """Return the label of a sample of one picture: () int64, or (K,) of several labels.

    Raises:
        ValueError: the sample has none.
    """
    if sample.labels is None:
        raise ValueError(f"sample {sample.name!r} has no label; give a data set with labels, such as class folders")
    return sample.labels[0]


def spread(count: int, limit: int | None) -> list[int]:
    """Return at most `limit` places of `count`, evenly spread."""
    return [index * count // limit for index in range(limit)] if limit and limit < count else list(range(count))
