"""Making a model that can be shipped: learn, measure what will be stored, write it with its card."""

import hashlib
import platform
from collections.abc import Generator, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load

from sqexplain.classifier import Classifier
from sqexplain.evaluation import Score, evaluate
from sqexplain.features import match
from sqexplain.gates import KINDS
from sqexplain.learning import (
    RETROFITTED,
    Epoch,
    remove_checkpoint,
    retrofit,
    retrofit_recipe,
    train,
    training_recipe,
)
from sqexplain.locations import models_folder
from sqexplain.media import write_files
from sqexplain.models import MODELS, build_model, imagenet, load_start
from sqexplain.models.checkpoint import load_state, read_checkpoint
from sqexplain.models.finding import find_net
from sqexplain.models.large import LARGE, start_from
from sqexplain.models.locks import hold
from sqexplain.models.nets.speech.published import PUBLISHED
from sqexplain.models.own import downloadable
from sqexplain.models.saving import check_place
from sqexplain.models.store import card_bytes, digest, packed, split_name, weights_path
from sqexplain.progress import Progress
from sqexplain.registry import pick
from sqexplain.sample import Dataset
from sqexplain.tasks import MULTILABEL


def make(
    name: str,
    gates: str,
    training: Dataset,
    test: Dataset,
    folder: str | Path | None = None,
    seed: int = 0,
    epochs: int | None = None,
    device: str = "auto",
    command: str = "",
    base: str | Path | None = None,
    own_name: str | None = None,
) -> Generator[Epoch | Progress | Score | Path, None, None]:
    """Yield epochs while a model learns, then its scores on `test`, at last the path of the weights in `folder`.

    "none" and "paper" are trained from scratch, or on from the weights `base`; "sparse" and "class" are retrofitted on
    the frozen net "none", taken from `folder`, or else from where `load_model` finds it. A checkpoint in `folder` lets
    a stopped run go on; it is removed at the end. Same seed, same processor, same number of threads: same weights.

    Args:
        folder: default the user's folder of models, in which `load_model` finds the weights by name.
        base: weights of the net, with or without an SE block, that "none" or "paper" learns on from; of the large nets
            also torchvision's for ImageNet, whose head is left out.
        command: what the card names as the way to make this file again.
        own_name: what the weights are called, default as the model.

    Raises:
        ValueError: unknown model or gates, a name that is taken, or data of another task or with classes that the net
            does not know.
    """
    weights = destination(name, gates, folder, own_name)
    with hold(weights):
        yield from _make(name, gates, training, test, weights, seed, epochs, device, command, base)


def _make(name, gates, training, test, weights, seed, epochs, device, command, base):
    """Do what `make` does while the name is kept for it."""
    checkpoint = weights.with_suffix(".checkpoint")
    classifier, recipe = start(name, gates, weights, seed, epochs, device, base)
    training, test = match(classifier.spec, training), match(classifier.spec, test)
    known = {"recipe": asdict(recipe), "seed": seed, "command": command}
    if gates in RETROFITTED:
        known["frozen net"] = frozen_net(name, weights)
    work = retrofit if gates in RETROFITTED else train
    yield from work(classifier, training, recipe, seed, checkpoint)
    yield from publish(classifier, known, training, test, weights.parent)
    remove_checkpoint(checkpoint)


def destination(name: str, gates: str, folder: str | Path | None = None, own_name: str | None = None) -> Path:
    """Return the place of the weights of a run; the default folder is the user's.

    Raises:
        ValueError: unknown model or gates, a name that is taken, or one under which the weights would not be found.
    """
    spec = pick(MODELS, name, "model")
    pick(dict.fromkeys(KINDS), gates, "gates")
    folder = models_folder() if folder is None else Path(folder)
    check_place(spec, own_name or name, gates, folder)
    return weights_path(own_name or name, gates, folder)


def start(
    name: str, gates: str, weights: Path, seed: int, epochs: int | None, device: str, base: str | Path | None = None
) -> tuple[Classifier, Any]:
    """Return the classifier that a run starts from, called as its `weights` will be, and its recipe."""
    spec, own_name = pick(MODELS, name, "model"), split_name(weights.name)[0]
    torch.manual_seed(seed)
    if gates in RETROFITTED:
        classifier = load_start(name, gates, net_beside(name, weights), device)
        recipe: Any = retrofit_recipe(classifier)
    else:
        classifier = build_model(spec, gates, device)
        recipe = training_recipe(classifier)
        if base is not None:
            state = read_checkpoint(base)[0]
            state = start_from(classifier.net, state) if spec.architecture in LARGE else state
            load_state(classifier.net, state, base)
            recipe = recipe.further()
    if own_name != name:
        classifier = replace(classifier, spec=replace(spec, name=own_name, base=spec.architecture))
    return classifier, replace(recipe, epochs=epochs) if epochs else recipe


def net_beside(name: str, weights: Path) -> Path | None:
    """Return the net in the folder of the `weights` of a block for the model `name`, None where it lies elsewhere."""
    names = dict.fromkeys((split_name(weights.name)[0], name))
    return next((path for one in names if (path := weights_path(one, "none", weights.parent)).exists()), None)


def publish(
    classifier: Classifier, known: dict, training: Dataset, test: Dataset, folder: Path
) -> Iterator[Progress | Score | Path]:
    """Measure the classifier on `test` as it is stored, write weights and card; yield the scores and the path.

    Args:
        known: what the card says of how it learned.
    """
    spec, gates = classifier.spec, classifier.gates
    what = "clips" if spec.streams else "pictures"
    card = {
        "title": spec.title,
        "data": {"name": test.name, "licence": test.licence, "source": test.source, f"training {what}": len(training)},
        "licence": spec.licence,
        **known,
        "parameters": sum(value.numel() for value in classifier.net.parameters()),
        "versions": {"torch": torch.__version__, "python": platform.python_version()},
        "threads": torch.get_num_threads(),
    }
    if spec.task == MULTILABEL:
        card["prevalence"] = prevalence(training)
        classifier.card["prevalence"] = card["prevalence"]
    path, data = weights_path(spec.name, gates, folder), packed(classifier)
    load_state(classifier.net, load(data), path, partly=gates in RETROFITTED)  # rounded, as it is stored
    scores = {}
    for row in evaluate(classifier, test):
        if isinstance(row, Score):
            scores[row.name] = round(row.value, 5)
        yield row
    card |= {"name": spec.name, "model": spec.architecture, "gates": gates, "sha256": hashlib.sha256(data).hexdigest()}
    named = "" if test.name == spec.data else f" --data {test.name}"
    measured = f"python -m sqexplain evaluate {spec.name} --gates {gates}{named}"
    card |= {f"test {what}": len(test), "scores": scores, "measured by": measured}
    write_files({path: data, path.with_suffix(".json"): card_bytes(card)})
    yield path


def prevalence(training: Dataset) -> dict[str, float]:
    """Return how often each attribute is there in the training pictures: the threshold of its probability."""
    labels = getattr(training, "labels", None)  # where they are known without reading a picture
    if labels is None:
        labels = np.concatenate([truth for _, truth in training.batches()])
    shares = (np.asarray(labels) > 0).mean(0)
    return {name: round(float(share), 5) for name, share in zip(training.classes, shares, strict=True)}


def frozen_net(name: str, weights: Path) -> dict[str, str]:
    """Return file and sha256 of the net that `start` loads for a block."""
    spec = MODELS[name]
    path = net_beside(name, weights) or (None if downloadable(name) else find_net(spec, "none"))
    if path is None and spec.architecture in PUBLISHED:
        source = PUBLISHED[spec.architecture]
        return {"file": source.url.rpartition("/")[2], "sha256": source.sha256}
    path = path or imagenet.place(spec.architecture)
    return {"file": path.name, "sha256": digest(path)}
