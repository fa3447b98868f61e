"""Sounds that are no speech: hiss, rumble, tones, knocks, near silence, and the dead line."""

import numpy as np
from numpy.random import Generator

from sqexplain.media import RATE
from sqexplain.synthetic.talkers.voice import FLOOR, HOP, quantise

KINDS = ("hiss", "rumble", "tones", "knocks", "room", "dead")


def noise(rng: Generator, frames: int, kind: str) -> np.ndarray:
    """Return (640 T,) float32 of a kind of `KINDS`; "room" is near silence, "dead" is exactly zero."""
    count = frames * HOP
    floor = rng.standard_normal(count) * FLOOR
    if kind == "dead":
        return np.zeros(count, np.float32)
    if kind == "room":
        return quantise(floor * rng.uniform(0.3, 4))
    sound = {"hiss": _hiss, "rumble": _rumble, "tones": _tones, "knocks": _knocks}[kind](rng, count)
    return quantise(sound / np.abs(sound).max() * 10 ** rng.uniform(-1.7, -0.5) + floor)


def _hiss(rng: Generator, count: int) -> np.ndarray:
    swell = 1 + 0.7 * np.sin(2 * np.pi * rng.uniform(0.2, 3) * np.arange(count) / RATE)
    return rng.standard_normal(count) * swell


def _rumble(rng: Generator, count: int) -> np.ndarray:
    sound = np.cumsum(rng.standard_normal(count))
    sums = np.cumsum(np.pad(sound, (400, 400), "edge"))
    return sound - (sums[800:] - sums[:-800]) / 800  # without the drift of more than 50 ms


def _tones(rng: Generator, count: int) -> np.ndarray:
    seconds = np.arange(count) / RATE
    sound = np.zeros(count)
    for hertz in rng.uniform(100, 1500, rng.integers(2, 6)):
        swell = 1 + np.sin(2 * np.pi * rng.uniform(0.3, 2) * seconds)
        sound += np.sin(2 * np.pi * hertz * seconds + rng.uniform(0, 6)) * swell
    return sound


def _knocks(rng: Generator, count: int) -> np.ndarray:
    sound = rng.standard_normal(count) * 0.01
    fade = np.exp(-np.arange(2000) / 400)
    for at in rng.integers(0, count - 2000, max(2, count * int(rng.integers(1, 5)) // RATE)):
        sound[at : at + 2000] += rng.standard_normal(2000) * fade
    return sound
