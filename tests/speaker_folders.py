"""Writes small folders in the layouts of AVA-ActiveSpeaker and WASD, for the tests that read them."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from sqexplain import media
from sqexplain.data.speakers.tables import LABELS, TRUTH

RATE = 16_000


@dataclass
class Written:
    """One track: labels by frame, the start in seconds; frame n of track k is a picture of one colour."""

    entity: str
    video: str
    labels: list[int] = field(default_factory=lambda: [0, 0, 1, 1, 1, 0])
    start: float = 900.0
    fps: float = 25.0
    size: tuple[int, int] = (40, 30)

    def times(self) -> list[float]:
        return [round(self.start + number / self.fps, 6) for number in range(len(self.labels))]

    def rows(self) -> list[list[str]]:
        instance, before, rows = 0, self.labels[0], []
        for time, label in zip(self.times(), self.labels, strict=True):
            instance, before = instance + (label != before), label
            name = f"{self.entity}:{instance}"
            rows.append([self.video, str(time), "0.1", "0.25", "0.5", "0.75", LABELS[label], self.entity, label, name])
        return rows

    def frames(self) -> list[np.ndarray]:
        height, width = self.size
        return [np.full((height, width, 3), (20 * number, 100, 200), np.uint8) for number in range(len(self.labels))]

    def sound(self) -> np.ndarray:
        """Each frame is as loud as its number, so that a test sees which frames the sound belongs to."""
        steps = np.repeat(np.arange(len(self.labels)), int(RATE / self.fps))
        return (1000 * (steps + 1)).astype(np.int16)


AVA = (
    Written("_mAfwH6i90E_0900_0960:1", "_mAfwH6i90E", [0, 0, 1, 1, 1, 0], 900.0),
    Written("_mAfwH6i90E_0900_0960:2", "_mAfwH6i90E", [1, 1, 2, 2], 901.2),
    Written("-IELREHX_js_0960_1020:1", "-IELREHX_js", [0] * 5, 960.0, fps=30.0),
    Written("B1MAUxpKaV8_1140_1200:7", "B1MAUxpKaV8", [1] * 3, 1141.0),
    Written("B1MAUxpKaV8_1140_1200:8", "B1MAUxpKaV8", [0, 1], 1150.0),
)
WASD = (
    Written("0BRxm7G1acw_1449-1479_0000_1", "0BRxm7G1acw_1449-1479", [0, 1, 1], 1449.0, fps=30.0),
    Written("nTdD_eW-Ehg_60-90_0000_2", "nTdD_eW-Ehg_60-90", [1, 1, 0, 0], 60.0),
    Written("2vo1labxjno_55-85_0000_1", "2vo1labxjno_55-85", [0, 1, 0, 1], 55.0, fps=24.0),
    Written("1MIuBqLsnXM_35-65_0000_1", "1MIuBqLsnXM_35-65", [1, 0], 35.0),
    Written("0dY0t1NRXeo_72-92_0000_3", "0dY0t1NRXeo_72-92", [1, 0, 0], 72.0),
)


def write_ava(root: Path, split: str = "val", tracks=AVA) -> Path:
    """Write csv/, clips_videos/ and clips_audios/ as the loaders' authors lay them out."""
    write_tables(root, split, tracks)
    for track in tracks:
        write_crops(root / "clips_videos" / split / track.video / track.entity, track)
        path = root / "clips_audios" / split / track.video / f"{track.entity}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        wavfile.write(path, RATE, track.sound())
    return root


def write_wasd(root: Path, split: str = "val", tracks=WASD) -> Path:
    """Write the same and the bodies, their table, and the metadata with the categories."""
    write_ava(root, split, tracks)
    for track in tracks:
        write_crops(root / "clips_videos_body" / split / track.video / track.entity, track, (80, 40))
    write_rows(root / "csv" / f"{split}_body_orig.csv", [row for track in tracks for row in track.rows()])
    lines = [[track.video, number, track.fps] for track, number in zip(tracks, (0, 4, 2, 3, 1), strict=False)]
    with (root / "wasd_metadata.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["Video", "Category", "FPS"], *lines])
    return root


def write_tables(root: Path, split: str, tracks) -> None:
    write_rows(root / "csv" / f"{split}_orig.csv", [row for track in tracks for row in track.rows()])
    lines = [f"{t.entity}\t{len(t.labels)}\t{t.fps}\t{[int(one == 1) for one in t.labels]}\t17" for t in tracks]
    (root / "csv" / f"{split}_loader.csv").write_text("\n".join(lines) + "\n")


def write_rows(path: Path, rows, header=TRUTH) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([*([header] if header else []), *rows])
    return path


def write_crops(folder: Path, track: Written, size: tuple[int, int] | None = None) -> None:
    for time, frame in zip(track.times(), track.frames(), strict=True):
        picture = np.resize(frame[0, 0], (*size, 3)) if size else frame
        media.write_bytes(folder / f"{time:.2f}.jpg", media.encode_jpeg(picture))


def folder_of(root: Path, track: Written = AVA[0], kind: str = "clips_videos") -> Path:
    return root / kind / "val" / track.video / track.entity


def sound_of(root: Path, track: Written = AVA[0]) -> Path:
    return root / "clips_audios" / "val" / track.video / f"{track.entity}.wav"


def reds(frames: np.ndarray) -> list[int]:
    """Return the number of each frame, which stands in its red."""
    return [round(float(frame[..., 0].mean()) / 20) for frame in frames]


def loudness(audio: np.ndarray, frames: int, fps: float = 25.0) -> list[int]:
    """Return the number of the frame that each frame's part of the sound belongs to."""
    step = RATE / fps
    middles = [audio[round((number + 0.5) * step)] for number in range(frames)]
    return [round(float(value) * 32768 / 1000) - 1 for value in middles]


@pytest.fixture
def ava(tmp_path):
    return write_ava(tmp_path / "ava")


@pytest.fixture
def wasd(tmp_path):
    return write_wasd(tmp_path / "wasd")
