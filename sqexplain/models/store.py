"""Weights that we ship: one safetensors file and one model card for each model and kind of gates."""

import hashlib
import json
from pathlib import Path

from safetensors.torch import save
from torch import Tensor

from sqexplain import locations
from sqexplain.classifier import Classifier
from sqexplain.gates import KINDS
from sqexplain.gates.insertion import ATTRIBUTE
from sqexplain.media import write_bytes

ASSETS = locations.ASSETS / "weights"


def weights_path(name: str, gates: str, folder: Path = ASSETS) -> Path:
    """Return the place of the weights of a model, `<name>.<gates>.safetensors`."""
    return folder / f"{name}.{gates}.safetensors"


def block_keys(state: dict[str, Tensor]) -> set[str]:
    """Return the keys of a state dict that belong to the block."""
    return {key for key in state if f".{ATTRIBUTE}." in key or key.startswith(f"{ATTRIBUTE}.")}


def read_card(path: Path) -> dict:
    """Return the card that lies beside a weights file, {} where there is none."""
    card = path.with_suffix(".json")
    return json.loads(card.read_text("utf-8")) if card.exists() else {}


def list_cards(folder: Path = ASSETS) -> list[dict]:
    """Return the cards of all weights in `folder`, by name and from no gates to a vector for each class."""
    cards = [read_card(path) for path in folder.glob("*.safetensors")]
    return sorted((card for card in cards if card), key=lambda card: (card["name"], KINDS.index(card["gates"])))


def save_model(classifier: Classifier, folder: str | Path) -> Path:
    """Write the weights of `classifier` into `folder` and return their path.

    A block on a frozen net ("sparse", "class") is written alone: its net lies beside it as "none". Convolutions are
    stored as float16; scores are to be measured on what was stored.

    Raises:
        ValueError: the folder cannot be written to.
    """
    state = classifier.net.state_dict()
    own = block_keys(state)
    if classifier.gates in ("sparse", "class"):
        state = {key: state[key] for key in own}
    elif classifier.gates == "none":  # the tap has nothing to tell, and its flag would call a later block trained
        state = {key: value for key, value in state.items() if key not in own}
    stored = {key: (value.half() if value.ndim == 4 else value).cpu().contiguous() for key, value in state.items()}
    metadata = {"model": classifier.spec.name, "gates": classifier.gates}
    return write_bytes(weights_path(classifier.spec.name, classifier.gates, Path(folder)), save(stored, metadata))


def write_card(path: Path, card: dict) -> Path:
    """Write the card beside the weights at `path`; return `path`."""
    write_bytes(path.with_suffix(".json"), (json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode())
    return path


def digest(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
