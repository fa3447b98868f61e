"""What may be asked: methods and target classes as the user gives them, checked and made uniform."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.methods import METHODS, Method, parse
from sqexplain.names import listing
from sqexplain.recording import PREDICTED
from sqexplain.sample import Sample

Target = int | str | None


def checked_methods(methods: Sequence[Method | str], classifier: Classifier) -> tuple[Method, ...]:
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


def picture_targets(classifier: Classifier, samples: list[Sample], targets) -> Tensor:
    """Return one class index, or PREDICTED, for each picture of all samples."""
    if targets is None or isinstance(targets, int | str | np.integer):
        targets = [targets] * len(samples)
    if len(targets) != len(samples):
        raise ValueError(f"'target' has {len(targets)} entries for {len(samples)} samples; give one for each, or one")
    found = []
    for sample, wanted in zip(samples, targets, strict=True):
        count = len(sample.frames)
        each = [wanted] * count if wanted is None or isinstance(wanted, int | str | np.integer) else list(wanted)
        if len(each) != count:
            raise ValueError(f"'target' has {len(each)} entries for the {count} pictures of sample {sample.name!r}")
        usual = classifier.class_index(classifier.spec.default) if classifier.spec.default else PREDICTED
        found += [usual if one is None else classifier.class_index(one) for one in each]
    return torch.tensor(found)


def frozen(values: Tensor) -> np.ndarray:
    """Return the values on the CPU, read-only: results are shared between visitors of the app."""
    array = values.detach().cpu().numpy()
    array.flags.writeable = False
    return array
