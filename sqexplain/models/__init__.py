"""Models by name, loaded in one order: net, its own weights, SE block, weights of the block."""

from pathlib import Path

from sqexplain.classifier import Classifier, Spec
from sqexplain.gates import KINDS
from sqexplain.locations import searched_models
from sqexplain.models.building import build_model, choose_device
from sqexplain.models.checkpoint import load_state, read_checkpoint
from sqexplain.models.finding import find_all, find_net, find_weights
from sqexplain.models.imagenet import IMAGENET, load_weights
from sqexplain.models.nets.speech.published import PUBLISHED, fetch_weights
from sqexplain.models.own import downloadable
from sqexplain.models.saving import save_model
from sqexplain.models.store import ALONE, block_keys, digest, read_card
from sqexplain.models.table import MODELS, register_model
from sqexplain.registry import pick

__all__ = [
    "MODELS",
    "build_model",
    "choose_device",
    "default_gates",
    "load_model",
    "load_start",
    "register_model",
    "save_model",
]


def load_model(
    name: str, gates: str | None = None, weights: str | Path | None = None, device: str = "auto"
) -> Classifier:
    """Return a net of `MODELS` with its SE block, in eval mode.

    Args:
        name: a name of `MODELS`, or one under which `train`, `retrofit` or `save_model` wrote weights in your folder.
        gates: "class" (a sparse vector for each class, on the frozen net), "sparse" (one vector, for clips one for
            each frame, on the frozen net), "paper" (SE trained with the net, as published) or "none". None takes
            the first of these that there are weights of.
        weights: a checkpoint of your own (.safetensors, .pth, .npz) of the net, of the block, or of both; None takes
            what is shipped, or else what lies in your folder of models, or else downloads what torchvision or the
            authors have published.
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


def default_gates(spec: Spec) -> str:
    """Return the kind of gates that a model is explained with where none is named: the first that there is.

    A net for pictures may go without trained ones, but not a net for clips.
    """
    here, possible = find_all(spec.name), tuple(spec.gated) if spec.streams else ("class", "sparse", "paper")
    found = [gates for gates in possible if gates in here]
    bare = not possible or (spec.streams and "none" in here)
    return found[0] if found else "none" if bare else possible[0]


def _load_own(classifier: Classifier, block: Path | None = None) -> None:
    """Load the weights of the net itself: those that `block` was made for, shipped or own ones, or published ones."""
    spec, gates = classifier.spec, classifier.gates
    if block is None and gates in ALONE:
        block = find_weights(spec.name, gates)
    path = None if block is None and downloadable(spec.name) else find_net(spec, gates, block)
    if path is not None:
        _load_stored(classifier, path)
    elif spec.architecture in IMAGENET:
        load_weights(classifier.net, spec, None)
    elif spec.architecture in PUBLISHED:
        path = fetch_weights(spec.architecture)
        state = read_checkpoint(path)[0]
        load_state(classifier.net, spec.adapt(state) if spec.adapt else state, path)
    else:
        raise ValueError(_missing(spec, gates))


def _missing(spec: Spec, gates: str) -> str:
    """Return what to do about weights that are not there."""
    if there := find_all(spec.name):
        return f"there are no {gates!r} weights of {spec.name!r}; there are: {', '.join(there)}"
    if MODELS.origin(spec.name) != "shipped":
        train = f"train them: python -m sqexplain train {spec.name}, keep yours with save_model"
        return f"there are no weights of {spec.name!r} yet; {train}, or bring a file as 'weights'"
    train = "" if spec.adapt else f", or train them: python -m sqexplain train {spec.name}"
    text = "ours to ship" if spec.adapt else "shipped"
    return f"the weights of {spec.name!r} are not {text}; bring their file as 'weights'{train}"


def _load_block(classifier: Classifier, weights: str | Path | None) -> None:
    """Load the block that there is for a frozen net, if it was trained on these very weights."""
    if classifier.gates not in ALONE:
        return
    name, gates = classifier.spec.name, classifier.gates
    path = find_weights(name, gates) if weights is None else find_all(name).get(gates)
    if path is None:
        return
    if weights is not None and read_card(path).get("frozen net", {}).get("sha256") != digest(Path(weights)):
        return
    _load_stored(classifier, path, partly=True)


def _load_stored(classifier: Classifier, path: Path, partly: bool = False) -> None:
    """Load weights that are shipped, or lie in the user's folder, with their card.

    Raises:
        ValueError: those of the user are not what their card was written for.
    """
    card = read_card(path)
    if path.parent == searched_models() and card.get("sha256") != digest(path):
        raise ValueError(
            f"'{path}' is damaged, or was replaced after its card was written (another sha256); make it again"
        )
    load_state(classifier.net, read_checkpoint(path)[0], path, partly)
    classifier.card.update(card)


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
        _load_own(classifier, path)
    load_state(classifier.net, state, path, partly=blocks == set(state))
