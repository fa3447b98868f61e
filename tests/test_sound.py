"""Sheets of sound as published speaker detectors were trained on and as people read them; loudness, spans, onsets."""

import subprocess
import sys
from pathlib import Path

import librosa
import numpy as np
import pytest
import python_speech_features

from sqexplain.media import log_mel, loudness, mel_frequencies, mfcc, onsets, resample, sound_spans
from sqexplain.synthetic.talkers import Talkers

ROOT = Path(__file__).parents[1]


def noise(seconds: float, seed: int = 0) -> np.ndarray:
    """(n,) int16: a chord under noise of changing strength, with a pause of digital silence."""
    at = np.arange(int(seconds * 16_000)) / 16_000
    sound = sum(np.sin(2 * np.pi * hertz * at) for hertz in (110, 440, 2750)) * 2000
    sound += np.random.default_rng(seed).normal(size=len(at)) * 3000 * np.abs(np.sin(3 * at))
    sound[len(at) // 3 : len(at) // 2] = 0
    return np.clip(sound, -32768, 32767).astype(np.int16)


def tone(hertz: float, seconds: float = 1.0, rate: int = 16_000) -> np.ndarray:
    """(n,) half of full scale."""
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate).astype(np.float32)


def clicks(times: list[float], seconds: float = 3.0, floor: float = 1e-3) -> np.ndarray:
    """(n,) short bursts that fade within 20 ms, over even noise."""
    rng = np.random.default_rng(0)
    audio = rng.normal(size=round(seconds * 16_000)) * floor
    for at in times:
        start = round(at * 16_000)
        audio[start : start + 320] += 0.5 * rng.normal(size=320) * np.exp(-np.arange(320) / 80)
    return audio.astype(np.float32)


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


@pytest.mark.parametrize("hertz", [200, 1045, 5000])
@pytest.mark.parametrize("fps", [25, 29.97], ids="{} fps".format)
def test_a_tone_lights_up_the_mel_band_it_lies_in(hertz, fps):
    sheet = log_mel(tone(hertz), 24, fps)[:, 2:-4].mean(1)
    assert sheet.argmax() == {200: 3, 1045: 14, 5000: 33}[hertz]  # 283, 1031, 2363 mel; a band every 69.3 mel
    assert np.abs(mel_frequencies() - hertz).argmin() == sheet.argmax()
    assert sheet.max() == pytest.approx(-6, abs=3.5)  # half of full scale; a wide band takes in all that Hann spreads
    near = abs(np.arange(40) - sheet.argmax()) < 5
    assert sheet[~near].max() < sheet.max() - 40


def test_silence_is_as_quiet_as_it_gets_in_every_band():
    assert (log_mel(np.zeros(640), 1) == -100).all()
    assert log_mel(np.zeros(640), 1).shape == (40, 4)


def test_the_log_mel_is_that_of_librosa_on_the_columns_of_the_cepstrum():
    audio = noise(1.0) / np.float32(32768)
    front = np.pad(audio, (56, 112))  # librosa lays a window of 400 into the middle of 512
    power = librosa.feature.melspectrogram(
        y=front, sr=16_000, n_fft=512, hop_length=160, win_length=400, center=False, n_mels=40, htk=True, norm=None
    )
    expected = librosa.power_to_db(power / 100**2, top_db=None)  # a tone of full scale fills half of the window's sum
    found = log_mel(audio, 25)
    assert found.shape == (40, mfcc(audio, 25).shape[1])
    assert np.abs(found[:, :90] - expected[:, :90]).max() < 1e-2


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


def test_the_loudness_of_a_frame_is_the_root_mean_square_of_its_samples():
    audio = np.concatenate([np.full(640, 0.5), np.tile([0.3, -0.3], 320), np.zeros(640), np.full(320, 1.0)])
    assert loudness(audio, 5).tolist() == pytest.approx([0.5, 0.3, 0, 1, 0])
    assert loudness(tone(440), 25)[1:-1] == pytest.approx(0.5 / np.sqrt(2), rel=1e-2)


def test_the_frames_of_the_loudness_do_not_drift():
    seconds, fps = 60, 30_000 / 1001
    audio = np.zeros(seconds * 16_000, np.float32)
    audio[round(1500 * 16_000 / fps) :][:400] = 1
    assert np.flatnonzero(loudness(audio, int(seconds * fps), fps)).tolist() == [1500]


def test_sound_is_found_where_it_is():
    audio = np.concatenate([np.zeros(6_400), tone(440, 0.4), np.zeros(12_800), tone(200, 0.2)])
    assert sound_spans(audio, 60).tolist() == [[10, 20], [40, 45]]
    assert sound_spans(np.zeros(6_400), 10).tolist() == []
    assert sound_spans(tone(440, 0.4), 10).tolist() == [[0, 10]]
    assert sound_spans(tone(440, 0.4) / 1000, 10).tolist() == []
    assert sound_spans(tone(440, 0.4) / 1000, 10, floor=-80).tolist() == [[0, 10]]


def test_the_spans_of_a_clip_in_sync_are_those_in_which_somebody_speaks():
    clip = Talkers("demo")[0]
    inside = np.zeros(len(clip.frames), bool)
    for first, last in sound_spans(clip.audio, len(clip.frames)):
        inside[first:last] = True
    assert inside[clip.labels == 1].all()
    assert (inside == clip.labels).mean() > 0.92  # echo lasts two or three frames longer


@pytest.mark.parametrize("fps", [25, 29.97, 50], ids="{} fps".format)
def test_every_click_sets_in_in_its_frame(fps):
    frames = [12, 31, 32 + 5, 60]
    audio = clicks([(frame + 0.5) / fps for frame in frames])
    assert onsets(audio, round(3 * fps), fps).tolist() == frames


@pytest.mark.parametrize(
    "audio", [np.zeros(48_000, np.float32), tone(440, 3), clicks([], floor=0.1)], ids=["silence", "tone", "noise"]
)
def test_what_goes_on_evenly_sets_in_nowhere(audio):
    assert onsets(audio, 75).tolist() == []


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000])
def test_a_tone_keeps_its_pitch_and_length_at_another_rate(rate):
    audio = resample(tone(440, 1.5, rate), rate)
    assert audio.shape == (24_000,)
    assert audio.dtype == np.float32
    spectrum = np.abs(np.fft.rfft(audio))
    assert spectrum.argmax() / 1.5 == pytest.approx(440)
    assert np.abs(audio[500:-500] - tone(440, 1.5)[500:-500]).max() < 1e-3


def test_what_cannot_be_resampled_is_named():
    with pytest.raises(ValueError, match=r"shape \(2, 9\); give sound"):
        resample(np.zeros((2, 9)), 8_000)
    with pytest.raises(ValueError, match="0 and 16000; give positive"):
        resample(np.zeros(9), 0)


def test_the_sheets_compile_nothing():
    """What librosa compiles takes tens of seconds in a fresh environment, so no page may start with it."""
    code = """
import sys, numpy as np
from sqexplain import media
assert not {"librosa", "numba"} & set(sys.modules)
for sheet in (media.mfcc, media.log_mel, media.loudness):
    sheet(np.ones(640, np.float32), 1)
assert "librosa.util.utils" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
