"""Making a model that can be shipped: learn, store, measure what was stored, write its card."""

import platform
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sqexplain.classifier import Classifier
from sqexplain.evaluation import Score, evaluate
from sqexplain.features import match
from sqexplain.learning import (
    RETROFITTED,
    Epoch,
    remove_checkpoint,
    retrofit,
    retrofit_recipe,
    train,
    training_recipe,
)
from sqexplain.models import MODELS, build_model, load_start
from sqexplain.models.checkpoint import load_state, read_checkpoint
from sqexplain.models.large import LARGE, start_from
from sqexplain.models.nets.speech.published import PUBLISHED
from sqexplain.models.store import digest, save_model, weights_path, write_card
from sqexplain.progress import Progress
from sqexplain.registry import pick
from sqexplain.sample import Dataset
from sqexplain.tasks import MULTILABEL


def make(
    name: str,
    gates: str,
    training: Dataset,
    test: Dataset,
    folder: str | Path,
    seed: int = 0,
    epochs: int | None = None,
    device: str = "auto",
    command: str = "",
    base: str | Path | None = None,
) -> Iterator[Epoch | Progress | Score | Path]:
    """Yield epochs while a model learns, then its scores on `test`, at last the path of the weights in `folder`.

    "none" and "paper" are trained from scratch, or on from the weights `base`; "sparse" and "class" are retrofitted on
    the frozen net "none", taken from `folder` or else from the shipped weights. A checkpoint in `folder` lets a stopped
    run go on; it is removed at the end. Same seed, same processor, same number of threads: same weights.

    Args:
        base: weights of the net, with or without an SE block, that "none" or "paper" learns on from; of the large nets
            also torchvision's for ImageNet, whose head is left out.
        command: what the card names as the way to make this file again.

    Raises:
        ValueError: unknown model or gates, or data of another task or with classes that the net does not know.
    """
    folder = Path(folder)
    checkpoint = folder / f"{name}.{gates}.checkpoint"
    classifier, recipe = start(name, gates, folder, seed, epochs, device, base)
    training, test = match(classifier.spec, training), match(classifier.spec, test)
    work = retrofit if gates in RETROFITTED else train
    yield from work(classifier, training, recipe, seed, checkpoint)
    yield from publish(classifier, asdict(recipe), training, test, folder, seed, command)
    remove_checkpoint(checkpoint)


def start(
    name: str, gates: str, folder: Path, seed: int, epochs: int | None, device: str, base: str | Path | None = None
) -> tuple[Classifier, Any]:
    """Return the classifier a run starts from, and its recipe."""
    spec = pick(MODELS, name, "model")
    torch.manual_seed(seed)
    if gates in RETROFITTED:
        own = weights_path(name, "none", folder)
        classifier = load_start(name, gates, own if own.exists() else None, device)
        recipe: Any = retrofit_recipe(classifier)
    else:
        classifier = build_model(spec, gates, device)
        recipe = training_recipe(classifier)
        if base is not None:
            state = read_checkpoint(base)[0]
            state = start_from(classifier.net, state) if name in LARGE else state
            load_state(classifier.net, state, base)
            recipe = recipe.further()
    return classifier, replace(recipe, epochs=epochs) if epochs else recipe


def publish(
    classifier: Classifier, recipe: dict, training: Dataset, test: Dataset, folder: Path, seed: int, command: str
) -> Iterator[Progress | Score | Path]:
    """Store the classifier, read it back, measure it on `test`, write its card; yield the scores and the path."""
    name, gates = classifier.spec.name, classifier.gates
    what = "clips" if classifier.spec.streams else "pictures"
    card = {
        "title": classifier.spec.title,
        "data": {"name": test.name, "licence": test.licence, "source": test.source, f"training {what}": len(training)},
        "licence": classifier.spec.licence,
        "recipe": recipe,
        "seed": seed,
        "command": command,
        "parameters": sum(value.numel() for value in classifier.net.parameters()),
        "versions": {"torch": torch.__version__, "python": platform.python_version()},
        "threads": torch.get_num_threads(),
    }
    if classifier.spec.task == MULTILABEL:
        card["prevalence"] = prevalence(training)
    if gates in RETROFITTED:
        card["frozen net"] = frozen_net(name, folder)
    path = save_model(classifier, folder)
    stored = load_start(name, gates, path, str(classifier.device))
    stored.card.update({key: card[key] for key in ("prevalence",) if key in card})
    scores = {}
    for row in evaluate(stored, test):
        if isinstance(row, Score):
            scores[row.name] = round(row.value, 5)
        yield row
    card |= {"name": name, "gates": gates, "sha256": digest(path)}
    data = "" if test.name == classifier.spec.data else f" --data {test.name}"
    measured = f"python -m sqexplain evaluate {name} --gates {gates}{data}"
    write_card(path, card | {f"test {what}": len(test), "scores": scores, "measured by": measured})
    yield path


def prevalence(training: Dataset) -> dict[str, float]:
    """Return how often each attribute is there in the training pictures: the threshold of its probability."""
    labels = getattr(training, "labels", None)  # where they are known without reading a picture
    if labels is None:
        labels = np.concatenate([truth for _, truth in training.batches()])
    shares = (np.asarray(labels) > 0).mean(0)
    return {name: round(float(share), 5) for name, share in zip(training.classes, shares, strict=True)}


def frozen_net(name: str, folder: Path) -> dict[str, str]:
    """Return file and sha256 of the net a block was made for: that of the folder, a published one, or what we ship."""
    own = weights_path(name, "none", folder)
    if not own.exists() and name in PUBLISHED:
        return {"file": PUBLISHED[name].url.rpartition("/")[2], "sha256": PUBLISHED[name].sha256}
    own = own if own.exists() else weights_path(name, "none")
    return {"file": own.name, "sha256": digest(own)} if own.exists() else {}
