"""Sound of a file to samples of one rate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from sqexplain import extras
from sqexplain.media.containers import Source, audio_stream, decoded, opened, video_stream

if TYPE_CHECKING:
    import av
else:
    av = extras.Optional("av")

RATE = 16_000  # samples per second, everywhere in the library
GAP = RATE // 10  # samples that time stamps may run ahead of the sound before silence fills the gap
TOLERANCE = 0.2  # seconds by which sound and picture may differ in length without a word
LONGEST = 600 * RATE  # samples of silence for a gap, whatever the time stamps say


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
        start = None
        if video is not None and video.start_time is not None and video.time_base is not None:
            start = float(video.start_time * video.time_base)
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


def resample(audio: np.ndarray, rate: int, to: int = RATE) -> np.ndarray:
    """Return sound (n,) of `rate` samples per second at `to` per second, as float32.

    By librosa and soxr. What is read by `sound` has the right rate already; this is for arrays of your own.

    Raises:
        ValueError: the sound is not one-dimensional, or a rate is not positive.
    """
    if audio.ndim != 1:
        raise ValueError(f"'audio' has shape {audio.shape}; give sound (n,)")
    if min(rate, to) <= 0:
        raise ValueError(f"the rates are {rate} and {to}; give positive numbers of samples per second")
    librosa = extras.load("librosa")  # on use only: its first call in a fresh environment compiles for tens of seconds

    return librosa.resample(np.asarray(audio, np.float32), orig_sr=rate, target_sr=to, res_type="soxr_hq")


def _pieces(frames: Iterator[av.AudioFrame], start: float | None) -> Iterator[np.ndarray]:
    """Yield float32 samples whose place is where their time stamp, counted from `start` seconds, puts them."""
    resampler, form, done = av.AudioResampler("flt", "mono", RATE), None, 0
    for frame in frames:
        if form not in (None, _form(frame)):  # rare, and not allowed for one resampler
            resampler = av.AudioResampler("flt", "mono", RATE)
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
