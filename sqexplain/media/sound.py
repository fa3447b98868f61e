"""Sound of a file to samples, and samples to the sheets that a net hears: four columns per frame of the picture."""

from collections.abc import Iterator
from functools import cache

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.lib.stride_tricks import sliding_window_view
from scipy.fft import dct

from sqexplain.media.containers import Source, audio_stream, decoded, opened, video_stream

RATE = 16_000  # samples per second, everywhere in the library
COLUMNS = 4  # of a sheet per frame: 10 ms at 25 fps
ROWS = 13
BINS = 512  # samples per Fourier transform; a longer window is cut
FILTERS = 26
LIFTER = 22
PREEMPHASIS = 0.97
GAP = RATE // 10  # samples that time stamps may run ahead of the sound before silence fills the gap
TOLERANCE = 0.2  # seconds by which sound and picture may differ in length without a word
LONGEST = 600 * RATE  # samples of silence for a gap, whatever the time stamps say
NOTHING = np.finfo(np.float64).eps  # stands for a power of zero; its logarithm is -36.04


def sound(
    source: Source,
    seconds: float | None = None,
    max_seconds: float = 60,
    name: str = "",
    notes: list[str] | None = None,
) -> np.ndarray | None:
    """Return the sound of a video or sound file as (n,) float32 mono in [-1, 1] at 16 kHz, None where there is none.

    It starts with the first picture, whatever its time stamp; channels are averaged.

    Args:
        source: a path, or the bytes of a file.
        seconds: length of the picture; the sound is cut or filled up with silence to it. None: as long as it is.
        max_seconds: the longest sound that is read.
        name: what messages call the file; the last part of the path where empty.
        notes: gets a sentence where the lengths differ, and for what is damaged.

    Raises:
        ValueError: as `probe`.
    """
    notes = [] if notes is None else notes
    most = round((max_seconds if seconds is None else seconds) * RATE)
    with opened(source, name) as container:
        stream = audio_stream(container, notes)
        if stream is None:
            return None
        video = video_stream(container)
        start = None if video is None or video.start_time is None else float(video.start_time * video.time_base)
        pieces = _pieces(decoded(container, stream, notes), start)
        audio = _join(pieces, most + round(TOLERANCE * RATE) + 1)
    if not len(audio):
        return None
    if seconds is None:
        return audio[:most]
    difference = len(audio) / RATE - seconds
    if difference > TOLERANCE:
        notes.append("the sound lasts longer than the picture; the rest was cut")
    elif difference < -TOLERANCE:
        notes.append(f"the sound ends {-difference:.1f} s before the picture; silence was added")
    return np.pad(audio[:most], (0, max(0, most - len(audio))))


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


def _pieces(frames: Iterator[av.AudioFrame], start: float | None) -> Iterator[np.ndarray]:
    """Yield float32 samples whose place is where their time stamp, counted from `start` seconds, puts them."""
    resampler, form, done = AudioResampler("flt", "mono", RATE), None, 0
    for frame in frames:
        if form not in (None, _form(frame)):  # rare, and not allowed for one resampler
            resampler = AudioResampler("flt", "mono", RATE)
        form = _form(frame)
        if frame.time is not None:
            start = frame.time if start is None else start
            ahead = round((frame.time - start) * RATE) - done
            if ahead > GAP or (done == 0 and ahead > 0):
                done += ahead
                yield np.zeros(min(ahead, LONGEST), np.float32)
            elif done == 0:  # it began before the picture
                done = ahead
        for piece in resampler.resample(frame):
            samples = piece.to_ndarray().ravel()
            yield samples[max(0, -done) :]
            done += len(samples)
    for piece in resampler.resample(None):
        yield piece.to_ndarray().ravel()


def _form(frame: av.AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _join(pieces: Iterator[np.ndarray], most: int) -> np.ndarray:
    """Return at most so many samples, in [-1, 1]."""
    kept, count = [np.zeros(0, np.float32)], 0
    for piece in pieces:
        kept.append(piece[: most - count])
        count += len(kept[-1])
        if count >= most:
            break
    return np.clip(np.nan_to_num(np.concatenate(kept)), -1, 1)


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
