"""One run at a time for each weights: a file beside them holds the process that works on them."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SUFFIX = ".lock"
YOUNG = 60  # seconds in which a lock without a process may still be getting one
DAY = 24 * 60 * 60
_held: set[Path] = set()  # by this process: after a restart in a container the number of a process is that of the old


@contextmanager
def hold(weights: Path) -> Iterator[None]:
    """Keep the name of `weights` for this run; the lock of a run that was killed is taken over.

    Raises:
        ValueError: another run works on it, or the folder cannot be written to.
    """
    lock = weights.with_suffix(SUFFIX).resolve()
    _take_over(weights)
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        number = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except OSError as error:
        check_free(weights)
        raise ValueError(f"'{lock}' cannot be written ({error.strerror or error}); choose another folder") from None
    _held.add(lock)
    try:
        with os.fdopen(number, "w") as file:
            file.write(str(os.getpid()))
        _remove_parts(lock.parent)
        yield
    finally:
        _held.discard(lock)
        lock.unlink(missing_ok=True)


def check_free(weights: Path) -> None:
    """Refuse weights that a run works on.

    Raises:
        ValueError: as said.
    """
    lock = weights.with_suffix(SUFFIX).resolve()
    if _is_held(lock, lock):
        raise ValueError(
            f"another run works on '{weights}'; wait for its end, or choose another name (if none does: "
            f"remove '{lock.name}')"
        )


def _take_over(weights: Path) -> None:
    """Remove the lock of a run that is gone; one that was taken in this moment is put back."""
    check_free(weights)
    lock = weights.with_suffix(SUFFIX).resolve()
    aside = lock.with_name(f".{secrets.token_hex(8)}.part")
    try:
        lock.rename(aside)
    except OSError:  # there is none
        return
    if _is_held(aside, lock):
        aside.rename(lock)
        check_free(weights)
    aside.unlink(missing_ok=True)


def _remove_parts(folder: Path) -> None:
    """Remove what kills have left of files in writing, more than a day ago."""
    for part in folder.glob(f".{'[0-9a-f]' * 16}.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > DAY:
                part.unlink()


def _is_held(file: Path, lock: Path) -> bool:
    """Say whether the process that `file` names, read as `lock`, is alive."""
    try:
        text, age = file.read_text("ascii"), time.time() - file.stat().st_mtime
    except (OSError, ValueError):
        return False
    if not text.isdigit():
        return not text and age < YOUNG
    if int(text) == os.getpid():
        return lock in _held
    if os.name == "nt":  # there is no harmless question
        return True
    try:
        os.kill(int(text), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
