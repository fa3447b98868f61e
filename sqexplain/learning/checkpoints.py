"""Files from which a stopped run goes on."""

from pathlib import Path
from pickle import UnpicklingError

import torch

from sqexplain.media import atomic_write


def save_checkpoint(path: Path, run: dict, state: dict) -> None:
    """Write `state` and the settings of its run whole or not at all: a kill leaves the old checkpoint.

    Raises:
        ValueError: the place cannot be written to.
    """
    with atomic_write(path) as part, part.open("wb") as file:
        torch.save(state | {"run": run}, file)


def load_checkpoint(path: Path, run: dict) -> dict:
    """Return the state that `save_checkpoint` wrote.

    Raises:
        ValueError: the file is no checkpoint, or that of a run with other settings than `run`.
    """
    try:
        state = torch.load(path, weights_only=True, map_location="cpu")
    except (OSError, RuntimeError, EOFError, UnpicklingError) as error:
        raise ValueError(f"'{path}' is no readable checkpoint; remove it to start anew") from error
    if state.get("run") != run:
        differ = [key for key in run if state.get("run", {}).get(key) != run[key]]
        raise ValueError(f"'{path}' is a checkpoint of another run (other {', '.join(differ)}); remove or rename it")
    return state
