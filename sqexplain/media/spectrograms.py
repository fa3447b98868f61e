"""Samples to sheets of four columns per frame: the mel cepstrum that a net hears, the log-mel that people read.

n windows, M mel bands, T frames.
"""

from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from sqexplain import extras
from sqexplain.media.sound import RATE

COLUMNS = 4  # of a sheet per frame: 10 ms at 25 fps
ROWS = 13
BINS = 512  # samples per Fourier transform; a longer window is cut
FILTERS = 26
LIFTER = 22
PREEMPHASIS = 0.97
NOTHING = np.finfo(np.float64).eps  # stands for a power of zero; its logarithm is -36.04
QUIET = 1e-10  # the least power of a log-mel, -100 dB


def mfcc(audio: np.ndarray, frames: int, fps: float = 25.0) -> np.ndarray:
    """Return the mel cepstrum (13, 4 * frames) float32 of sound (n,) float in [-1, 1] at 16 kHz.

    Equal to `python_speech_features.mfcc` 0.6 on the 16-bit samples with a window of .025 * 25 / fps and a step of
    .010 * 25 / fps seconds, as speaker detectors were trained on: row 0 is the log energy. Columns missing at the end
    are repeated from the start, as there.

    Raises:
        ValueError: the sound is empty or not one-dimensional, or `frames` or `fps` is not positive.
    """
    from scipy.fft import dct  # on use only: half a second that a page of pictures need not cost

    signal = np.clip(np.rint(_needed(audio, frames, fps) * 32768.0), -32768, 32767)  # the values of 16 bits
    signal[1:] -= PREEMPHASIS * signal[:-1]
    power = _power(_windows(signal, fps)) / BINS  # (n, 257)
    rows = dct(_log(power @ _filters(FILTERS)), type=2, axis=1, norm="ortho")[:, :ROWS]  # (n, 13)
    rows *= 1 + LIFTER / 2 * np.sin(np.pi * np.arange(ROWS) / LIFTER)
    rows[:, 0] = _log(power.sum(1))
    return _sheet(rows, frames)


def log_mel(audio: np.ndarray, frames: int, fps: float = 25.0, rows: int = 40) -> np.ndarray:
    """Return the power in mel bands (rows, 4 * frames) float32 in dB, low bands first; its columns are those of `mfcc`.

    For people, as librosa draws it: Hann windows, nothing emphasised; 0 dB is a tone of full scale, the least -100 dB.
    The middles of the bands are `mel_frequencies(rows)`.

    Raises:
        ValueError: as `mfcc`.
    """
    windows = _windows(_needed(audio, frames, fps), fps)
    hann = np.hanning(windows.shape[1] + 1)[:-1]
    power = _power(windows * (2 * hann / hann.sum()))  # (n, 257)
    return _sheet(10 * np.log10(np.maximum(power @ _mel_filters(rows), QUIET)), frames)


def mel_frequencies(rows: int = 40) -> np.ndarray:
    """Return the middle (rows,) of each band of `log_mel` in Hz."""
    return _mel_corners(rows)[1:-1]


def _needed(audio: np.ndarray, frames: int, fps: float) -> np.ndarray:
    """Return the samples (m,) float64 that the columns of all frames take in."""
    _check(audio, frames, fps)
    length, step = window_sizes(fps)
    return audio[: (COLUMNS * frames - 1) * step + length].astype(np.float64)


def window_sizes(fps: float) -> tuple[int, int]:
    """Return how many samples a window of a sheet has, and how many lie between the starts of two."""
    length, step = (int(seconds * 25 / fps * RATE + 0.5) for seconds in (0.025, 0.010))  # half rounds up
    return length, step


def _windows(signal: np.ndarray, fps: float) -> np.ndarray:
    """Return the windows (n, at most 512) of a signal, n <= 4 * frames; silence fills up the last."""
    length, step = window_sizes(fps)
    count = 1 + max(0, -(-(len(signal) - length) // step))
    padded = np.pad(signal, (0, (count - 1) * step + length - len(signal)))
    return sliding_window_view(padded, length)[::step, :BINS]


def _power(windows: np.ndarray) -> np.ndarray:
    """Return the power spectrum (n, 257) of every window."""
    spectrum = np.fft.rfft(windows, BINS)  # (n, 257)
    return spectrum.real**2 + spectrum.imag**2


def _check(audio: np.ndarray, frames: int, fps: float) -> None:
    if audio.ndim != 1 or not len(audio):
        raise ValueError(f"'audio' has shape {audio.shape}; give sound (n,) of at least one sample at {RATE} Hz")
    if frames < 1:
        raise ValueError(f"'frames' is {frames}; give at least 1")
    if not (np.isfinite(fps) and fps > 0):
        raise ValueError(f"'fps' is {fps!r}; give a positive number of frames per second")


def _log(power: np.ndarray) -> np.ndarray:
    return np.log(np.where(power == 0, NOTHING, power))


def _mel_corners(count: int) -> np.ndarray:
    """Return the corners (count + 2,) in Hz of so many triangles, evenly spaced in mel (HTK) from 0 to 8 kHz."""
    highest = 2595 * np.log10(1 + RATE / 2 / 700)
    return 700 * (10 ** (np.linspace(0, highest, count + 2) / 2595) - 1)


@cache
def _filters(count: int) -> np.ndarray:
    """Return triangles (257, count) whose corners lie on bins, as `python_speech_features` has them.

    Those of librosa, with corners between bins, would change a coefficient by up to 0.4.
    """
    corners = np.floor((BINS + 1) * _mel_corners(count) / RATE)
    low, peak, high = corners[:-2], corners[1:-1], corners[2:]
    at = np.arange(BINS // 2 + 1)[:, None]
    return np.clip(np.minimum((at - low) / (peak - low), (high - at) / (high - peak)), 0, None)  # (257, count)


@cache
def _mel_filters(count: int) -> np.ndarray:
    """Return the triangles (257, count) of librosa, of height 1."""
    filters = extras.load("librosa.filters")  # on use only

    corners = _mel_corners(count)
    even = filters.mel(sr=RATE, n_fft=BINS, n_mels=count, htk=True, norm="slaney").T  # each of area 1, in Hz
    return even * (corners[2:] - corners[:-2]) / 2  # norm=None were the same, but has librosa compile its utilities


def _sheet(rows: np.ndarray, frames: int) -> np.ndarray:
    """Cut or repeat (n, R) to (R, 4 * frames) float32."""
    columns = np.arange(COLUMNS * frames) % len(rows)
    return np.ascontiguousarray(rows[columns].T, np.float32)
