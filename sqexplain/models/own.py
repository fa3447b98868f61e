"""The user's own models: which files of the folder of models can be used, and what is wrong with the others."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqexplain.classifier import Spec
from sqexplain.gates import KINDS
from sqexplain.locations import models_folder, searched_models
from sqexplain.models.cards import check_pair
from sqexplain.models.imagenet import TABLE as TORCHVISION
from sqexplain.models.nets.speech.published import PUBLISHED
from sqexplain.models.store import ALONE, SUFFIX, nets_of, split_name, weights_path
from sqexplain.registry import NAME

BESIDE = (".json", ".checkpoint", ".vectors", ".part", ".lock")  # what may lie beside weights, finished or not

UNTOLD = "its card does not tell the net that its block was made for; retrofit a new block"

Registered = Callable[[str], Spec | None]  # finds a model that is not the user's own


@dataclass
class Found:
    """What the folder holds under one name.

    Attributes:
        base: the registered model whose architecture it has, None where nothing can be used.
        weights: by kind of gates the weights that can be used.
        wrong: by file name why the others cannot.
    """

    base: Spec | None = None
    weights: dict[str, Path] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def look(name: str, registered: Registered) -> Found:
    """Return what the user's folder holds under a name."""
    found, folder = Found(), searched_models()
    if folder is None or not NAME.fullmatch(name):
        return found
    for gates in KINDS:
        path = weights_path(name, gates, folder)
        if not os.path.lexists(path):
            continue
        try:
            base = _base_of(path, registered)
            if found.base is not None and base.name != found.base.name:
                raise ValueError(f"it is of the model {base.name!r}, others of its name are of {found.base.name!r}")
        except ValueError as error:
            found.wrong[path.name] = str(error)
        else:
            found.base = base
            found.weights[gates] = path
    return found


def _base_of(path: Path, registered: Registered) -> Spec:
    """Return the registered model whose architecture the weights at `path` are for.

    Raises:
        ValueError: they cannot be used; the message is the end of a sentence.
    """
    name, gates = split_name(path.name)
    card = check_pair(path)
    model = card.get("model", name)
    base = registered(model)
    if base is None:
        raise ValueError(f"it is of the model {model!r}, which is not registered")
    if model != name and registered(name) is not None:
        raise ValueError(f"it is of the model {model!r}, but {name!r} is the name of another")
    if base.streams and gates not in (*base.gated, "none"):
        raise ValueError(f"the model {model!r} has no {gates!r} gates")
    if (shares := card.get("prevalence")) and shares.keys() != set(base.classes):
        raise ValueError(f"the prevalence on its card is of other classes than the model {model!r} has")
    if hidden(name, gates):
        raise ValueError("weights of this name come with sqexplain and are found first; give it another")
    if gates in ALONE and not card.get("frozen net", {}).get("sha256"):
        raise ValueError(UNTOLD)
    if gates in ALONE and not downloadable(base.name) and not nets_of(path):
        raise ValueError("the net that its block was made for is not there")
    return base


def hidden(name: str, gates: str) -> bool:
    """Say whether weights in the user's folder would never be found under this name, because others come first."""
    return weights_path(name, gates).exists() or (gates in ("none", "paper") and downloadable(name))


def downloadable(name: str) -> bool:
    """Say whether torchvision or the authors of a model have published its weights."""
    return name in TORCHVISION or name in PUBLISHED


def names() -> list[str]:
    """Return the names of all weights in the user's folder, usable or not."""
    return sorted({split_name(file)[0] for file in _files() if file.endswith(SUFFIX)})


def left_out(registered: Registered) -> dict[str, str]:
    """Return why files of the user's folder cannot be used, by file name; a folder that cannot be is one, too."""
    try:
        models_folder()
    except ValueError as error:
        return {"all of it": str(error)}
    wrong, files = {}, _files()
    for file in files:
        name, gates = split_name(file)
        if file.endswith(BESIDE):
            continue
        if not file.endswith(SUFFIX):
            wrong[file] = "only safetensors files are read here"
        elif gates not in KINDS or not NAME.fullmatch(name):
            wrong[file] = f"its name is not NAME.GATES{SUFFIX}, with GATES one of {', '.join(KINDS)}"
    for name in names():
        wrong |= look(name, registered).wrong
    return wrong


def _files() -> list[str]:
    try:
        return sorted(path.name for path in models_folder().iterdir())
    except (OSError, ValueError):  # there is no such folder, or it cannot be read, or there can be none
        return []
