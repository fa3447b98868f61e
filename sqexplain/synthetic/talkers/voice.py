"""Voices made by rule: a buzz, three resonances per vowel, noise for consonants, and the mouth that goes along.

Formants after Peterson and Barney, Control methods used in a study of the vowels, 1952; the resonators are those of
Klatt, Software for a cascade/parallel formant synthesizer, 1980.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from sqexplain.media import RATE

FPS = 25
HOP = RATE // FPS  # samples per frame
VOWELS = {  # three resonances in hertz, how far the jaw opens, and how wide the lips are (-1 rounded, 1 spread)
    "a": ((750, 1250, 2550), 1.0, 0.1),
    "e": ((530, 1850, 2500), 0.6, 0.7),
    "i": ((290, 2300, 3000), 0.3, 1.0),
    "o": ((500, 900, 2450), 0.65, -0.7),
    "u": ((310, 800, 2300), 0.3, -1.0),
    "@": ((520, 1500, 2500), 0.5, 0.1),
}
BANDWIDTHS = (80, 100, 140)
CONSONANTS = ("b", "m", "d", "s", "k", "")
LIPS_CLOSED = ("b", "m")
CLOSURE = 0.09  # seconds for which b and m shut the lips
FLOOR = 10 ** (-60 / 20)  # of the noise of a quiet room; no sound is ever exactly zero


@dataclass(frozen=True)
class Voice:
    """Whose voice it is: pitch in hertz, factors of the resonances and of the length of a syllable, and the room."""

    pitch: float
    throat: float
    pace: float
    echo: float  # how loud the room answers, 0 for not at all
    peak: float  # of the sound, 1 is full scale


@dataclass(frozen=True)
class Speech:
    """Sound and the mouth that makes it, T frames long.

    Attributes:
        audio: (640 T,) float32 in [-1, 1], on the steps of 16 bits.
        opening: (T,) float64, 0 shut to 1 wide open.
        width: (T,) float64, -1 rounded to 1 spread.
        voiced: (T,) bool, whether a syllable sounds; gaps of one or two frames count as sound.
    """

    audio: np.ndarray
    opening: np.ndarray
    width: np.ndarray
    voiced: np.ndarray


def invent(rng: Generator) -> Voice:
    """Return a voice: low ones have long throats, as people do."""
    pitch = rng.uniform(85, 240)
    throat = 0.88 + 0.28 * (pitch - 85) / 155 + rng.uniform(-0.06, 0.06)
    echo = rng.uniform(0.02, 0.12) if rng.random() < 0.5 else 0.0
    return Voice(pitch, throat, rng.uniform(0.8, 1.25), echo, rng.uniform(0.15, 0.6))


def speak(rng: Generator, frames: int, voice: Voice | None = None, quiet: tuple[int, int] | None = None) -> Speech:
    """Say phrases of 3 to 8 syllables with pauses of 0.25 to 0.9 s between them.

    Args:
        rng: decides what is said.
        frames: how long, at 25 per second.
        voice: who says it, invented where it is not given.
        quiet: first and last + 1 of the frames in which nothing new is said.
    """
    voice = voice or invent(rng)
    length = frames * HOP
    tracks = np.zeros((4, length + RATE))  # sound, opening, width, voiced
    at = int(rng.uniform(0, 0.5) * RATE)
    while at < length:
        begin = at
        for _ in range(rng.integers(3, 9)):
            if quiet and quiet[0] * HOP - 0.2 * RATE < at < quiet[1] * HOP:
                at = quiet[1] * HOP
            if at >= length:
                break
            syllable = _syllable(rng, voice, 1 - 0.1 * (at - begin) / RATE)  # the pitch falls along a phrase
            count = syllable.shape[1]
            tracks[0, at : at + count] += syllable[0]
            tracks[1:, at : at + count] = np.maximum(tracks[1:, at : at + count], syllable[1:])
            tracks[2, at : at + count] = syllable[2]  # a width may be negative
            at += count + int(rng.uniform(-0.02, 0.03) * RATE)
        at += int(rng.uniform(0.25, 0.9) * RATE)
    sound, opening, width, voiced = tracks[:, :length]
    return Speech(
        quantise(_room(rng, sound, voice)),
        np.clip(_per_frame(opening), 0, 1),
        np.clip(_per_frame(width), -1, 1),
        _close_gaps(voiced.reshape(frames, HOP).mean(1) > 0.4),
    )


def _syllable(rng: Generator, voice: Voice, pitch: float) -> np.ndarray:
    """Return sound, opening, width and voiced of one syllable, (4, n)."""
    count = int(rng.uniform(0.12, 0.27) * voice.pace * RATE)
    consonant = CONSONANTS[rng.integers(len(CONSONANTS))]
    formants, jaw, width = VOWELS[list(VOWELS)[rng.integers(len(VOWELS))]]
    n = np.arange(count)
    rise = np.sin(np.pi * (n + 0.5) / count) ** 0.6  # how a syllable swells and fades
    loud = rng.uniform(0.5, 1.0)
    sound = _vowel(rng, n, voice, pitch, formants) * rise * loud
    opening = np.clip(jaw * (0.55 + 0.45 * loud), 0, 1) * rise
    if consonant in LIPS_CLOSED:
        shut = min(int(CLOSURE * RATE), count // 2)
        opening[:shut] = 0
        sound[:shut] *= 0.15 if consonant == "m" else 0.02
    if consonant in ("s", "k", "d", "b"):
        _burst(rng, sound, {"s": 0.06, "k": 0.04, "d": 0.02, "b": 0.015}[consonant], 0.3 if consonant == "s" else 0.2)
    return np.stack([sound, opening, width * rise, np.ones(count)])


def _vowel(rng: Generator, n: np.ndarray, voice: Voice, pitch: float, formants: tuple) -> np.ndarray:
    """Return the source through the three resonances, peak 1."""
    from scipy.signal import lfilter  # on use only: a second that a page without drawn voices need not cost

    sway = 1 + 0.1 * np.sin(2 * np.pi * rng.uniform(1, 3) * n / RATE + rng.uniform(0, 2 * np.pi))
    phase = np.cumsum(voice.pitch * pitch * sway) / RATE % 1
    sound = np.diff(0.5 - phase, prepend=0) + 0.15 * (phase - 0.5) + 0.02 * rng.standard_normal(len(n))
    for hertz, bandwidth in zip(formants, BANDWIDTHS, strict=True):
        radius = np.exp(-np.pi * bandwidth / RATE)
        poles = [1, -2 * radius * np.cos(2 * np.pi * hertz * voice.throat / RATE), radius**2]
        sound = lfilter([sum(poles)], poles, sound)
    return sound / (np.abs(sound).max() + 1e-9)


def _burst(rng: Generator, sound: np.ndarray, seconds: float, level: float) -> None:
    """Put the hiss of a consonant at the start, in place."""
    count = min(int(seconds * RATE), len(sound))
    hiss = np.diff(rng.standard_normal(count), prepend=0)
    sound[:count] = sound[:count] * 0.15 + hiss / np.abs(hiss).max() * level * np.hanning(count)


def _room(rng: Generator, sound: np.ndarray, voice: Voice) -> np.ndarray:
    """Return the sound at the level of the voice, with the echo and the noise of a room."""
    from scipy.signal import fftconvolve

    if voice.echo:
        tail = np.arange(int(0.25 * RATE))
        answer = rng.standard_normal(len(tail)) * np.exp(-tail / (0.06 * RATE)) * voice.echo
        answer[0] = 1
        sound = fftconvolve(sound, answer)[: len(sound)]
    sound = sound / (np.abs(sound).max() + 1e-9) * voice.peak
    return sound + rng.standard_normal(len(sound)) * FLOOR * rng.uniform(0.5, 2)


def quantise(sound: np.ndarray) -> np.ndarray:
    """Return float32 on the steps of 16 bits, cut to [-1, 1]."""
    return (np.clip(np.rint(sound * 32768), -32768, 32767) / 32768).astype(np.float32)


def _per_frame(curve: np.ndarray) -> np.ndarray:
    """Return the curve smoothed over 60 ms, as lips are, in the middle of each frame: (T,)."""
    from scipy.signal import fftconvolve

    window = np.hanning(int(0.06 * RATE))
    return fftconvolve(curve, window / window.sum(), "same")[HOP // 2 :: HOP]


def _close_gaps(voiced: np.ndarray) -> np.ndarray:
    """Return (T,) bool in which pauses of one or two frames are filled."""
    closed = voiced.copy()
    for gap in (1, 2):
        before, after = voiced[: -gap - 1], voiced[gap + 1 :]
        for start in np.flatnonzero(before & after):
            closed[start : start + gap + 1] = True
    return closed
