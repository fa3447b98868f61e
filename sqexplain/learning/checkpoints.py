"""Checkpoint files of a run, and the cached pooled features of a retrofit."""

from pathlib import Path

import torch
from torch import Tensor

from sqexplain.media import atomic_write


def save_checkpoint(path: Path, run: dict, state: dict) -> None:
    """Write `state` and the settings of its run whole or not at all: a kill leaves the old checkpoint.

    Raises:
        ValueError: the place cannot be written to.
    """
    _write(path, state | {"run": run})


def load_checkpoint(path: Path, run: dict) -> dict:
    """Return the state that `save_checkpoint` wrote.

    Raises:
        ValueError: the file is no checkpoint, or that of a run with other settings than `run`.
    """
    state = _read(path)
    known = state.get("run") if isinstance(state, dict) else None
    if not isinstance(known, dict):
        raise ValueError(f"'{path}' is no checkpoint of a run; remove or rename it")
    if known != run:
        differ = sorted(key for key in run.keys() | known.keys() if known.get(key) != run.get(key))
        raise ValueError(f"'{path}' is a checkpoint of another run (other {', '.join(differ)}); remove or rename it")
    return state


def save_vectors(path: Path, vectors: dict[str, Tensor]) -> None:
    """Write vectors beside the checkpoint at `path`, whole or not at all."""
    _write(vectors_path(path), vectors)


def load_vectors(path: Path) -> dict[str, Tensor]:
    """Return the vectors beside a checkpoint, read from the disk as they are used.

    Raises:
        ValueError: the file is gone or damaged.
    """
    return _read(vectors_path(path), mmap=True)


def remove_checkpoint(path: Path) -> None:
    """Delete a checkpoint and the vectors beside it, where they are."""
    for file in (path, vectors_path(path)):
        file.unlink(missing_ok=True)


def vectors_path(path: Path) -> Path:
    """Return the place of the vectors that belong to the checkpoint at `path`."""
    return path.with_name(path.name + ".vectors")


def _write(path: Path, content: dict) -> None:
    with atomic_write(path) as part, part.open("wb") as file:
        torch.save(content, file)


def _read(path: Path, mmap: bool = False) -> dict:
    try:
        return torch.load(path, weights_only=True, map_location="cpu", mmap=mmap)
    except Exception as error:  # what a reader meets in foreign bytes can be anything
        raise ValueError(f"'{path}' is no readable checkpoint; remove the files of this run to start anew") from error
