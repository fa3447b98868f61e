"""The sheets of sound are those that published speaker detectors were trained on, at every frame rate."""

import numpy as np
import pytest
import python_speech_features

from sqexplain.media import log_mel, mfcc


def noise(seconds: float, seed: int = 0) -> np.ndarray:
    """(n,) int16: a chord under noise of changing strength, with a pause of digital silence."""
    at = np.arange(int(seconds * 16_000)) / 16_000
    sound = sum(np.sin(2 * np.pi * hertz * at) for hertz in (110, 440, 2750)) * 2000
    sound += np.random.default_rng(seed).normal(size=len(at)) * 3000 * np.abs(np.sin(3 * at))
    sound[len(at) // 3 : len(at) // 2] = 0
    return np.clip(sound, -32768, 32767).astype(np.int16)


def reference(samples: np.ndarray, frames: int, fps: float) -> np.ndarray:
    """(13, 4 * frames) as the authors of TalkNet and Light-ASD prepare it."""
    scale = 25 / fps
    rows = python_speech_features.mfcc(samples, 16_000, numcep=13, winlen=0.025 * scale, winstep=0.010 * scale)
    missing = max(0, 4 * frames - len(rows))
    return np.pad(rows, ((0, missing), (0, 0)), "wrap")[: 4 * frames].T


@pytest.mark.parametrize("fps", [25, 24, 30, 29.97, 50, 12.5], ids="{} fps".format)
@pytest.mark.parametrize("seconds", [0.004, 0.04, 1.0, 3.217], ids="{} s".format)
def test_the_sheet_equals_that_of_python_speech_features(seconds, fps):
    samples = noise(seconds)
    frames = max(1, round(seconds * fps))
    sheet = mfcc(samples / np.float32(32768), frames, fps)
    assert sheet.shape == (13, 4 * frames)
    assert sheet.dtype == np.float32
    assert np.abs(sheet - reference(samples, frames, fps)).max() < 1e-3


@pytest.mark.parametrize("frames", [1, 10, 25, 26, 60], ids="{} frames".format)
def test_sound_of_another_length_is_cut_or_repeated_from_its_start(frames):
    samples = noise(1.0)
    assert np.abs(mfcc(samples / np.float32(32768), frames) - reference(samples, frames, 25)).max() < 1e-3


def test_digital_silence_has_the_log_energy_of_the_smallest_number():
    sheet = mfcc(np.zeros(16_000, np.float32), 25)
    assert sheet[0] == pytest.approx(np.log(np.finfo(float).eps))
    assert sheet[0, 0] == pytest.approx(-36.04, abs=0.005)
    assert sheet[1:] == pytest.approx(0, abs=1e-5)


def test_a_sound_beyond_the_range_is_clipped_as_16_bits_are():
    loud = np.sin(np.arange(16_000) / 9) * 3
    clipped = np.clip(loud, -1, 32767 / 32768)
    assert np.array_equal(mfcc(loud, 25), mfcc(clipped, 25))


def test_a_tone_lights_up_the_mel_band_it_lies_in():
    at = np.arange(16_000) / 16_000
    rows = [log_mel(np.sin(2 * np.pi * hertz * at) * 0.5, 24)[:, 2:-4].mean(1).argmax() for hertz in (200, 1045, 5000)]
    assert rows == [3, 14, 33]  # 283, 1031 and 2363 mel; band 0 peaks at 69.3 mel, every next one 69.3 higher
    assert log_mel(np.zeros(640), 1).shape == (40, 4)


@pytest.mark.parametrize(
    ("audio", "frames", "fps", "sentence"),
    [
        (np.zeros(0), 1, 25.0, r"'audio' has shape \(0,\); give sound"),
        (np.zeros((2, 9)), 1, 25.0, r"'audio' has shape \(2, 9\)"),
        (np.zeros(9), 0, 25.0, "'frames' is 0; give at least 1"),
        (np.zeros(9), 1, float("nan"), "'fps' is nan; give a positive number"),
    ],
    ids=["empty", "stereo", "no frame", "no rate"],
)
def test_what_gives_no_sheet_is_named(audio, frames, fps, sentence):
    with pytest.raises(ValueError, match=sentence):
        mfcc(audio, frames, fps)
