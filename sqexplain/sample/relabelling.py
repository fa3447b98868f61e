"""A data set seen with the classes of a net: labels mapped by the names of the classes. K classes of the net."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sqexplain.registry import listing, nearest
from sqexplain.sample.dataset import Dataset
from sqexplain.sample.sample import Sample
from sqexplain.tasks import MULTILABEL


def relabel(data: Dataset, classes: Sequence[str], net: str = "the net") -> Dataset:
    """Return a data set whose labels are those of `classes`, mapped by name; case and "_" do not count.

    The data may have the classes in another order or, with one label for each picture, only some of them; of several
    labels for each picture it may have more. Where either side has numbers for names, the order counts.

    Args:
        data: the data set.
        classes: names of the classes of the net.
        net: what a message calls it.

    Raises:
        ValueError: the data name no classes, one that `classes` lacks, or not all labels that the net answers for.
    """
    classes = tuple(classes)
    if tuple(data.classes) == classes:
        return data
    if not data.classes:
        raise ValueError(f"{data.name!r} has no labels; put each picture into a folder with the name of its class")
    if _numbered(data.classes) or _numbered(classes):
        if len(data.classes) != len(classes):
            raise ValueError(
                f"{data.name!r} has {len(data.classes)} classes and {net} {len(classes)}, and numbers for names; "
                "take a data set with as many classes, or give their names"
            )
        return Relabelled(data, classes, np.arange(len(classes)))
    places = _columns if data.task == MULTILABEL else _indices
    return Relabelled(data, classes, places(data, classes, net))


class Relabelled:
    """A data set with other class indices, or with other columns of labels.

    Args:
        data: the data set.
        classes: names of the K classes.
        places: (k,) the new index of each class of the data; of several labels (K,) the column of each label.
    """

    def __init__(self, data: Dataset, classes: tuple[str, ...], places: np.ndarray):
        self.data, self.classes, self.places = data, classes, places
        self.name, self.task, self.licence, self.source = data.name, data.task, data.licence, data.source

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> Sample:
        sample = self.data[index]
        return sample if sample.labels is None else replace(sample, labels=self._mapped(sample.labels))

    def batches(self, size: int = 250, places: Sequence[int] | None = None) -> Iterator[Any]:
        """Yield pictures and labels of `size` samples at a time, as those of `data`."""
        for pictures, labels in self.data.batches(size, places):
            yield pictures, self._mapped(labels)

    def _mapped(self, labels: np.ndarray) -> np.ndarray:
        if self.task == MULTILABEL:
            return np.ascontiguousarray(labels[..., self.places])
        return np.append(self.places, -1)[labels]  # -1 means unknown, before and after


def _indices(data: Dataset, classes: tuple[str, ...], net: str) -> np.ndarray:
    """Return the index in `classes` of each class of the data (k,)."""
    known = {_folded(name): index for index, name in enumerate(classes)}
    for name in data.classes:
        if _folded(name) not in known:
            raise ValueError(
                f"{data.name!r} has a class {name!r} that {net} does not know.{nearest(name, classes)} "
                f"It has {len(classes)} classes: {listing(classes, 10)}"
            )
    return np.array([known[_folded(name)] for name in data.classes])


def _columns(data: Dataset, classes: tuple[str, ...], net: str) -> np.ndarray:
    """Return the column of the labels of the data for each of `classes` (K,)."""
    known = {_folded(name): index for index, name in enumerate(data.classes)}
    if missing := [name for name in classes if _folded(name) not in known]:
        raise ValueError(
            f"{data.name!r} has no label {missing[0]!r}, one of {len(missing)} that {net} answers for and the data "
            f"lack.{nearest(missing[0], data.classes)} The data have {len(data.classes)}: {listing(data.classes, 10)}"
        )
    return np.array([known[_folded(name)] for name in classes])


def _numbered(classes: Sequence[str]) -> bool:
    """Tell whether the names are only the numbers of the classes."""
    return list(classes) == [str(number) for number in range(len(classes))]


def _folded(name: str) -> str:
    return name.strip().lower().replace("_", " ")
