"""From samples to explanations: one pass through the net serves every method.

N pictures (the T frames of the sample), C channels, K classes, h x w feature size, H x W picture size.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.explanation.batches import BatchRunner, PassResult
from sqexplain.explanation.heatmaps import heatmaps
from sqexplain.explanation.result import Explanation
from sqexplain.explanation.targets import Target, checked_methods, frozen, picture_targets, unfolded
from sqexplain.methods import Method
from sqexplain.registry import listing
from sqexplain.sample import Sample
from sqexplain.sample.cropping import CropBox

SCALES = ("picture", "clip")


@overload
def explain(
    classifier: Classifier,
    sample: Sample,
    methods: Sequence[Method | str] = ...,
    target: Target | Sequence[Target | Sequence[Target]] = ...,
    scale: str | None = ...,
    batch_size: int = ...,
) -> list[Explanation]: ...


@overload
def explain(
    classifier: Classifier,
    sample: Sequence[Sample],
    methods: Sequence[Method | str] = ...,
    target: Target | Sequence[Target | Sequence[Target]] = ...,
    scale: str | None = ...,
    batch_size: int = ...,
) -> list[list[Explanation]]: ...


def explain(
    classifier: Classifier,
    sample: Sample | Sequence[Sample],
    methods: Sequence[Method | str] = ("se", "gradcam"),
    target: Target | Sequence[Target | Sequence[Target]] = None,
    scale: str | None = None,
    batch_size: int = 32,
) -> list[Explanation] | list[list[Explanation]]:
    """Explain a sample with every method, from one forward and at most one backward pass through the net.

    Args:
        classifier: the net; its lock is held while it runs, and it is left as it was.
        sample: one sample, or a list of them, which are explained in common batches.
        methods: methods or their text form, "se:percent=5".
        target: class name or index, or "not NAME" for what speaks against it; None: the predicted class of each
            picture, or what the model is usually asked for ("speaking"). For one picture a list of several: their
            explanations follow each other. For a list of samples, a list with an entry for each; for a sample of
            several pictures, a list with an entry for each picture.
        scale: what one scale of the heatmaps spans, "picture" or "clip" (all frames of a sample). None takes "clip"
            for a net for clips, so that its frames can be compared, else "picture".
        batch_size: pictures per pass; more take more memory, the maps are the same.

    Returns:
        One Explanation per method, in order, of several targets one target after the other; for a list of samples, a
        list of such lists.

    Raises:
        ValueError: a method, class or scale does not exist, a method needs gates that the net does not have, or the
            net gives values that are not finite.
    """
    samples = [sample] if isinstance(sample, Sample) else list(sample)
    if others := [type(one).__name__ for one in samples if not isinstance(one, Sample)]:
        raise TypeError(f"'sample' holds a {others[0]}; give a Sample, such as sx.from_file(path), or a list of them")
    methods = checked_methods(methods, classifier)
    scale = checked_scale(scale, classifier)
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise ValueError(f"'batch_size' must be a whole number from 1 on, not {batch_size!r}")
    if not samples:
        return []
    samples, wanted, counts = unfolded(classifier, samples, [target] if isinstance(sample, Sample) else target)
    targets, signs = picture_targets(classifier, samples, wanted)
    runner = BatchRunner(classifier, methods)
    results = runner.run(samples, targets, signs, batch_size)
    row = iter(explanations(runner, *pair, scale) for pair in zip(samples, results, strict=True))
    found = [[one for _ in range(count) for one in next(row)] for count in counts]
    return found[0] if isinstance(sample, Sample) else found


def checked_scale(scale: str | None, classifier: Classifier) -> str:
    """Return the scale that is given, or the usual one of the net."""
    scale = scale or ("clip" if classifier.spec.streams else "picture")
    if scale not in SCALES:
        raise ValueError(f"unknown scale {scale!r}. Choose one of: {listing(SCALES)}")
    return scale


def explanations(runner: BatchRunner, sample: Sample, result: PassResult, scale: str) -> list[Explanation]:
    """Return the explanation of a sample by each method of `runner`, from what its passes left."""
    classifier, card = runner.classifier, _card_digest(runner.classifier.card)
    shared: dict[str, Any] = {
        "sample": sample.name,
        "slug": sample.slug,
        "digest": sample.digest,
        "model": classifier.spec.name,
        "gates_kind": classifier.gates,
        "layer": classifier.layer,
        "card": card,
        "scale": scale,
        "classes": tuple(classifier.classes),
        "task": classifier.spec.task,
        "targets": frozen(result.targets),
        "signs": frozen(result.signs),
        "logits": frozen(result.logits),
        "gates": None if result.gates is None else frozen(result.gates),
        "pictures": sample.frames,
        "views": result.views,
        "fusion": result.streams.fusion,
        "fps": sample.fps,
        "audio": sample.audio,
    }
    return [
        Explanation(
            method=method.text,
            title=method.title,
            heatmaps=frozen(_heatmaps(method, own.raws, sample, result.views[0], scale)),
            raws=frozen(own.raws),
            channels=None if own.channels is None else frozen(own.channels),
            notes=tuple(dict.fromkeys((*result.notes, *sentences(own.caveats)))),
            streams=result.streams.maps(index, sample),
            **shared,
        )
        for index, (method, own) in enumerate(zip(runner.methods, result.methods, strict=True))
    ]


def _heatmaps(method: Method, raws: Tensor, sample: Sample, view: CropBox, scale: str) -> Tensor:
    """Return the heatmaps (N, H, W) of one method."""
    height, width = sample.frames.shape[1:3]
    return heatmaps(raws, height, width, view, method.native, method.interpolation, together=scale == "clip")


def sentences(caveats: Mapping[str, Tensor]) -> Iterator[str]:
    """Yield the caveats that hold; one that holds for some of the pictures says for how many."""
    for text, where in caveats.items():
        if where.any():
            yield text if where.all() else f"In {int(where.sum())} of {len(where)} pictures: {text}"


def _card_digest(card: Mapping) -> str:
    return hashlib.sha256(json.dumps(dict(card), sort_keys=True).encode()).hexdigest() if card else ""
