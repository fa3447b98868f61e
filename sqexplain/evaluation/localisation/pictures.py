"""Do the maps of pictures lie on the evidence, where it is known, and do they find a planted shortcut?"""

from collections.abc import Iterator, Sequence

import numpy as np

from sqexplain.classifier import Classifier
from sqexplain.evaluation import Progress, Score
from sqexplain.explanation import explain
from sqexplain.methods import Method, parse
from sqexplain.metrics.localisation import centre_gaussian, mass_over_area, mean_interval, pointing
from sqexplain.sample import Sample
from sqexplain.synthetic.scenes import TAGGED, Scenes

BATCH = 50


def localise(
    classifier: Classifier, samples: Sequence[Sample], methods: Sequence[Method | str]
) -> Iterator[Progress | Score]:
    """Yield `Progress` while samples with masks are explained, then two scores for each method.

    Explained is the predicted class; "mass" is mass over area (1 is chance), "pointing" the share of maps whose
    maximum lies in the mask. The half width of the 95 % interval stands in the meaning. A centre Gaussian, which sees
    no picture, is measured beside them.

    Raises:
        ValueError: a sample has no mask, or a method cannot be applied to this model.
    """
    methods = [parse(method) if isinstance(method, str) else method for method in methods]
    if bare := [sample.name for sample in samples if sample.mask is None]:
        raise ValueError(f"{bare[0]!r} has no mask of the evidence; take a data set that has, such as 'scenes'")
    found = {method.text: [] for method in methods} | {"centre Gaussian": []}
    for start in range(0, len(samples), BATCH):
        some = [samples[index] for index in range(start, min(start + BATCH, len(samples)))]
        for sample, explanations in zip(some, explain(classifier, some, methods), strict=True):
            maps = {one.method: one.heatmap for one in explanations}
            maps["centre Gaussian"] = centre_gaussian(*sample.frames.shape[1:3])
            for name, heatmap in maps.items():
                found[name].append((mass_over_area(heatmap, sample.mask[0]), pointing(heatmap, sample.mask[0])))
        yield Progress(start + len(some), len(samples))
    for name, pairs in found.items():
        for measure, values in zip(("mass", "pointing"), np.array(pairs).T, strict=True):
            mean, half = mean_interval(values)
            missing = int(np.isnan(values).sum())
            note = f", {missing} empty maps left out" if missing else ""
            yield Score(f"{measure}, {name}", mean, f"± {half:.3f} (95 %, {len(values)} pictures{note})")


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
        plain, cheated = (answers(classifier, [scenes.scene(i, tag).sample for i in some]) for tag in (False, True))
        honest = [after for before, after in zip(plain, cheated, strict=True) if before != tagged]
        turned, counted = turned + sum(after == tagged for after in honest), counted + len(honest)
        yield Progress(min(start + BATCH, len(others)), len(others))
    meaning = f"the tag on another class: called {TAGGED!r} ({counted} pictures)"
    yield Score("tag flips", turned / max(counted, 1), meaning)


def answers(classifier: Classifier, samples: Sequence[Sample]) -> list[int]:
    """Return the predicted class of each sample of one picture."""
    return [int(one.logits[0].argmax()) for (one,) in explain(classifier, samples, "mean")]
