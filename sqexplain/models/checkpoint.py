"""Reads weights files of three formats, and says in one sentence what is wrong with a bad one."""

import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from torch import Tensor, nn

from sqexplain.gates.insertion import ATTRIBUTE
from sqexplain.registry import listing

WRAPPERS = ("state_dict", "model_state_dict", "model", "net")  # where training scripts keep the weights


def read_checkpoint(path: str | Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return the state dict in the file at `path` and what else it says (safetensors alone carries that).

    The content, not the ending of the name, tells the format: safetensors, what torch.save wrote, or npz. No code of
    the file is ever run.

    Raises:
        ValueError: no such file, not a checkpoint, truncated, a pickle with code, or NaN or infinite weights.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"there is no weights file '{path}'")
    read = _reader(path)
    try:
        state, metadata = read(path)
    except pickle.UnpicklingError as error:
        raise ValueError(
            f"'{path}' holds more than weights, or is damaged, and is not opened: a pickle can run code. "
            "Save net.state_dict() instead of the net"
        ) from error
    except Exception as error:  # what a parser meets in broken bytes can be anything
        raise ValueError(f"'{path}' is damaged or truncated; fetch or save it again") from error
    return _checked(_unwrapped(state), path), metadata


def load_state(net: nn.Module, state: dict[str, Tensor], path: str | Path, partly: bool = False) -> None:
    """Put the weights `state`, read from `path`, into `net`; on errors `net` keeps the weights it had.

    Args:
        net: the net; a block of its own that `state` knows nothing of stays as it is.
        state: names and tensors.
        path: named in errors.
        partly: whether `state` may hold the block alone.

    Raises:
        ValueError: names or shapes are those of another net.
    """
    present = net.state_dict()
    own = {key: value.clone() for key, value in present.items()}
    wrong = [
        f"{key} {tuple(value.shape)} instead of {tuple(own[key].shape)}"
        for key, value in state.items()
        if key in own and value.shape != own[key].shape
    ]
    if wrong:
        raise ValueError(f"'{path}' is of another net: {listing(wrong, 3)}")
    missing, unexpected = net.load_state_dict(_dated(state, present), strict=False)
    if partly:
        missing = [key for key in missing if ATTRIBUTE in key.split(".")]
    if missing or unexpected:
        net.load_state_dict(_dated(own, present))
        lacks = f" it lacks {listing(missing, 3)}." if missing else ""
        brings = f" The net has no {listing(unexpected, 3)}." if unexpected else ""
        other = "block" if all(ATTRIBUTE in key.split(".") for key in [*missing, *unexpected]) else "net"
        raise ValueError(f"'{path}' is of another {other}:{lacks}{brings}")


def _dated(state: dict, present: Any) -> dict:
    """Return `state` with the version mark of the net itself where it has none: MNASNet refuses weights without."""
    if hasattr(state, "_metadata"):
        return state
    dated: Any = OrderedDict(state)  # torch hangs the mark on the dict itself
    dated._metadata = {"": present._metadata[""]}
    return dated


def _reader(path: Path):
    """Return the function that reads the format of the file, by its first bytes."""
    with path.open("rb") as file:
        head = file.read(9)
    if head[:4] == b"PK\x03\x04":
        return _read_npz if _holds_arrays(path) else _read_torch
    if len(head) == 9 and head[8:] == b"{" and int.from_bytes(head[:8], "little") < 100_000_000:
        return _read_safetensors
    if head[:1] == b"\x80":  # a pickle without a zip around it: torch before 1.6
        return _read_torch
    raise ValueError(f"'{path}' is no checkpoint; give a .safetensors, .pth or .npz file of weights")


def _holds_arrays(path: Path) -> bool:
    """Return whether the zip file is one of numpy's."""
    try:
        with zipfile.ZipFile(path) as archive:
            return all(name.endswith(".npy") for name in archive.namelist())
    except zipfile.BadZipFile as error:
        raise ValueError(f"'{path}' is damaged or truncated; fetch or save it again") from error


def _read_safetensors(path: Path) -> tuple[dict, dict[str, str]]:
    with safe_open(path, framework="pt") as file:
        return {key: file.get_tensor(key) for key in file.keys()}, file.metadata() or {}  # noqa: SIM118


def _read_torch(path: Path) -> tuple[dict, dict[str, str]]:
    return torch.load(path, map_location="cpu", weights_only=True), {}


def _read_npz(path: Path) -> tuple[dict, dict[str, str]]:
    with np.load(path, allow_pickle=False) as file:
        return {key: torch.from_numpy(file[key]) for key in file.files}, {}


def _unwrapped(state: object) -> object:
    """Take the weights out of what a training script may have put around them."""
    for key in WRAPPERS:
        if isinstance(state, dict) and isinstance(state.get(key), dict):
            state = state[key]
    if isinstance(state, dict) and state and all(str(key).startswith("module.") for key in state):
        return {key.removeprefix("module."): value for key, value in state.items()}  # trained with DataParallel
    return state


def _checked(state: object, path: Path) -> dict[str, Tensor]:
    """Return `state` if it is a dict of finite tensors."""
    if not isinstance(state, dict) or not state or not all(map(_is_named_weight, state.items())):
        raise ValueError(f"'{path}' holds no named weights; save net.state_dict()")
    for key, value in state.items():
        if value.is_floating_point() and not value.isfinite().all():
            raise ValueError(f"'{path}' holds NaN or infinite values in {key!r}; the training of it has failed")
    return state


def _is_named_weight(item: tuple[object, object]) -> bool:
    return isinstance(item[0], str) and isinstance(item[1], Tensor)
