"""Weights that others have published for our speaker nets; fetched when the user asks for the model, and not before."""

from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from torch import hub

from sqexplain.models.store import digest


@dataclass(frozen=True)
class Published:
    """Where a checkpoint lies: the address, and the sha256 of the file in hexadecimal digits."""

    url: str
    sha256: str


PUBLISHED = {
    "speaker-light": Published(
        "https://github.com/Junhua-Liao/Light-ASD/raw/ed38c232de5efe0261dbd68627c0ade7cdfe14eb/"
        "weight/pretrain_AVA_CVPR.model",
        "d44bc3ea7baa8e0946fa3921311714a630ed8b90a1928fab0dbe30d918909317",
    ),
}


def place(name: str) -> Path:
    """Return the file that the weights of `name` are kept in, in the folder where torch keeps its own."""
    return Path(hub.get_dir(), "checkpoints", f"{name}-{PUBLISHED[name].sha256[:8]}.model")


def downloaded(name: str) -> bool:
    """Say whether the weights of `name` are on this machine."""
    return name in PUBLISHED and place(name).is_file()


def fetch_weights(name: str) -> Path:
    """Return the file with the published weights of `name`, downloaded with a progress bar unless it is there.

    Raises:
        ValueError: the server cannot be reached, or what it sent is another file; nothing is left behind.
    """
    source, path = PUBLISHED[name], place(name)
    if path.is_file() and digest(path) == source.sha256:
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        hub.download_url_to_file(source.url, str(path), hash_prefix=source.sha256, progress=True)
    except (OSError, HTTPException, RuntimeError) as error:  # no network, no disk, broken off, wrong checksum
        raise ValueError(
            f"cannot download the weights of {name!r} ({error}). Check the connection, or fetch {source.url} "
            "elsewhere and give the file as 'weights'"
        ) from error
    return path
