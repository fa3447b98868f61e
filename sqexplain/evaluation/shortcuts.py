"""Does a net use the shortcut that was planted in its training pictures?"""

from collections.abc import Iterator, Sequence

from sqexplain.classifier import Classifier
from sqexplain.evaluation.scores import Score
from sqexplain.explanation import explain
from sqexplain.progress import Progress
from sqexplain.sample import Sample
from sqexplain.synthetic.scenes import TAGGED, Scenes

BATCH = 50


def flips(classifier: Classifier, scenes: Scenes, limit: int = 500) -> Iterator[Progress | Score]:
    """Yield how often the planted tag turns the answer for pictures of other classes into the tagged class.

    0: the net ignores the shortcut; 1: the tag alone decides. Pictures that the net calls so without the tag are
    left out.
    """
    others = [index for index in range(len(scenes)) if scenes.classes[index % len(scenes.classes)] != TAGGED][:limit]
    tagged = scenes.classes.index(TAGGED)
    turned, counted = 0, 0
    for start in range(0, len(others), BATCH):
        some = others[start : start + BATCH]
        plain, cheated = (predictions(classifier, [scenes.scene(i, tag).sample for i in some]) for tag in (False, True))
        honest = [after for before, after in zip(plain, cheated, strict=True) if before != tagged]
        turned, counted = turned + sum(after == tagged for after in honest), counted + len(honest)
        yield Progress(min(start + BATCH, len(others)), len(others))
    meaning = f"the tag on another class: called {TAGGED!r} ({counted} pictures)"
    yield Score("tag flips", turned / max(counted, 1), meaning)


def predictions(classifier: Classifier, samples: Sequence[Sample]) -> list[int]:
    """Return the predicted class of each sample of one picture."""
    return [int(one.logits[0].argmax()) for (one,) in explain(classifier, samples, "mean")]
