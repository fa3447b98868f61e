"""Data and net: the same task and the same classes, or one sentence that says what does not fit."""

from typing import Any

from sqexplain.classifier import Spec
from sqexplain.sample import Dataset, PictureDataset, as_dataset, relabel
from sqexplain.tasks import PER_FRAME


def match(spec: Spec, data: Any) -> Dataset:
    """Return data as a data set whose labels are those of a net; classes are mapped by their names.

    Args:
        spec: of the net.
        data: a data set, or what `as_dataset` makes one of.

    Raises:
        ValueError: the data are no data set, are for another task, or have labels that the net does not know; the
            message says what both are.
    """
    data = as_dataset(data, spec.classes, spec.task)
    check_task(spec, data)
    if spec.task != PER_FRAME:
        return relabel(data, spec.classes, repr(spec.name))
    if isinstance(data, PictureDataset):
        raise ValueError(
            f"{spec.name!r} needs clips in batches, and {data.name!r} has none; take one such as 'talkers'"
        )
    if len(data.classes) != len(spec.classes):
        raise ValueError(f"{data.name!r} has {len(data.classes)} classes, and {spec.name!r} {len(spec.classes)}")
    return data


def check_task(spec: Spec, data: Any) -> None:
    """Refuse data that say they are for another task than that of a net.

    Raises:
        ValueError: says what both are.
    """
    task = getattr(data, "task", spec.task)
    if task != spec.task:
        name = getattr(data, "name", type(data).__name__)
        raise ValueError(
            f"{name!r} is a data set for {task.name} nets, and {spec.name!r} is a {spec.task.name} net; "
            "take one that fits the other"
        )
