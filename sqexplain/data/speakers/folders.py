"""Where the crops and the sound of one track lie on disk; the names come from tables and have been checked."""

import os
from pathlib import Path

import cv2
import numpy as np

from sqexplain import media

SIDE = 112
JPEG = (".jpg", ".jpeg", ".png")


def locate(bases: tuple[Path, ...], videos: tuple[str, ...], entity: str, suffix: str = "") -> Path | None:
    """Return `<base>/<video>/<entity><suffix>`, or without the folder of the video, where there is one.

    A ':' in a name may stand as '_' or '-', because Windows allows it in no file name.
    """
    files = [name + suffix for name in spellings(entity)]
    folders = [name for video in videos for name in spellings(video)]
    for base in bases:
        for path in (*(base / folder / file for folder in folders for file in files), *(base / file for file in files)):
            if path.is_file() if suffix else path.is_dir():  # a pipe of this name would never end
                return path
    return None


def spellings(name: str) -> tuple[str, ...]:
    """Return the ways in which a name is written on disk."""
    found = dict.fromkeys((name, name.replace(":", "_"), name.replace(":", "-")))
    return tuple(one for one in found if os.name != "nt" or ":" not in one)


def stamp(seconds: float) -> str:
    """Return the name of a picture without its ending; hundredths tell the frames of any usual rate apart."""
    return f"{seconds:.2f}"


def pictures(folder: Path | None) -> dict[str, Path]:
    """Return the pictures of a track by `stamp`; files that are named like no time do not count."""
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()) if folder and folder.is_dir() else ():
        try:
            seconds = float(path.stem)
        except ValueError:
            continue
        if path.suffix.lower() in JPEG and np.isfinite(seconds):
            found.setdefault(stamp(seconds), path)
    return found


def read_picture(path: Path) -> np.ndarray:
    """Return the crop as (112, 112, 3) uint8 RGB, resized as the published nets resize theirs (bilinear)."""
    picture = media.decode_image(media.read_bytes(path), path.name)  # (H, W, 3)
    return cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)


def cut_out(audio: np.ndarray, times: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Return the sound (n,) of a track without that of the frames that are not `kept`, so that both stay together.

    times (T,) seconds of all frames, the first at the start of the sound; kept (T,) bool.
    """
    edges = np.round((times - times[0]) * media.RATE).astype(np.int64)  # (T,)
    inside = np.arange(len(audio)).searchsorted(edges)  # (T,) no later than the end
    pieces = np.split(audio, inside[1:])  # T pieces, the last one with all that follows
    return np.concatenate([piece for piece, keep in zip(pieces, kept, strict=True) if keep])
