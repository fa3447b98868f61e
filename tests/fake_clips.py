"""Clips for the tests of the page: short samples, a data set of them, and the payload of a long one without any net."""

import numpy as np

from sqexplain.drawing import COLORMAPS, table
from sqexplain.metrics.localisation import dilated
from sqexplain.sample import Sample
from sqexplain.ui.clip import packing
from sqexplain.ui.clip.tiles import sheet_of
from sqexplain.ui.viewer import pack

KINDS = ("sync", "mute", "two", "two")


def make_clip(name: str = "in sync", frames: int = 20, seed: int = 0, sound: bool = True) -> Sample:
    """Return a clip of coloured squares and noise whose second half is labelled as speech."""
    rng = np.random.default_rng(seed)
    mouth = np.zeros((frames, 112, 112), bool)
    mouth[:, 75:90, 40:72] = True
    audio = rng.uniform(-0.3, 0.3, frames * 640).astype(np.float32) if sound else None
    labels = (np.arange(frames) >= frames // 2).astype(np.int64)
    faces = rng.integers(0, 255, (frames, 14, 14, 3), np.uint8).repeat(8, 1).repeat(8, 2)
    return Sample(name, faces, audio, labels=labels, mask=mouth, regions={"mouth": mouth})


class Scene:
    """Two people side by side."""

    def __init__(self, samples: tuple[Sample, ...]) -> None:
        frames = len(samples[0].frames)
        self.samples = samples
        self.frames = np.concatenate([one.frames for one in samples], 2)  # (T, 112, 224, 3)
        self.boxes = {
            f"person {number + 1}": np.tile(np.float32([10, 112 * number + 10, 90, 90]), (frames, 1))
            for number in range(len(samples))
        }


class FakeTalkers:
    """A data set of four short clips, the last two about one picture."""

    kinds = KINDS

    def __init__(self, split: str = "demo") -> None:
        self.split = split
        self.clips = [make_clip("in sync"), make_clip("mute", seed=1, sound=False)]
        self.clips += [make_clip("two, left", seed=2), make_clip("two, right", seed=3)]

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, index: int) -> Sample:
        return self.clips[index]

    def scene(self, index: int) -> Scene:
        """Return the whole picture."""
        return Scene(tuple(self.clips[2:]) if index >= 2 else (self.clips[index],))


def long_payload(frames: int = 250, channels: int = 48, panels: int = 3) -> dict:
    """Return what the player reads of a clip of ten seconds: noise in the sizes of the real thing."""
    rng = np.random.default_rng(0)
    clip = make_clip("long", frames)
    percents = packing.choose_percents(1, frames, 196)
    mouth = {"strict": clip.regions["mouth"], "wide10": dilated(clip.regions["mouth"])}
    chance = 0.5 + 0.45 * np.sin(np.arange(frames) / 9)

    def panel(number: int) -> dict:
        maps = rng.random((len(percents) if number == 0 else 1, frames, 14, 14)).astype(np.float32)
        looks = {"title": f"Method {number}", "tag": "class-agnostic", "summary": "", "note": "", "ranked": number == 0}
        sheet = pack(rng.integers(0, 255, (13, 4 * frames)), "u1")
        return (
            packing.packed_maps(maps, (112, 112), mouth, "bilinear")
            | looks
            | {"interpolation": "bilinear", "sheet": sheet}
        )

    return {
        "id": f"long {frames}",
        "clip": "long",
        "name": "long",
        "frames": frames,
        "fps": 25.0,
        "faces": sheet_of(clip.frames),
        "seen": "",
        "sound": pack(np.rint(clip.audio * 32767), "<i2"),
        "sheet": {"size": [13, 4 * frames], "levels": pack(rng.integers(0, 255, (13, 4 * frames)), "u1")},
        "classes": ["not speaking", "speaking"],
        "asked": 1,
        "target": "speaking",
        "chances": pack(chance, "<f4"),
        "labels": clip.labels.tolist(),
        "mouth": {name: masks.mean((1, 2)).tolist() for name, masks in mouth.items()},
        "strip": "heat on the mouth",
        "percents": percents,
        "panels": [panel(number) for number in range(panels)],
        "scores": {
            "label": "SE value",
            "values": pack(rng.random((frames, channels)), "<f4"),
            "shape": [frames, channels],
            "rule": 1.282,
            "top": 1.0,
        },
        "further": {
            "ablations": [{"name": "muted", "title": "sound muted", "scores": pack(chance / 2, "<f4")}],
            "influence": pack(rng.integers(-127, 127, (frames, frames)), "i1"),
            "modality": {"halves": [], "verdict": "", "differs": False},
        },
        "luts": {name: pack(table(name), "u1") for name in COLORMAPS},
        "titles": COLORMAPS,
        "account": "map of {count} channels (top {percent} %) · {scale}",
        "warning": "",
        "people": None,
        "person": 0,
        "whole": None,
    }
