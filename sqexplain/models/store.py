"""Weights on disk: one safetensors file and one model card for each model and kind of gates."""

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
SUFFIX = ".safetensors"
ALONE = ("sparse", "class")  # gates of a block on a frozen net, which is stored alone


def weights_path(name: str, gates: str, folder: Path = ASSETS) -> Path:
    """Return the place of the weights of a model, `<name>.<gates>.safetensors`."""
    return folder / f"{name}.{gates}{SUFFIX}"


def split_name(file: str) -> tuple[str, str]:
    """Return the name of a model and its gates from the name of a file."""
    name, _, gates = file.removesuffix(SUFFIX).rpartition(".")
    return name, gates


def nets_of(block: Path) -> list[Path]:
    """Return the files that may hold the net which the block at `block` was made for, the likeliest first.

    They lie beside it, among what the package brings, or in the user's folder, and are called as the block is, or as
    its card says.
    """
    names = (f"{split_name(block.name)[0]}.none{SUFFIX}", read_card(block).get("frozen net", {}).get("file", ""))
    folders = [one for one in dict.fromkeys((block.parent, ASSETS, locations.searched_models())) if one]
    plain = [name for name in dict.fromkeys(names) if name and Path(name).name == name]
    return [path for name in plain for folder in folders if (path := folder / name).is_file()]


def block_keys(state: dict[str, Tensor]) -> set[str]:
    """Return the keys of a state dict that belong to the block."""
    return {key for key in state if f".{ATTRIBUTE}." in key or key.startswith(f"{ATTRIBUTE}.")}


def read_card(path: Path) -> dict:
    """Return the card that lies beside a weights file, {} where there is none.

    Raises:
        ValueError: it is damaged.
    """
    card = path.with_suffix(".json")
    if not card.is_file():
        return {}
    try:
        found = json.loads(card.read_text("utf-8"))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ValueError(f"the card '{card}' is damaged; remove it, or make the weights again")
    return found


def list_cards(folder: Path = ASSETS) -> list[dict]:
    """Return the cards of all weights in `folder`, by name and from no gates to a vector for each class."""
    cards = [read_card(path) for path in folder.glob("*.safetensors")]
    return sorted((card for card in cards if card), key=lambda card: (card["name"], KINDS.index(card["gates"])))


def write_weights(classifier: Classifier, folder: str | Path) -> Path:
    """Write the weights of `classifier` into `folder` and return their path.

    Raises:
        ValueError: the folder cannot be written to.
    """
    return write_bytes(weights_path(classifier.spec.name, classifier.gates, Path(folder)), packed(classifier))


def packed(classifier: Classifier, gates: str | None = None) -> bytes:
    """Return the weights of `classifier` as a safetensors file, with `gates` "none" those of its net alone.

    A block on a frozen net ("sparse", "class") is stored alone: its net lies beside it as "none". Convolutions are
    stored as float16 where it can hold them; scores are to be measured on what was stored.

    Raises:
        ValueError: the weights hold NaN or infinite values.
    """
    gates = gates or classifier.gates
    state = classifier.net.state_dict()
    own = block_keys(state)
    if gates in ALONE:
        state = {key: state[key] for key in own}
    elif gates == "none":  # the tap has nothing to tell, and its flag would call a later block trained
        state = {key: value for key, value in state.items() if key not in own}
    for key, value in state.items():
        if value.is_floating_point() and not value.isfinite().all():
            name = classifier.spec.name
            raise ValueError(f"the weights of {name!r} hold NaN or infinite values in {key!r}; its training has failed")
    stored = {key: _rounded(value).cpu().contiguous() for key, value in state.items()}
    return save(stored, {"model": classifier.spec.architecture, "gates": gates})


def _rounded(value: Tensor) -> Tensor:
    """Return a convolution as float16 where all of it fits; anything else as it is."""
    half = value.half() if value.ndim == 4 else value
    return half if half.isfinite().all() else value


def write_card(path: Path, card: dict) -> Path:
    """Write the card beside the weights at `path`; return `path`."""
    write_bytes(path.with_suffix(".json"), card_bytes(card))
    return path


def card_bytes(card: dict) -> bytes:
    """Return a card as it is written."""
    return (json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode()


def digest(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
