"""Models by name, loaded in one order: net, its own weights, SE block, weights of the block."""

from pathlib import Path

import torch
from torch import nn

from sqexplain.classifier import Classifier, Spec
from sqexplain.gates import KINDS, Tap
from sqexplain.gates.insertion import find_block, insert_se
from sqexplain.gates.streams import FUSED, insert_streams
from sqexplain.models.checkpoint import load_state, read_checkpoint
from sqexplain.models.cifar import CIFAR
from sqexplain.models.faces import FACES
from sqexplain.models.imagenet import IMAGENET, load_weights
from sqexplain.models.large import LARGE
from sqexplain.models.nets.speech.published import PUBLISHED, fetch_weights
from sqexplain.models.scenes import SCENES
from sqexplain.models.speakers import SPEAKERS
from sqexplain.models.store import ASSETS, block_keys, digest, read_card, weights_path
from sqexplain.registry import listing, pick

MODELS: dict[str, Spec] = {**CIFAR, **SCENES, **FACES, **SPEAKERS, **LARGE, **IMAGENET}


def load_model(
    name: str, gates: str | None = None, weights: str | Path | None = None, device: str = "auto"
) -> Classifier:
    """Return a net of `MODELS` with its SE block, in eval mode.

    Args:
        name: a name of `MODELS`.
        gates: "class" (a sparse vector for each class, on the frozen net), "sparse" (one vector, for clips one for
            each frame, on the frozen net), "paper" (SE trained with the net, as published) or "none". None takes
            "class" for pictures, and for clips the first of "sparse" and "paper" that the net can have.
        weights: a checkpoint of your own (.safetensors, .pth, .npz) of the net, of the block, or of both; None takes
            what is shipped, or else downloads what torchvision or the authors have published.
        device: "auto" (a GPU where there is one), "cpu", "cuda", ...

    Raises:
        ValueError: unknown name, gates or device; no such gates for this model; a checkpoint that does not fit.
    """
    gates = gates or default_gates(pick(MODELS, name, "model"))
    classifier = load_start(name, gates, weights, device)
    _load_block(classifier, weights)
    if gates in ("paper", "sparse") and not classifier.block.trained:
        raise ValueError(
            f"there are no {gates!r} gates for {name!r} yet, and untrained ones would change its answers. "
            f"Train them (python -m sqexplain retrofit {name} --gates sparse) or take gates='none'"
        )
    return classifier


def load_start(name: str, gates: str, weights: str | Path | None = None, device: str = "auto") -> Classifier:
    """Return the same, but allow an untrained block: what a retrofit starts from."""
    spec = pick(MODELS, name, "model")
    pick(dict.fromkeys(KINDS), gates, "gates")
    classifier = build_model(spec, gates, device)
    if weights is not None:
        _load_file(classifier, Path(weights))
    else:
        _load_own(classifier)
    return classifier


def build_model(spec: Spec, gates: str, device: str = "auto") -> Classifier:
    """Return the classifier of `spec` with fresh weights and an untrained block: what training starts from."""
    place = choose_device(device)
    net = spec.build().eval()
    if spec.streams:
        blocks = _insert_streams(net, spec, gates)
        return Classifier(spec, net.to(place), blocks, gates, place)
    insert_se(net, spec.layer, gates, len(spec.classes), torch.zeros(1, 3, *spec.shape))
    return Classifier(spec, net.to(place), {"frames": find_block(net)[1]}, gates, place)


def default_gates(spec: Spec) -> str:
    """Return the kind of gates that a model is explained with where none is named."""
    return "class" if not spec.streams else next(iter(spec.gated), "none")


def _insert_streams(net: nn.Module, spec: Spec, gates: str) -> dict[str, Tap]:
    """Put a block at the end of each stream of a net for clips, and where they come together."""
    if gates != "none" and gates not in spec.gated:
        there = listing([*spec.gated, "none"])
        raise ValueError(f"{spec.name!r} has no {gates!r} gates; choose one of: {there}")
    frames, sheet = torch.zeros(1, 1, 2, *spec.shape), torch.zeros(1, 1, 13, 8)
    example = {name: sheet if name == "audio" else frames for name in spec.streams}
    places = {**spec.streams, **({FUSED: spec.fusion} if spec.fusion else {})}
    return insert_streams(net, places, gates, spec.gated.get(gates, ()), example)


def choose_device(device: str) -> torch.device:
    """Return the device meant by "auto" or by a name of torch.

    Raises:
        ValueError: there is no such device on this machine.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        torch.empty(0, device=device)
        return torch.device(device)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(f"device {device!r} is not available here; take 'auto' or 'cpu'") from error


def _load_own(classifier: Classifier, folder: Path = ASSETS) -> None:
    """Load the weights of the net itself: torchvision's, or the ones in `folder`, or the ones we ship."""
    spec, gates = classifier.spec, classifier.gates
    if spec.name in IMAGENET:
        load_weights(classifier.net, spec, None)
        return
    if spec.name in PUBLISHED:
        path = fetch_weights(spec.name)
        state = read_checkpoint(path)[0]
        load_state(classifier.net, spec.adapt(state) if spec.adapt else state, path)
        return
    kind = "paper" if gates == "paper" else "none"
    path = weights_path(spec.name, kind, folder)
    path = path if path.exists() else weights_path(spec.name, kind)
    if not path.exists():
        there = [kind for kind in KINDS if weights_path(spec.name, kind).exists()]
        if not there:
            train = "" if spec.adapt else f", or train them: python -m sqexplain train {spec.name}"
            text = "ours to ship" if spec.adapt else "shipped"
            raise ValueError(f"the weights of {spec.name!r} are not {text}; bring their file as 'weights'{train}")
        raise ValueError(f"no {gates!r} weights of {spec.name!r} are shipped; there are: {', '.join(there)}")
    load_state(classifier.net, read_checkpoint(path)[0], path)
    classifier.card.update(read_card(path))


def _load_block(classifier: Classifier, weights: str | Path | None) -> None:
    """Load the block that we ship for a frozen net, if there is one and it was trained on these very weights."""
    path = weights_path(classifier.spec.name, classifier.gates)
    if weights is not None and read_card(path).get("frozen net", {}).get("sha256") != digest(Path(weights)):
        return
    if classifier.gates in ("sparse", "class") and path.exists():
        load_state(classifier.net, read_checkpoint(path)[0], path, partly=True)
        classifier.card.update(read_card(path))


def _load_file(classifier: Classifier, path: Path) -> None:
    """Load a user's checkpoint: of the net, of the block alone (then the net has its own weights), or of both."""
    state, _ = read_checkpoint(path)
    if classifier.spec.adapt:
        adapted = classifier.spec.adapt(state)
        used = set(map(id, adapted.values()))
        if unused := sorted(key for key, value in state.items() if id(value) not in used):
            classifier.card["unused"] = unused
        state = adapted
    blocks = block_keys(state)
    if blocks and classifier.gates == "none":
        raise ValueError(f"'{path}' carries an SE block; load it with gates='paper', 'sparse' or 'class'")
    if blocks == set(state):
        _load_own(classifier, path.parent)
    load_state(classifier.net, state, path, partly=blocks == set(state))
