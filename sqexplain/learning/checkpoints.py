"""Files from which a stopped run goes on."""

from pathlib import Path
from pickle import UnpicklingError

import torch


def save_checkpoint(path: Path, run: dict, state: dict) -> None:
    """Write `state` beside its place first, then move it there: a kill leaves the old checkpoint whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    torch.save(state | {"run": run}, part)
    part.replace(path)


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
