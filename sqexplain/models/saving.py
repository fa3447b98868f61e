"""Keeping a classifier of one's own: weights and a card, found by name from then on."""

import hashlib
import platform
from pathlib import Path

import torch
from safetensors.torch import load

from sqexplain.classifier import Classifier, Spec
from sqexplain.locations import models_folder, searched_models
from sqexplain.media import write_files
from sqexplain.models import own
from sqexplain.models.building import build_model
from sqexplain.models.checkpoint import read_checkpoint
from sqexplain.models.locks import check_free, hold
from sqexplain.models.store import ALONE, block_keys, card_bytes, packed, weights_path
from sqexplain.models.table import MODELS
from sqexplain.registry import check_name, nearest

SEEN = ("classes", "layer", "size", "mean", "std", "resize", "grey", "task")  # without which the answer is another


def save_model(classifier: Classifier, folder: str | Path | None = None, name: str | None = None) -> Path:
    """Write the weights of a classifier and a card, and return the path of the weights, `<name>.<gates>.safetensors`.

    `load_model(name)`, the command line and the pages find them in the user's folder; elsewhere they are a file for
    `load_model(..., weights=path)`. With gates "sparse" or "class" the frozen net is written beside its block, as
    "none". Convolutions are stored as float16 where it can hold them. The card holds no scores, which `evaluate`
    measures. Weights without a card are what a kill has left, and are replaced.

    Args:
        classifier: its architecture has to be registered: that of `MODELS`, or see `register_model`.
        folder: default the user's, which `python -m sqexplain where` names.
        name: letters, digits, "-", "_" and "."; default that of the classifier.

    Raises:
        TypeError: `classifier` is no `Classifier`.
        ValueError: the architecture is not registered, the block is not trained, the weights hold NaN or infinite
            values, the name has odd characters or is taken, also by a run of learning, or the folder cannot be
            written to; nothing is written then.
    """
    if not isinstance(classifier, Classifier):
        raise TypeError(
            f"save_model keeps a Classifier, not {type(classifier).__name__}; make one with Classifier.from_net"
        )
    spec, gates = registered_spec(classifier), classifier.gates
    name, folder = classifier.spec.name if name is None else name, models_folder() if folder is None else Path(folder)
    check_place(spec, name, gates, folder)
    if gates != "none" and not all(bool(block.trained) for block in _gated(classifier)):
        raise ValueError(f"the {gates!r} block of {name!r} is not trained; retrofit it first, or load gates='none'")
    path, net = (weights_path(name, kind, folder) for kind in (gates, "none"))
    check_free(path)
    _check_unused(path)
    files = _files(classifier, name, path, net)
    with hold(path):
        _check_unused(path)  # nothing has come meanwhile
        write_files(files)
    return path


def _check_unused(path: Path) -> None:
    """Refuse a place where finished weights lie, or a stopped run would put its own."""
    checkpoint = path.with_suffix(".checkpoint")
    if path.exists() and path.with_suffix(".json").exists():
        raise ValueError(f"'{path}' is there already; choose another 'name', or move it away")
    if checkpoint.exists():
        raise ValueError(f"'{checkpoint}' is a stopped run of that name; choose another 'name', or move it away")


def _files(classifier: Classifier, name: str, path: Path, net: Path) -> dict[Path, bytes]:
    """Return the files to write: weights and card, of a block also those of its `net` unless they lie there."""
    spec, gates = classifier.spec, classifier.gates
    files, more = {}, {}
    if gates in ALONE:
        frozen = packed(classifier, "none")
        if net.exists() and net.with_suffix(".json").exists():
            frozen = _same(net, frozen)
        else:
            check_free(net)
            _check_unused(net)
            check_place(spec, name, "none", net.parent)
            files = _pair(net, frozen, _card(classifier, name, "none"))
        more = {"frozen net": {"file": net.name, "sha256": hashlib.sha256(frozen).hexdigest()}}
    return files | _pair(path, packed(classifier), _card(classifier, name, gates) | more)


def _same(path: Path, data: bytes) -> bytes:
    """Return the file at `path` if it holds the same weights as `data`.

    Raises:
        ValueError: it holds others.
    """
    there, state = read_checkpoint(path)[0], load(data)
    if there.keys() != state.keys() or not all(torch.equal(there[key], value) for key, value in state.items()):
        raise ValueError(f"'{path}' is another net than that of the block; choose another 'name'")
    return path.read_bytes()


def _pair(path: Path, data: bytes, card: dict) -> dict[Path, bytes]:
    """Return weights and their card as files to write."""
    return {path: data, path.with_suffix(".json"): card_bytes(card | {"sha256": hashlib.sha256(data).hexdigest()})}


def registered_spec(classifier: Classifier) -> Spec:
    """Return the registered spec that a classifier was built from.

    Raises:
        ValueError: it is not registered, or its net is another.
    """
    wanted = classifier.spec.architecture
    spec = MODELS.registered(wanted)
    if spec is None:
        raise ValueError(
            f"the architecture {wanted!r} is not registered, so nobody could build it again.{nearest(wanted, MODELS)} "
            "Register it first: sqexplain.register_model(spec)"
        )
    for field in SEEN:
        if getattr(spec, field) != getattr(classifier.spec, field):
            raise ValueError(
                f"'{field}' of the net is another than that of the model {wanted!r}; register its own spec"
            )
    fresh, known = build_model(spec, classifier.gates, "cpu").net.state_dict(), classifier.net.state_dict()
    shapes = [{key: value.shape for key, value in state.items()} for state in (fresh, known)]
    if shapes[0] != shapes[1]:
        raise ValueError(f"the weights of the net are not those of the model {wanted!r}; register its own spec")
    return spec


def check_place(spec: Spec, name: str, gates: str, folder: Path) -> None:
    """Refuse a place where weights would take the name of others, or would not be found.

    Args:
        spec: the registered model they are of.
        name: what they are called.
        gates: their gates.
        folder: where they are to be written.

    Raises:
        ValueError: as said.
    """
    if name != spec.name:
        check_name(name, "model")
    other = MODELS.get(name)
    if other is not None and other.architecture != spec.architecture:
        whose = f"a model of yours with the architecture {other.base!r}" if other.base else "another model"
        raise ValueError(f"{name!r} is the name of {whose}; choose another")
    searched = searched_models()
    if searched and folder.resolve() == searched.resolve() and own.hidden(name, gates):
        raise ValueError(
            f"weights {name!r} with gates {gates!r} come with sqexplain, and are found before yours; "
            "give them a name of their own (--name, in Python 'name'), or another folder (--out, 'folder')"
        )


def _gated(classifier: Classifier) -> list:
    return [block for block in classifier.blocks.values() if block.kind != "none"]


def _card(classifier: Classifier, name: str, gates: str) -> dict:
    """Return what is known of weights without measuring anything."""
    spec, net = classifier.spec, classifier.net
    block = block_keys(net.state_dict()) if gates == "none" else ()
    known = {"prevalence": classifier.card["prevalence"]} if "prevalence" in classifier.card else {}
    return known | {
        "title": spec.title,
        "licence": spec.licence,
        "parameters": sum(value.numel() for key, value in net.named_parameters() if key not in block),
        "versions": {"torch": torch.__version__, "python": platform.python_version()},
        "name": name,
        "model": spec.architecture,
        "gates": gates,
        "scores": {},
    }
