"""Training a net with all of its weights, for every task."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqexplain.classifier import Classifier
from sqexplain.learning.clip_training import ClipTraining
from sqexplain.learning.image_training import ImageTraining
from sqexplain.learning.recipes import ClipRecipe, Recipe, training_recipe
from sqexplain.learning.trainer import Epoch, Trainer
from sqexplain.learning.validation import fitting_data, fitting_recipe, fitting_seed
from sqexplain.progress import Progress


def train(
    classifier: Classifier,
    data: Any,
    recipe: Recipe | ClipRecipe | None = None,
    seed: int = 0,
    checkpoint: str | Path | None = None,
) -> Iterator[Progress | Epoch]:
    """Yield progress while data are read, then one `Epoch` after another while the net of `classifier` learns.

    The net is in eval mode whenever the generator rests. Same seed, same processor, same number of threads: same
    weights.

    Args:
        classifier: a net of any task, with or without an SE block.
        data: a data set of the task and the classes of the net, or what `as_dataset` makes one of; pictures are brought
            to the size of the net. A net for clips learns from what `data.batch(seed, step, size)` draws.
        recipe: None takes the one of `RECIPES` for this model.
        seed: of all chance.
        checkpoint: file that is written after each epoch and read at the start: a killed run goes on where it was.

    Raises:
        ValueError: data of another task, labels outside the classes, or a checkpoint of another run.
    """
    recipe = recipe or training_recipe(classifier)
    clips = bool(classifier.spec.streams)
    fitting_recipe(classifier, recipe, ClipRecipe if clips else Recipe)
    fitting_seed(seed)
    run: Callable[..., Trainer] = ClipTraining if clips else ImageTraining
    yield from run(classifier, fitting_data(classifier, data), recipe, seed).run(checkpoint)
