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
    """Refuse a recipe of another kind of run, or with numbers that nothing can be learned with.

    Raises:
        ValueError: says what is needed.
    """
    if not isinstance(recipe, kind):
        raise ValueError(
            f"{classifier.spec.name!r} needs a recipe of type {kind.__name__}, not {type(recipe).__name__}; leave it "
            "out to take the usual one"
        )
    numbers: Any = recipe
    for name in ("epochs", "batch", "steps", "clips"):
        value = getattr(numbers, name, 1)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name!r} of a recipe must be a whole number from 1 on, not {value!r}")
    if not 0 < numbers.lr < float("inf"):
        raise ValueError(f"'lr' of a recipe must be a number above 0, not {numbers.lr!r}")


def fitting_seed(seed: Any) -> None:
    """Refuse what is no seed.

    Raises:
        ValueError: it is no whole number, negative, or too large.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**31:
        raise ValueError(f"'seed' must be a whole number from 0 to {2**31 - 1}, not {seed!r}")
