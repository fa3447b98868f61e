"""Cells that were not run: large nets, and kinds of gates that a net does not have; each with its command."""

from collections.abc import Iterator
from functools import lru_cache

from sqexplain.evaluation.speed.estimating import estimate_text, forward_flops
from sqexplain.figures.table import Row
from sqexplain.gates import KINDS
from sqexplain.learning import RECIPES
from sqexplain.models import MODELS
from sqexplain.models.large import LARGE
from sqexplain.prepared import OPERATIONS, stored

PICTURES = {"cifar10": 50_000, "cifar100": 50_000, "celeba": 162_770}  # in the official training split
GPU = "not run: it takes a GPU, and there was none"
RETROFIT = "not run: it needs the net without SE first"
FILMS = {"ava": "AVA-ActiveSpeaker", "wasd": "WASD"}
UNFIT = "a net for clips has a vector for each frame instead"


def empty_rows(known: set[tuple[str, str, str]]) -> Iterator[Row]:
    """Yield a row for each cell that is not among those `known` (data set, net, gates), with the reason."""
    for name in (name for name in MODELS if name in LARGE):
        data = MODELS[name].data
        for gates in ("none", "paper", "sparse", "class"):
            if (data, name, gates) not in known:
                yield _row(data, name, gates) | _large(name, gates)
    yield _row("talkers", "speaker", "class") | {"note": f"does not exist: {UNFIT}", "command": "", "estimate": ""}
    for data, title in FILMS.items():
        for name in (name for name, spec in MODELS.items() if spec.streams and name in MODELS.shipped):
            for gates in ("none", *sorted(MODELS[name].gated, key=KINDS.index)):
                if (data, name, gates) not in known:
                    yield _row(data, name, gates) | _film(data, title, name, gates)


def _large(name: str, gates: str) -> Row:
    verb = "train" if gates in ("none", "paper") else "retrofit"
    command = f"python -m sqexplain {verb} {name} --gates {gates} --root FOLDER"
    if verb == "retrofit":
        return {"note": RETROFIT, "command": command, "estimate": "one pass over the training pictures, then minutes"}
    return {"note": GPU, "command": command, "estimate": estimate(name)}


@lru_cache
def estimate(name: str) -> str:
    """Return how long the training of a large net would take, as a phrase."""
    spec = MODELS[name]
    forward = stored(OPERATIONS, name) or forward_flops(spec)
    return estimate_text(forward, PICTURES[spec.data], RECIPES[name].epochs)


def _film(data: str, title: str, name: str, gates: str) -> Row:
    command = f"python -m sqexplain predict {name} --data {data} --gates {gates} --root FOLDER"
    note = f"not run: {title} is not here, and not ours to give; put it into a folder as its makers describe"
    return {"note": note, "command": command, "estimate": "one pass over the tracks, then `score`"}


def _row(data: str, name: str, gates: str) -> Row:
    measure = "AUC" if MODELS[name].multilabel else "average precision" if MODELS[name].streams else "accuracy"
    head = {"data": data, "model": name, "gates": gates, "recipe": "", "title": MODELS[name].title}
    return head | {"measure": measure, "kind": "empty", "seeds": 0}
