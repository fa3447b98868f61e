"""Sound to the sheets that a net hears: four columns per frame of the picture, at any frame rate."""

from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.fft import dct

RATE = 16_000  # samples per second, everywhere in the library
COLUMNS = 4  # of a sheet per frame: 10 ms at 25 fps
ROWS = 13
BINS = 512  # samples per Fourier transform; a longer window is cut
FILTERS = 26
LIFTER = 22
PREEMPHASIS = 0.97
NOTHING = np.finfo(np.float64).eps  # stands for a power of zero; its logarithm is -36.04


def mfcc(audio: np.ndarray, frames: int, fps: float = 25.0) -> np.ndarray:
    """Return the mel cepstrum (13, 4 * frames) float32 of sound (n,) float in [-1, 1] at 16 kHz.

    Equal to `python_speech_features.mfcc` 0.6 on the 16-bit samples with a window of .025 * 25 / fps and a step of
    .010 * 25 / fps seconds, as speaker detectors were trained on: row 0 is the log energy. Columns missing at the end
    are repeated from the start, as there.

    Raises:
        ValueError: the sound is empty or not one-dimensional, or `frames` or `fps` is not positive.
    """
    power = _power(audio, frames, fps)  # (n, 257)
    rows = dct(_log(power @ _filters(FILTERS)), type=2, axis=1, norm="ortho")[:, :ROWS]  # (n, 13)
    rows *= 1 + LIFTER / 2 * np.sin(np.pi * np.arange(ROWS) / LIFTER)
    rows[:, 0] = _log(power.sum(1))
    return _sheet(rows, frames)


def log_mel(audio: np.ndarray, frames: int, fps: float = 25.0, rows: int = 40) -> np.ndarray:
    """Return the log power (rows, 4 * frames) float32 in mel bands, low first: the columns of `mfcc`, for the eye.

    Raises:
        ValueError: as `mfcc`.
    """
    return _sheet(_log(_power(audio, frames, fps) @ _filters(rows)), frames)


def _power(audio: np.ndarray, frames: int, fps: float) -> np.ndarray:
    """Return the power spectrum (n, 257) of every window, n <= 4 * frames."""
    _check(audio, frames, fps)
    length, step = (int(seconds * 25 / fps * RATE + 0.5) for seconds in (0.025, 0.010))  # half rounds up
    needed = audio[: (COLUMNS * frames - 1) * step + length]
    signal = np.clip(np.rint(needed * 32768.0), -32768, 32767).astype(np.float64)  # the values of 16 bits
    signal[1:] -= PREEMPHASIS * signal[:-1]
    count = 1 + max(0, -(-(len(signal) - length) // step))
    padded = np.pad(signal, (0, (count - 1) * step + length - len(signal)))
    windows = sliding_window_view(padded, length)[::step, :BINS]  # (n, at most 512)
    spectrum = np.fft.rfft(windows, BINS)  # (n, 257)
    return (spectrum.real**2 + spectrum.imag**2) / BINS


def _check(audio: np.ndarray, frames: int, fps: float) -> None:
    if audio.ndim != 1 or not len(audio):
        raise ValueError(f"'audio' has shape {audio.shape}; give sound (n,) of at least one sample at {RATE} Hz")
    if frames < 1:
        raise ValueError(f"'frames' is {frames}; give at least 1")
    if not (np.isfinite(fps) and fps > 0):
        raise ValueError(f"'fps' is {fps!r}; give a positive number of frames per second")


def _log(power: np.ndarray) -> np.ndarray:
    return np.log(np.where(power == 0, NOTHING, power))


@cache
def _filters(count: int) -> np.ndarray:
    """Return triangles (257, count) that overlap by half, evenly spaced in mel from 0 to 8 kHz."""
    highest = 2595 * np.log10(1 + RATE / 2 / 700)
    hertz = 700 * (10 ** (np.linspace(0, highest, count + 2) / 2595) - 1)
    corners = np.floor((BINS + 1) * hertz / RATE)
    low, peak, high = corners[:-2], corners[1:-1], corners[2:]
    at = np.arange(BINS // 2 + 1)[:, None]
    return np.clip(np.minimum((at - low) / (peak - low), (high - at) / (high - peak)), 0, None)  # (257, count)


def _sheet(rows: np.ndarray, frames: int) -> np.ndarray:
    """Cut or repeat (n, R) to (R, 4 * frames) float32."""
    columns = np.arange(COLUMNS * frames) % len(rows)
    return np.ascontiguousarray(rows[columns].T, np.float32)
