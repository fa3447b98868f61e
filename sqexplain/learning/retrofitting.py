"""Training the block of a frozen net, for every task: one pass over the data, then epochs on its pooled vectors."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqexplain.classifier import Classifier
from sqexplain.learning.clip_retrofit import ClipRetrofit
from sqexplain.learning.image_retrofit import ImageRetrofit
from sqexplain.learning.recipes import ClipRetrofitRecipe, RetrofitRecipe, retrofit_recipe
from sqexplain.learning.trainer import Epoch
from sqexplain.learning.validation import fitting_data, fitting_recipe, fitting_seed
from sqexplain.progress import Progress


def retrofit(
    classifier: Classifier,
    data: Any,
    recipe: RetrofitRecipe | ClipRetrofitRecipe | None = None,
    seed: int = 0,
    checkpoint: str | Path | None = None,
) -> Iterator[Progress | Epoch]:
    """Yield progress while the frozen net sees the data, then one `Epoch` after another while the block learns.

    The first epoch (number 0) comes when the pooled vectors are there; `accuracy` is the agreement of the gated with
    the frozen net. No label is used: the frozen net is the teacher. Pictures are read batch by batch, so that only
    vectors (N, C) are kept. Of a net for clips each stream has a block of its own, which learns as if it were alone.

    Args:
        classifier: a net of any task with a "sparse" or "class" block.
        data: a data set of the task and the classes of the net, or what `as_dataset` makes one of. A net for clips
            sees what `data.batch(seed, step, size)` draws.
        recipe: None takes the usual one of the task and the kind of block.
        seed: of all chance.
        checkpoint: file that is written after each epoch and read at the start, with the vectors in a file beside it.

    Raises:
        ValueError: a block of another kind, data of another task, a head that is not linear, or a checkpoint of another
            run.
    """
    usual = retrofit_recipe(classifier)
    recipe = recipe or usual
    fitting_recipe(classifier, recipe, type(usual))
    fitting_seed(seed)
    run = ClipRetrofit if classifier.spec.streams else ImageRetrofit
    yield from run(classifier, fitting_data(classifier, data), recipe, seed).run(checkpoint)
