"""How a drawn face moves: what it says with its lips, and what it does besides."""

import numpy as np
from numpy.random import Generator

from sqexplain.synthetic.portraits.face import Look

IDLE = ("still", "restless", "yawn", "smile", "chew")


def smooth(rng: Generator, frames: int, amount: float, pace: int) -> np.ndarray:
    """Return (T,) noise about 0 that turns round about every `pace` frames, its deviation .3 to 1 of `amount`."""
    noise = rng.standard_normal(frames + 4 * pace)
    curve = np.convolve(noise, np.hanning(2 * pace + 1), "same")[2 * pace : 2 * pace + frames]
    return curve / (curve.std() + 1e-6) * amount * rng.uniform(0.3, 1)


def idle(rng: Generator, frames: int, kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return opening, width and smile (T,) of a face that says nothing, as a kind of `IDLE` does it."""
    opening, width, smile = np.zeros(frames), np.zeros(frames), np.zeros(frames)
    time = np.arange(frames)
    if kind == "restless":
        opening, width = np.clip(smooth(rng, frames, 0.03, 6), 0, 0.06), smooth(rng, frames, 0.2, 9)
    if kind == "yawn":
        opening = _bump(time, rng.uniform(0.2, 0.8) * frames, rng.uniform(9, 16)) * rng.uniform(0.5, 1)
        width = -0.3 * opening
    if kind == "smile":
        smile = _bump(time, rng.uniform(0.2, 0.8) * frames, rng.uniform(10, 20)) * rng.uniform(0.5, 1)
        opening, width = 0.12 * smile * rng.integers(2), 0.4 * smile
    if kind == "chew":
        beat = np.sin(2 * np.pi * np.cumsum(rng.uniform(1.1, 1.9) / 25 + smooth(rng, frames, 0.006, 8)))
        opening, width = 0.16 * rng.uniform(0.6, 1.4) * np.clip(beat + 0.4, 0, None) / 1.4, -0.3 * np.abs(beat)
    return opening, width, smile


def looks(
    rng: Generator,
    opening: np.ndarray,
    width: np.ndarray,
    smile: np.ndarray | float = 0.0,
    place: tuple[float, float, float] = (56.0, 54.0, 33.0),
) -> list[Look]:
    """Return the look of a face at each frame, with all that it does besides.

    Args:
        rng: decides how it moves.
        opening: of the mouth (T,).
        width: of the mouth (T,).
        smile: of the mouth (T,), on top of how friendly the face is.
        place: x and y of the middle of the head, and half its width, in pixels.
    """
    frames, (x, y, size) = len(opening), place
    unit = size / 33  # the numbers below are pixels of a picture of 112
    columns = {
        "x": x + (rng.uniform(-5, 5) + smooth(rng, frames, 2.2, 9)) * unit,
        "y": y + (rng.uniform(-4, 3) + smooth(rng, frames, 1.8, 9) + 0.8 * opening) * unit,
        "size": size * rng.uniform(0.9, 1.08) * (1 + smooth(rng, frames, 0.02, 12)),
        "roll": rng.uniform(-0.12, 0.12) + smooth(rng, frames, 0.06, 10),
        "turn": np.clip(rng.uniform(-0.25, 0.25) + smooth(rng, frames, 0.12, 10), -0.45, 0.45),
        "nod": rng.uniform(-0.05, 0.05) + smooth(rng, frames, 0.035, 9),
        "opening": opening,
        "width": width,
        "smile": np.clip(rng.uniform(-0.25, 0.5) + smooth(rng, frames, 0.12, 10) + smile, -1, 1),
        "lids": _lids(rng, frames),
        "gaze": np.clip(smooth(rng, frames, 0.5, 6), -1, 1),
        "brows": smooth(rng, frames, 0.45, 7),
    }
    names, values = list(columns), np.stack([np.broadcast_to(column, frames) for column in columns.values()], 1)
    return [Look(**dict(zip(names, row, strict=True))) for row in values.tolist()]


def _lids(rng: Generator, frames: int) -> np.ndarray:
    """Return (T,) how far the eyes are open: a blink of 4 frames every .6 to 2.5 seconds."""
    lids = np.full(frames + 4, rng.uniform(0.8, 1.1))
    at = int(rng.integers(3, 40))
    while at < frames:
        lids[at : at + 4] *= (0.5, 0.0, 0.05, 0.6)
        at += int(rng.integers(15, 62))
    return lids[:frames]


def _bump(time: np.ndarray, middle: float, half: float) -> np.ndarray:
    """Return 1 at the middle and 0 beyond `half` from it, smoothly."""
    return 0.5 + 0.5 * np.cos(np.pi * np.clip((time - middle) / half, -1, 1))
