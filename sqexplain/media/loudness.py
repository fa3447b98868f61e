"""How loud sound is in each frame of the picture, where there is sound at all, and where it sets in."""

import numpy as np

from sqexplain import extras
from sqexplain.media.sound import RATE
from sqexplain.media.spectrograms import log_mel, window_sizes

FLOOR = -50.0  # dB below a sound of full scale: quieter counts as silence
RISE = 6.0  # dB by which the mel bands rise together, on average, when a sound sets in


def loudness(audio: np.ndarray, frames: int, fps: float = 25.0) -> np.ndarray:
    """Return the root mean square (frames,) float32 of the samples of each frame, 0 where there are none.

    The borders of a frame are the nearest samples, so that nothing drifts at 29.97 frames per second; librosa counts in
    steps of whole samples.

    Raises:
        ValueError: `frames` or `fps` is not positive, or the sound is not one-dimensional.
    """
    if audio.ndim != 1 or frames < 1 or not (np.isfinite(fps) and fps > 0):
        raise ValueError(f"'audio' {audio.shape}, 'frames' {frames}, 'fps' {fps!r}: give sound (n,), both others > 0")
    borders = np.rint(np.arange(frames + 1) * RATE / fps).astype(int).clip(0, len(audio))
    energy = np.concatenate([[0.0], np.cumsum(audio.astype(np.float64) ** 2)])[borders]
    return np.sqrt(np.diff(energy).clip(0) / np.maximum(np.diff(borders), 1)).astype(np.float32)


def sound_spans(audio: np.ndarray, frames: int, fps: float = 25.0, floor: float = FLOOR) -> np.ndarray:
    """Return the first frame and the one after the last (n, 2) of each span in which there is sound.

    Any sound counts, speech or not: a span is where speech may be, and outside of all spans there is none.

    Args:
        floor: loudness in dB, 0 for full scale, that a frame needs.
    """
    loud = loudness(audio, frames, fps) > 10 ** (floor / 20)
    switches = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)))
    return switches.reshape(-1, 2)


def onsets(audio: np.ndarray, frames: int, fps: float = 25.0) -> np.ndarray:
    """Return the frames (n,) in which a sound sets in: there the mel bands rise together, by `RISE` dB on average.

    The peaks of librosa's onset strength, right to 5 ms for a click. An even sound sets in nowhere, nor does silence.

    Raises:
        ValueError: as `log_mel`.
    """
    librosa = extras.load("librosa")  # on use only: its first call in a fresh environment compiles for tens of seconds

    length, step = window_sizes(fps)
    whole = 1 + max(0, len(audio) - length) // step  # the windows after these end in silence, or are those of the start
    sheet = log_mel(audio, frames, fps)[:, :whole]
    strength = librosa.onset.onset_strength(S=sheet, sr=RATE, center=False)  # (columns,)
    columns = librosa.onset.onset_detect(
        onset_envelope=strength, sr=RATE, hop_length=step, normalize=False, delta=RISE, units="frames"
    )
    seconds = (columns * step + 0.75 * length) / RATE  # bands rise most where a sound reaches the last quarter
    return np.unique((seconds * fps).astype(int).clip(0, frames - 1))
