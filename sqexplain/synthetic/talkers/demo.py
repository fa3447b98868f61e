"""Clips to show: one for each way in which sound and lips agree or do not, and a picture of two people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.random import Generator, default_rng

from sqexplain.sample import Sample
from sqexplain.synthetic.portraits import drawing
from sqexplain.synthetic.portraits.face import Face, Look
from sqexplain.synthetic.talkers import motion, stage, voice
from sqexplain.synthetic.talkers.noise import noise
from sqexplain.synthetic.talkers.studio import MARGIN
from sqexplain.synthetic.talkers.voice import HOP, Speech

CODE = 3  # of these people for the generator, beside the codes of the splits
OFF = 20  # frames by which the dubbed clip is off
LATE = 3
WIDE = (252, 448)  # height and width of the picture of two people
KEPT = 4  # scenes of 10 to 70 MB
SIDE = 112 / 33  # of a box about a face, in halves of the width of the head


@dataclass(frozen=True)
class Scene:
    """A picture of one or two people with its sound.

    Attributes:
        name: for people to read.
        frames: (T, H, W, 3) uint8 RGB.
        audio: (n,) float32 at 16 kHz.
        boxes: (T, 4) float32 top, left, height, width in pixels about the face of each person.
        samples: of the persons, in the order of `boxes`.
    """

    name: str
    frames: np.ndarray
    audio: np.ndarray
    boxes: Mapping[str, np.ndarray]
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Clip:
    """Name, kind, length and who is seen; each person of a picture is a clip of its own."""

    name: str
    kind: str
    frames: int
    people: tuple[int, ...]
    shown: int = 0  # which of the people


CLIPS = (
    Clip("in sync", "sync", 125, (12,)),
    Clip("another speaker's sound", "other", 125, (8,)),
    Clip("dubbed: own sound, 0.8 s late", "shifted", 125, (19,)),
    Clip("late by 3 frames", "late", 125, (21,)),
    Clip("noise instead of speech", "noise", 100, (3,)),
    Clip("mute", "mute", 100, (37,)),
    Clip("occluded mouth", "occluded", 125, (15,)),
    Clip("changes half way", "switch", 150, (14,)),
    Clip("a silent face that chews", "silent", 100, (30,)),
    Clip("two faces, the left one", "two", 150, (16, 22)),
    Clip("two faces, the right one", "two", 150, (16, 22), 1),
)


class Demo:
    """The clips of `CLIPS`, drawn as they are asked for, about 0.4 s each; the last `KEPT` scenes are kept."""

    def __init__(self, seed: int):
        self.seed = seed
        self.kinds = tuple(clip.kind for clip in CLIPS)
        self._kept = lru_cache(maxsize=KEPT)(self._make)

    def sample(self, index: int) -> Sample:
        """Return the person that the clip is about."""
        return self.scene(index).samples[CLIPS[index].shown]

    def scene(self, index: int) -> Scene:
        """Return the whole picture; both clips of two faces are about one."""
        return self._kept(CLIPS[index].people)

    def _make(self, people: tuple[int, ...]) -> Scene:
        clip = next(clip for clip in CLIPS if clip.people == people)
        return two(self.seed, clip) if len(people) == 2 else alone(self.seed, clip)


def alone(seed: int, clip: Clip) -> Scene:
    """Return the scene of one person, whose face fills the picture."""
    face, rng = cast(seed, clip.people[0])
    place, shown = stage.invent(rng, clip.frames, covered=False), slice(MARGIN, MARGIN + clip.frames)
    said = voice.speak(rng, clip.frames + 2 * MARGIN)
    if clip.kind == "occluded":
        place = replace(place, cover=cover(clip.frames))
    lips = said.opening[shown], said.width[shown], 0.0
    moves = motion.looks(rng, *(motion.idle(rng, clip.frames, "chew") if clip.kind == "silent" else lips))
    frames, (masks,) = stage.film(place, [(face, moves)])
    audio, labels = HEARD[clip.kind](rng, said, clip.frames)
    sample = Sample(clip.name, frames, audio, labels=labels.astype(np.int64), mask=masks["mouth"], regions=masks)
    box = np.tile(np.array([0, 0, *frames.shape[1:3]], np.float32), (clip.frames, 1))
    return Scene(clip.name, sample.frames, audio, {"person 1": box}, (sample,))


def cast(seed: int, number: int) -> tuple[Face, Generator]:
    """Return the face of a person, and the generator of what it does."""
    rng = default_rng([seed, CODE, number])
    return drawing.invent(rng), rng


def cover(frames: int) -> np.ndarray:
    """Return (T,) how far the mouth is covered: for the middle third."""
    time = np.arange(frames)
    return np.clip(np.minimum(time - frames / 3, 2 * frames / 3 - time) / 4, 0, 1)


def _cut(said: Speech, frames: int, start: int = MARGIN) -> np.ndarray:
    return said.audio[HOP * start : HOP * (start + frames)]


def _own(rng: Generator, said: Speech, frames: int, late: int = 0) -> tuple[np.ndarray, np.ndarray]:  # noqa: ARG001
    voiced = said.voiced[MARGIN : MARGIN + frames]
    return _cut(said, frames, MARGIN - late), voiced if not late else np.zeros(frames, bool)


def _other(rng: Generator, said: Speech, frames: int) -> tuple[np.ndarray, np.ndarray]:  # noqa: ARG001
    return _cut(voice.speak(rng, frames + MARGIN), frames), np.zeros(frames, bool)


def _noise(kind: str) -> Callable:
    return lambda rng, said, frames: (noise(rng, frames, kind), np.zeros(frames, bool))  # noqa: ARG005


def _switch(rng: Generator, said: Speech, frames: int) -> tuple[np.ndarray, np.ndarray]:
    half = frames // 2
    (first, labels), (second, _) = _own(rng, said, frames), _other(rng, said, frames)
    return np.concatenate([first[: HOP * half], second[HOP * half :]]), labels & (np.arange(frames) < half)


HEARD: dict[str, Callable[[Generator, Speech, int], tuple[np.ndarray, np.ndarray]]] = {  # audio and labels by kind
    "sync": _own,
    "occluded": _own,
    "other": _other,
    "silent": _other,
    "shifted": lambda rng, said, frames: _own(rng, said, frames, OFF),
    "late": lambda rng, said, frames: _own(rng, said, frames, LATE),
    "noise": _noise("rumble"),
    "mute": _noise("room"),  # a microphone in a quiet room, not a line of zeros
    "switch": _switch,
}


def two(seed: int, clip: Clip) -> Scene:
    """Return the scene of two people: the left one speaks first, then the right one."""
    height, width = WIDE
    found = [cast(seed, number) for number in clip.people]
    place = stage.invent(found[0][1], clip.frames, WIDE, covered=False)
    turns = ((clip.frames // 2, clip.frames), (0, clip.frames // 2))  # in which each is quiet
    said = [voice.speak(rng, clip.frames, quiet=quiet) for (_, rng), quiet in zip(found, turns, strict=True)]
    people = []
    for (face, rng), speech, across in zip(found, said, (0.29, 0.71), strict=True):
        where = (width * across, height * 0.47, 36.0)
        people.append((face, motion.looks(rng, speech.opening, speech.width, place=where)))
    frames, masks = stage.film(place, people)
    audio = voice.quantise(np.sum([speech.audio for speech in said], 0))
    boxes = {f"person {n + 1}": box(moves, WIDE) for n, (_, moves) in enumerate(people)}
    names = [clip.name for clip in CLIPS if clip.kind == "two"]
    samples = tuple(
        close_up(name, frames, audio, speech, regions, where)
        for name, speech, regions, where in zip(names, said, masks, boxes.values(), strict=True)
    )
    return Scene("two faces", frames, audio, boxes, samples)


def box(moves: list[Look], shape: tuple[int, int]) -> np.ndarray:
    """Return squares (T, 4) about a face, whole pixels inside the picture, that follow it smoothly."""
    side = round(SIDE * np.mean([look.size for look in moves]))
    centres = np.array([(look.y - side * 54 / 112, look.x - side / 2) for look in moves])  # (T, 2) top, left
    window = np.ones(13) / 13
    padded = np.pad(centres, ((6, 6), (0, 0)), "edge")
    corners = np.stack([np.convolve(column, window, "valid") for column in padded.T], 1)
    corners = np.clip(np.rint(corners), 0, np.array(shape) - side)
    return np.hstack([corners, np.full((len(moves), 2), side)]).astype(np.float32)


def close_up(
    name: str, frames: np.ndarray, audio: np.ndarray, said: Speech, masks: dict[str, np.ndarray], boxes: np.ndarray
) -> Sample:
    """Return the face in its boxes as a sample of 112x112 pixels."""
    shown = np.stack([crop(frame, at, cv2.INTER_AREA) for frame, at in zip(frames, boxes, strict=True)])
    regions = {
        region: np.stack([crop(one, at, cv2.INTER_NEAREST) > 0 for one, at in zip(mask, boxes, strict=True)])
        for region, mask in ((region, mask.astype(np.uint8)) for region, mask in masks.items())
    }
    return Sample(name, shown, audio, labels=said.voiced.astype(np.int64), mask=regions["mouth"], regions=regions)


def crop(picture: np.ndarray, at: np.ndarray, how: int) -> np.ndarray:
    """Return what is in the box, 112x112."""
    top, left, height, width = at.astype(int)
    return cv2.resize(picture[top : top + height, left : left + width], (112, 112), interpolation=how)
