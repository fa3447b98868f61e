"""Data and recipe checked against the net before training or retrofitting begins."""

from typing import Any

from sqexplain.classifier import Classifier
from sqexplain.features import match


def fitting_data(classifier: Classifier, data: Any) -> Any:
    """Return a data set that the net can learn from, with labels in the order of its classes.

    Raises:
        ValueError: it is for another task, has other classes, is empty, or draws no clips for a net that needs them.
    """
    data = match(classifier.spec, data)
    if not len(data):
        raise ValueError(f"{data.name!r} is empty; give at least one sample to learn from")
    if classifier.spec.streams and not hasattr(data, "batch"):
        raise ValueError(
            f"{data.name!r} draws no clips to learn from; {classifier.spec.name!r} learns from a data set with "
            "batch(seed, step, size), such as 'talkers'"
        )
    return data


def fitting_recipe(classifier: Classifier, recipe: Any, kind: type) -> None:
    """Refuse a recipe of another kind of run.

    Raises:
        ValueError: says which kind is needed.
    """
    if not isinstance(recipe, kind):
        raise ValueError(
            f"{classifier.spec.name!r} needs a recipe of type {kind.__name__}, not {type(recipe).__name__}; leave it "
            "out to take the usual one"
        )
