"""Methods and target classes as the user gives them, checked and made uniform."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.methods import METHODS, Method, parse
from sqexplain.recording import PREDICTED
from sqexplain.registry import listing
from sqexplain.sample import Sample

Target = int | str | None


def checked_methods(methods: Method | str | Sequence[Method | str], classifier: Classifier) -> tuple[Method, ...]:
    """Return the methods, parsed where they are text, and refuse what this net cannot answer."""
    given = (methods,) if isinstance(methods, Method | str) else tuple(methods)
    found = tuple(parse(method) if isinstance(method, str) else method for method in given)
    for method in found:
        if not isinstance(method, Method):
            raise TypeError(f"a method is {method!r}; give text or an object such as SE(). Known: {listing(METHODS)}")
        if "gates" in method.needs and classifier.block.kind == "none":
            raise ValueError(
                f"method {method.name!r} needs an SE block, and {classifier.spec.name!r} was loaded with gates 'none';"
                " load it with gates 'class', 'sparse' or 'paper', or choose 'pooled'"
            )
    if not found:
        raise ValueError(f"'methods' is empty; choose at least one of: {listing(METHODS)}")
    return found


def picture_targets(classifier: Classifier, samples: list[Sample], targets) -> tuple[Tensor, Tensor]:
    """Return one class index, or PREDICTED, for each picture of all samples; and 1, or -1 for what speaks against."""
    targets = picture_lists(samples, targets)
    found = []
    for sample, wanted in zip(samples, targets, strict=True):
        count = len(sample.frames)
        each = [wanted] * count if wanted is None or isinstance(wanted, int | str | np.integer) else list(wanted)
        if len(each) != count:
            raise ValueError(f"'target' has {len(each)} entries for the {count} pictures of sample {sample.name!r}")
        usual = (classifier.class_index(classifier.spec.default) if classifier.spec.default else PREDICTED), 1
        found += [usual if one is None else classifier.target(one) for one in each]
    indices, signs = (torch.tensor(column) for column in zip(*found, strict=True))
    return indices, signs


def unfolded(classifier: Classifier, samples: list[Sample], targets) -> tuple[list[Sample], list, list[int]]:
    """Return samples and targets in which a picture with several targets stands once for each, and how often each does.

    Only a sample of one picture can have several: in a clip a list has an entry for each frame.
    """
    targets = picture_lists(samples, targets)
    counts = [
        len(wanted) if len(sample.frames) == 1 and isinstance(wanted, Sequence) and not isinstance(wanted, str) else 1
        for sample, wanted in zip(samples, targets, strict=True)
    ]
    if 0 in counts:
        raise ValueError(f"'target' is empty; name at least one class of {classifier.spec.name!r}")
    found = [
        (sample, wanted[index] if count > 1 else wanted)
        for sample, wanted, count in zip(samples, targets, counts, strict=True)
        for index in range(count)
    ]
    return [sample for sample, _ in found], [wanted for _, wanted in found], counts


def picture_lists(samples: list[Sample], targets) -> list:
    """Return the targets of each sample.

    Raises:
        ValueError: a list with another number of entries than there are samples.
    """
    if targets is None or isinstance(targets, int | str | np.integer):
        return [targets] * len(samples)
    if len(targets) != len(samples):
        raise ValueError(f"'target' has {len(targets)} entries for {len(samples)} samples; give one for each, or one")
    return list(targets)


def frozen(values: Tensor) -> np.ndarray:
    """Return the values on the CPU, read-only: results are shared between visitors of the app."""
    array = values.detach().cpu().numpy()
    array.flags.writeable = False
    return array
