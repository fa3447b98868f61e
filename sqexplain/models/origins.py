"""Where a model comes from, in a word: for lists."""

from pathlib import Path

from torch import hub

from sqexplain.models import imagenet
from sqexplain.models.finding import find_all
from sqexplain.models.nets.speech import published
from sqexplain.models.own import downloadable
from sqexplain.models.store import ASSETS
from sqexplain.models.table import MODELS


def origin(name: str) -> str:
    """Return where a model of `MODELS` comes from.

    It is "shipped"; "yours", from the user's folder; "plugin NAME", or "registered" by the running program, with
    ", yours" where the user's folder has weights of it; "downloaded" or "to fetch"; or "no weights".
    """
    known, here = MODELS.origin(name), find_all(name)
    if known == "yours":
        return known
    if known != "shipped":
        return f"{known}, yours" if here else known
    if downloadable(name):
        return "downloaded" if downloaded(name) else "to fetch"
    shipped = [path for path in here.values() if path.parent == ASSETS]
    return "shipped" if shipped else "yours" if here else "no weights"


def downloaded(name: str) -> bool:
    """Say whether the published weights of a model are on this machine; without a look at torchvision if none are."""
    if name in published.PUBLISHED:
        return published.downloaded(name)
    return downloads_folder().is_dir() and any(downloads_folder().iterdir()) and imagenet.downloaded(name)


def downloads_folder() -> Path:
    """Return the folder in which torch keeps weights that were downloaded."""
    return Path(hub.get_dir(), "checkpoints")
