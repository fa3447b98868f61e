"""Data of other libraries as data sets: arrays, torchvision, Hugging Face, lists of samples. N samples, K classes."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from torch import Tensor

from sqexplain.registry import listing, pick
from sqexplain.sample.dataset import Dataset, PictureDataset
from sqexplain.sample.pixels import to_rgb
from sqexplain.sample.sample import Sample
from sqexplain.tasks import MULTICLASS, MULTILABEL, PER_FRAME, TASKS, Task

PICTURE_KEYS = ("picture", "image", "img", "pixel_values")
LABEL_KEYS = ("label", "labels", "target", "targets")
ALLOWED = (
    "give a data set of sqexplain, (images, labels), a list of samples, a torch data set of (picture, label) such as "
    "torchvision's ImageFolder, or one split of a Hugging Face data set"
)


def as_dataset(
    data: Any, classes: Sequence[str] | None = None, task: Task | str | None = None, name: str | None = None
) -> Dataset:
    """Return data of another library as a data set, which reads a picture when it is asked for and not before.

    Args:
        data: a data set, returned as it is; (images, labels); a sequence of samples; a torch data set whose items are
            (picture, label) or dicts of both; a Hugging Face data set with a column of pictures and one of labels.
            Pictures are as in `to_rgb`; labels are class indices, or (K,) of 0 and 1 for several labels.
        classes: names in the order of the label values, for data that bring none.
        task: what the labels say, or its key in `TASKS`, for data that do not say it; without it their form says it.
        name: what a card calls the data.

    Raises:
        ValueError: it is none of these, has no labels, or names no classes and `classes` is not given; when a sample is
            read, its picture or label is not of the allowed form.
    """
    if isinstance(data, PictureDataset | Dataset):
        return data
    task = pick(TASKS, task, "task") if isinstance(task, str) else task
    if isinstance(data, tuple) and len(data) == 2 and not isinstance(data[0], Sample):
        return _of_arrays(*data, classes, task, name)
    if isinstance(data, Mapping):
        raise ValueError(f"the data have several parts: {listing(data)}; give one of them, such as data['test']")
    if hasattr(data, "features") and hasattr(data, "column_names"):
        return _of_columns(data, classes, task, name)
    if not (hasattr(type(data), "__len__") and hasattr(type(data), "__getitem__")) or isinstance(data, str | bytes):
        raise ValueError(f"a {type(data).__name__} is no data set whose samples have places; {ALLOWED}")
    return Adapted(data, classes=classes, task=task, name=name)


class Adapted(PictureDataset):
    """Any sequence of samples, of (picture, label) or of dicts of both, as a data set.

    Args:
        items: the sequence, whose items are read when they are asked for.
        picture, label: keys of an item that is a dict; without them the usual ones are looked for.
        sets: whether a label is a list of the indices of the classes that apply.

    The others are those of `as_dataset`, which says more.
    """

    def __init__(
        self,
        items: Any,
        picture: str | None = None,
        label: str | None = None,
        sets: bool = False,
        classes: Sequence[str] | None = None,
        task: Task | None = None,
        name: str | None = None,
    ):
        self.items, self.sets = items, sets
        self._keys = ((picture,) if picture else ()) + PICTURE_KEYS, ((label,) if label else ()) + LABEL_KEYS
        own = _attribute(items, "task")
        self._task = MULTILABEL if sets else own if isinstance(own, Task) else task
        about = getattr(items, "info", None)  # of a Hugging Face data set
        self.name = name or getattr(items, "name", None) or getattr(about, "dataset_name", None) or type(items).__name__
        self.licence = str(getattr(items, "licence", "") or getattr(about, "license", ""))
        self.source = str(getattr(items, "source", "") or getattr(about, "homepage", ""))
        self.classes = tuple(_attribute(items, "classes") or classes or ())
        if not len(items):
            raise ValueError(f"{self.name!r} holds no sample")
        if not self.classes:
            raise ValueError(f"{self.name!r} names no classes; give 'classes', names in the order of the label values")

    @cached_property
    def task(self) -> Task:  # type: ignore[override]  # found on demand; a cached property can be written to, too
        """What the labels say; where nobody said it, the first sample is read to find out."""
        if self._task is not None:
            return self._task
        item = self.items[0]
        if isinstance(item, Sample):
            return MULTILABEL if item.labels is not None and item.labels.ndim == 2 else _by_length(item)
        return MULTILABEL if np.ndim(_plain(self._parts(item, self._place(0))[1])) else MULTICLASS

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Sample:
        position = range(len(self))[index]  # IndexError beyond the end, which also ends a for loop
        item, place = self.items[position], self._place(position)
        if isinstance(item, Sample):
            return item
        picture, label = self._parts(item, place)
        return Sample(f"{self.name}/{position:04d}", to_rgb(picture, place)[None], labels=self._label(label, place))

    def _place(self, position: int) -> str:
        return f"sample {position} of {self.name!r}"

    def _parts(self, item: Any, place: str) -> tuple[Any, Any]:
        """Return picture and label of an item."""
        if isinstance(item, Mapping):
            found = [next((key for key in keys if key in item), None) for keys in self._keys]
            if None not in found:
                return item[found[0]], item[found[1]]
            raise ValueError(
                f"{place} has the keys {listing(item)}; it needs a picture ({listing(self._keys[0])}) and a label "
                f"({listing(self._keys[1])})"
            )
        if not isinstance(item, tuple | list) or len(item) != 2:
            raise ValueError(f"{place} is a {type(item).__name__} without a label; give pairs of picture and label")
        return item[0], item[1]

    def _label(self, label: Any, place: str) -> np.ndarray:
        """Return the label as samples have it: (1,) int64, or (1, K) of 0 and 1."""
        if self.task == PER_FRAME:
            raise ValueError(f"{place} is a picture, and a per-frame net needs clips; give a data set of clips")
        if label is None:
            raise ValueError(f"{place} has no label; give data with a label for every picture")
        label = _plain(label)
        if self.sets:
            label = _indicated(label, len(self.classes), place)
        try:
            return self.task.check(np.asarray(label)[None], 1, len(self.classes))
        except ValueError as error:
            raise ValueError(f"{place}: {error}") from None


def _of_arrays(images: Any, labels: Any, classes: Sequence[str] | None, task: Task | None, name: str | None) -> Adapted:
    """Return N pictures, as one array or a sequence, and their labels (N,) or (N, K) as a data set.

    Raises:
        ValueError: their numbers differ, or the labels do not fit the task.
    """
    labels = _plain(labels)
    if len(images) != len(labels) or not len(labels):
        raise ValueError(f"there are {len(images)} pictures and {len(labels)} labels; give one label for each picture")
    task = task or (MULTILABEL if labels.ndim == 2 else MULTICLASS)
    if task == PER_FRAME:
        raise ValueError("(images, labels) are pictures, and a per-frame net needs clips; give a data set of clips")
    if classes is None:
        whole = labels.ndim == 1 and labels.dtype.kind in "iu"
        classes = tuple(map(str, range(max(int(labels.max()) + 1, 1) if whole else labels.shape[-1])))
    checked = task.check(labels, len(images), len(classes))
    return Adapted(_Pairs(images, checked), classes=classes, task=task, name=name or "pictures")


class _Pairs:
    """Pictures and labels that lie side by side."""

    def __init__(self, images: Any, labels: np.ndarray):
        self.images, self.labels = images, labels

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self.images[index], self.labels[index]


def _of_columns(data: Any, classes: Sequence[str] | None, task: Task | None, name: str | None) -> Adapted:
    """Return a Hugging Face data set as one of ours; columns are found by their features, then by their names.

    Raises:
        ValueError: there is no column of pictures or of labels, or several.
    """
    if not hasattr(type(data), "__len__"):
        raise ValueError("a streamed data set has no places; load it whole, with streaming=False")
    features = data.features or {}
    named = {key: names for key, feature in features.items() if (names := _names(feature))}
    pictures = [key for key, feature in features.items() if type(feature).__name__ == "Image"]
    picture = _only(pictures or [key for key in features if key in PICTURE_KEYS], "pictures", features)
    label = _only(list(named) or [key for key in features if key in LABEL_KEYS], "labels", features)
    sets = label in named and not hasattr(features[label], "names")  # a list of the classes that apply
    return Adapted(data, picture, label, sets, classes=named.get(label) or classes, task=task, name=name)


def _names(feature: Any) -> list[str] | None:
    """Return the names of the classes of a ClassLabel, or of a list of them; None for other features."""
    inner = feature[0] if isinstance(feature, list) else getattr(feature, "feature", feature)
    return getattr(inner, "names", None)


def _only(found: list[str], what: str, columns: Any) -> str:
    """Return the single column found."""
    if len(found) != 1:
        there = f"{len(found)} columns of {what}: {listing(found)}" if found else f"no column of {what}"
        raise ValueError(f"the data have {there}; keep one with select_columns. Their columns are {listing(columns)}")
    return found[0]


def _attribute(items: Any, name: str) -> Any:
    """Return an attribute of the data, or of what they are a part of, as torch's Subset is; None without one."""
    found = getattr(items, name, None)
    return found if found is not None or not hasattr(items, "dataset") else _attribute(items.dataset, name)


def _by_length(sample: Sample) -> Task:
    return PER_FRAME if len(sample.frames) > 1 else MULTICLASS


def _plain(label: Any) -> np.ndarray:
    """Return labels as an array."""
    return label.detach().cpu().numpy() if isinstance(label, Tensor) else np.asarray(label)


def _indicated(indices: np.ndarray, classes: int, place: str) -> np.ndarray:
    """Return (K,) of 0 and 1 for the indices (n,) of the classes that apply."""
    if indices.ndim != 1 or indices.size and (indices.min() < 0 or indices.max() >= classes):
        raise ValueError(f"{place} has the labels {indices.tolist()}; give indices of classes, 0 ... {classes - 1}")
    return np.isin(np.arange(classes), indices).astype(np.int64)
