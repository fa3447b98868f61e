"""The clips of a split for training and for tests: kept on disk, paired and varied as they are asked for."""

import hashlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator, default_rng

from sqexplain.media.spectrograms import COLUMNS, ROWS
from sqexplain.progress import Progress
from sqexplain.sample import Sample
from sqexplain.synthetic.talkers import pairing
from sqexplain.synthetic.talkers.cache import Cache, Table
from sqexplain.synthetic.talkers.pairing import Pair
from sqexplain.synthetic.talkers.studio import FRAMES, Split, Studio
from sqexplain.synthetic.talkers.voice import HOP

SIDE = 112
SHIFT = 6  # pixels by which a clip of a batch is moved at most
VERSION = 1  # of drawings and voices; another one has a folder of its own
PIXELS = {  # SHA-256 of the first face by split and seed
    ("train", 0): "80847712a1969648",
    ("validation", 0): "5eca649b0d965b5e",
    ("test", 0): "53542ea7239d9fb1",
}


@dataclass(frozen=True)
class Clips:
    """Clips as nets take them.

    Attributes:
        frames: (N, T, 112, 112) uint8 grey.
        audio: (N, 13, 4T) float32, columns of `media.mfcc` of a longer sound.
        labels: (N, T) int64, the index of the class.
        kinds: (N,) str, keys of `pairing.SHARES`.
    """

    frames: np.ndarray
    audio: np.ndarray
    labels: np.ndarray
    kinds: np.ndarray


class Paired:
    """Faces and sounds of one split in a folder under `root`, and the pairs that are made of them."""

    def __init__(self, name: str, split: Split, seed: int, root: Path, pairs: str):
        self._studio = studio = Studio(split, seed)
        self._name, self._pairs = name, pairs
        self._cache = Cache(
            root / f"v{VERSION}-{name}-{seed}-{split.talking}-{split.silent}-{split.noises}",
            [
                Table("sheets", split.sounds, studio.sheets),
                Table("voiced", split.sounds, studio.voiced),
                Table("faces", split.faces, studio.grey),
            ],
        )
        self._ready = False
        self.sample = lru_cache(maxsize=16)(self._sample)

    @cached_property
    def pairs(self) -> list[Pair]:
        """What is shown and heard in each clip."""
        if self._pairs == "own":
            return pairing.own(self._studio.split)
        return pairing.fixed(default_rng([self._studio.seed, self._studio.split.code]), self._studio.split)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kind of each clip."""
        return tuple(pair.kind for pair in self.pairs)

    def render(self) -> Iterator[Progress]:
        """Draw what is not yet on disk, then compare the first clip with the one that weights were trained on."""
        yield from self._cache.fill()
        drawn = hashlib.sha256(np.ascontiguousarray(self._cache.row("faces", 0)).data).hexdigest()[:16]
        if drawn != PIXELS.get((self._name, self._studio.seed), drawn):
            warnings.warn(
                f"the faces of '{self._name}' differ from those that the weights in the package were trained on; "
                f"OpenCV {cv2.__version__} may draw other pixels, and scores may differ a little",
                stacklevel=2,
            )

    @cached_property
    def arrays(self) -> Clips:
        """All clips, read once."""
        clips = self._gather(self.pairs)
        for array in (clips.frames, clips.audio, clips.labels, clips.kinds):
            array.flags.writeable = False
        return clips

    def batches(self, size: int, places: Sequence[int] | None) -> Iterator[Clips]:
        """Yield some clips at a time."""
        places = range(len(self.pairs)) if places is None else places
        for start in range(0, len(places), size):
            yield self._gather([self.pairs[place] for place in places[start : start + size]])

    def batch(self, seed: int, step: int, size: int) -> Clips:
        """Return pairs drawn and varied anew."""
        rng = default_rng([seed, step, self._studio.seed, self._studio.split.code])
        pairs = [pairing.draw(rng, self._studio.split) for _ in range(size)]
        return self._gather(pairs, rng)

    def _gather(self, pairs: list[Pair], rng: Generator | None = None) -> Clips:
        """Read the clips; with a generator they are varied."""
        if not self._ready:
            for _ in self.render():
                pass
            self._ready = True
        frames = np.empty((len(pairs), FRAMES, SIDE, SIDE), np.uint8)
        audio = np.empty((len(pairs), ROWS, COLUMNS * FRAMES), np.float32)
        labels = np.empty((len(pairs), FRAMES), np.int64)
        for n, pair in enumerate(pairs):
            shown = self._cache.row("faces", pair.face)
            frames[n] = vary(shown, rng) if rng else shown
            audio[n] = np.concatenate([self._sheet(part) for part in pair.parts], 1)  # (13, 4T)
            talks = pair.face < self._studio.split.talking
            labels[n] = pairing.labels(pair, self._cache.row("voiced", pair.face) if talks else None)
        return Clips(frames, audio, labels, np.array([pair.kind for pair in pairs]))

    def _sheet(self, part: pairing.Part) -> np.ndarray:
        sheet = self._cache.row("sheets", part.sound)[part.variant]  # (13, 4 LONG)
        return sheet[:, COLUMNS * part.start : COLUMNS * (part.start + part.frames)]

    def _sample(self, position: int) -> Sample:
        pair, studio = self.pairs[position], self._studio
        frames, masks = studio.film(pair.face)
        sounds = [studio.sound(p.sound, p.variant)[HOP * p.start : HOP * (p.start + p.frames)] for p in pair.parts]
        voiced = studio.voiced(pair.face) if pair.face < studio.split.talking else None
        labels = pairing.labels(pair, voiced)
        name = f"{pair.kind}/{position:04d}"
        return Sample(name, frames, np.concatenate(sounds), labels=labels, mask=masks["mouth"], regions=masks)


def vary(frames: np.ndarray, rng: Generator) -> np.ndarray:
    """Return the clip (T, 112, 112) mirrored or not, moved by up to `SHIFT` pixels, in another light."""
    down, right = rng.integers(-SHIFT, SHIFT + 1, 2)
    mirrored = rng.random() < 0.5
    contrast, brightness = rng.uniform(0.75, 1.3), rng.uniform(-25, 25)
    table = np.clip((np.arange(256) - 110) * contrast + 110 + brightness, 0, 255).astype(np.uint8)
    lit = cv2.LUT(frames.reshape(-1, SIDE), table).reshape(frames.shape)
    wide = np.pad(lit, ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT)), "edge")  # (T, 124, 124)
    moved = wide[:, SHIFT + down :, SHIFT + right :][:, :SIDE, :SIDE]
    return moved[..., ::-1] if mirrored else moved
