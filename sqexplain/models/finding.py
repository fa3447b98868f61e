"""Where the weights of a model lie: with the package, or else in the user's folder."""

from pathlib import Path

from sqexplain.classifier import Spec
from sqexplain.gates import KINDS
from sqexplain.locations import models_folder
from sqexplain.models import own
from sqexplain.models.imagenet import is_published
from sqexplain.models.nets.speech.published import PUBLISHED
from sqexplain.models.store import ALONE, digest, nets_of, read_card, weights_path
from sqexplain.models.table import MODELS


def find_weights(name: str, gates: str) -> Path | None:
    """Return the weights of a model, those of the package before the user's own; None where there are none.

    Raises:
        ValueError: the user's own cannot be used.
    """
    path = weights_path(name, gates)
    if path.exists():
        return path
    found = own.look(name, MODELS.registered)
    if path.name in found.wrong:
        raise ValueError(f"'{models_folder() / path.name}' cannot be used: {found.wrong[path.name]}")
    return found.weights.get(gates)


def find_all(name: str) -> dict[str, Path]:
    """Return by gates all weights of a model that can be used, from no gates to a vector for each class."""
    found = own.look(name, MODELS.registered).weights
    shipped = {gates: weights_path(name, gates) for gates in KINDS}
    return {
        gates: path if path.exists() else found[gates]
        for gates, path in shipped.items()
        if gates in found or path.exists()
    }


def find_net(spec: Spec, gates: str, block: Path | None = None) -> Path | None:
    """Return the weights of the net itself; None where there are none on this machine.

    Args:
        spec: the model.
        gates: its gates; with "paper" the net has weights of its own.
        block: weights of a block on a frozen net, whose card tells the net it was made for.

    Raises:
        ValueError: none of the nets at hand is that of the block.
    """
    if gates == "paper":
        return find_weights(spec.name, "paper")
    if block is None:
        path = find_weights(spec.name, "none")
        blocks = [] if path else [path for gates, path in find_all(spec.name).items() if gates in ALONE]
        return path or next((find_net(spec, gates, one) for one in blocks), None)
    wanted = read_card(block).get("frozen net", {}).get("sha256")
    nets = nets_of(block)
    if block == weights_path(spec.name, gates) or (
        wanted is None and block.parent.resolve() != models_folder().resolve()
    ):
        return nets[0] if nets else None  # what is shipped was tested together, a file from elsewhere may have no card
    if wanted is None:
        raise ValueError(f"'{block}' cannot be used: {own.UNTOLD}")
    fitting = next((path for path in nets if digest(path) == wanted), None)
    source = PUBLISHED.get(spec.architecture)
    if fitting is None and not (source and source.sha256 == wanted) and not is_published(spec.architecture, wanted):
        raise ValueError(
            f"the block '{block}' was trained on other weights of its net than there are; bring that net back, or "
            "retrofit a new block"
        )
    return fitting


def left_out() -> dict[str, str]:
    """Return by file name why files of the user's folder cannot be used, as the end of a sentence."""
    return own.left_out(MODELS.registered)


def own_cards() -> list[dict]:
    """Return the cards of the weights in the user's folder that can be used, by name and gates."""
    found = {name: own.look(name, MODELS.registered).weights for name in own.names()}
    return [{"scores": {}} | read_card(path) for weights in found.values() for path in weights.values()]
