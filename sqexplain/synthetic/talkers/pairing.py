"""Which sound goes with which face, and when that face is then speaking."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from sqexplain.synthetic.talkers.studio import FRAMES, LONG, MARGIN, VARIANTS, Split

JITTER = 1  # frames that sound may be off and still be in sync
SHIFTS = (12, 38)  # frames by which "shifted" sound is off, 0.48 to 1.5 seconds
LATE = (3, 9)  # frames by which "late" and "early" sound is off
SHARES = {  # of the kinds of pairs in a batch
    "sync": 0.40,  # a talking face with its own sound
    "switch": 0.05,  # its own sound for a part of the clip, another's for the rest
    "other": 0.14,  # a talking face with another's speech
    "shifted": 0.11,  # a talking face with its own sound at another time
    "late": 0.05,  # the same, a little late
    "early": 0.02,
    "noise": 0.07,  # a talking face without speech: noises, near silence, a dead line
    "silent": 0.10,  # a silent face with another's speech
    "quiet": 0.06,  # a silent face without speech
}


@dataclass(frozen=True)
class Part:
    """A piece of a sound: `frames` frames of it from frame `start`."""

    sound: int
    start: int
    frames: int
    variant: int = 0


@dataclass(frozen=True)
class Pair:
    """A face and what is heard with it, a piece after the other."""

    kind: str  # a key of `SHARES`
    face: int
    parts: tuple[Part, ...]


def labels(pair: Pair, voiced: np.ndarray | None) -> np.ndarray:
    """Return (T,) int64, 1 where the face speaks: its own sound within `JITTER`, and voiced.

    Args:
        pair: what is shown and heard.
        voiced: (LONG,) bool, when the sound of the same number as the face is speech; None for a silent face, whose
            number is that of a noise.
    """
    found, at = np.zeros(FRAMES, np.int64), 0
    if voiced is None:
        return found
    for part in pair.parts:
        if part.sound == pair.face and abs(part.start - (MARGIN + at)) <= JITTER:
            found[at : at + part.frames] = voiced[MARGIN + at : MARGIN + at + part.frames]
        at += part.frames
    return found


def draw(rng: Generator, split: Split) -> Pair:
    """Return a pair of any kind of `SHARES`, drawn with these shares."""
    kind = list(SHARES)[rng.choice(len(SHARES), p=list(SHARES.values()))]
    return make(rng, split, kind, int(rng.integers(split.talking)))


def make(rng: Generator, split: Split, kind: str, talker: int, variant: int | None = None) -> Pair:
    """Return a pair of a kind about a talking face; for kinds with a silent face it is its voice that is heard."""
    variant = int(rng.integers(VARIANTS)) if variant is None else variant
    talker = int(talker)
    side = int(rng.choice((-1, 1)))
    if kind == "silent":
        return Pair(kind, silent(rng, split), (Part(talker, anywhere(rng), FRAMES, variant),))
    if kind in ("noise", "quiet"):
        face = talker if kind == "noise" else silent(rng, split)
        heard = split.talking + int(rng.integers(split.noises))
        return Pair(kind, face, (Part(heard, anywhere(rng), FRAMES, variant),))
    if kind == "other":
        return Pair(kind, talker, (Part(another(rng, split, talker), anywhere(rng), FRAMES, variant),))
    if kind == "switch":
        return Pair(kind, talker, _switch(rng, split, talker, variant))
    off = {
        "sync": int(rng.integers(-JITTER, JITTER + 1)),
        "shifted": side * int(rng.integers(*SHIFTS)),
        "late": -int(rng.integers(*LATE)),
        "early": int(rng.integers(*LATE)),
    }[kind]
    return Pair(kind, talker, (Part(talker, MARGIN + off, FRAMES, variant),))


def _switch(rng: Generator, split: Split, talker: int, variant: int) -> tuple[Part, Part]:
    at, other = int(rng.integers(15, 36)), another(rng, split, talker)
    if rng.random() < 0.5:
        return Part(talker, MARGIN, at, variant), Part(other, MARGIN + at, FRAMES - at, variant)
    return Part(other, MARGIN, at, variant), Part(talker, MARGIN + at, FRAMES - at, variant)


def another(rng: Generator, split: Split, talker: int) -> int:
    """Return the number of another voice."""
    return int((talker + rng.integers(1, split.talking)) % split.talking)


def silent(rng: Generator, split: Split) -> int:
    """Return the number of a silent face."""
    return split.talking + int(rng.integers(split.silent))


def anywhere(rng: Generator) -> int:
    """Return a frame of a sound from which a clip may begin."""
    return int(rng.integers(0, LONG - FRAMES))


def fixed(rng: Generator, split: Split) -> list[Pair]:
    """Return the pairs of a test: each talking face in sync and once not, each silent one, and noises."""
    pairs = []
    for talker in range(split.talking):
        pairs.append(make(rng, split, "sync", talker, talker % VARIANTS))
        pairs.append(make(rng, split, ("other", "shifted", "late")[talker % 3], talker, talker % VARIANTS))
    for face in range(split.talking, split.faces):
        heard = Part(int(rng.integers(split.talking)), anywhere(rng), FRAMES)
        pairs.append(Pair("silent", face, (heard,)))
    for number in range(split.noises):
        heard = Part(split.talking + number, anywhere(rng), FRAMES)
        face = number % split.talking if number % 3 else split.talking + number % split.silent
        pairs.append(Pair("noise" if number % 3 else "quiet", face, (heard,)))
    pairs += [make(rng, split, "switch", talker, 0) for talker in range(0, split.talking, 6)]
    return pairs


def own(split: Split) -> list[Pair]:
    """Return each talking face in sync and each silent face with a voice, as they are shown one by one."""
    pairs = [Pair("sync", face, (Part(face, MARGIN, FRAMES),)) for face in range(split.talking)]
    others = range(split.talking, split.faces)
    return pairs + [Pair("silent", face, (Part(face % split.talking, MARGIN, FRAMES),)) for face in others]
