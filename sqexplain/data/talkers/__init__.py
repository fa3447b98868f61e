"""Talkers: drawn faces that speak with made voices, from a seed, so that it is known when they speak and why.

A face speaks where its lips make the sound that is heard. So the same pictures serve for both classes: with the sound
that belongs to them, with another's, with their own at another time, with noise. Faces, light and camera vary besides.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator, default_rng

from sqexplain.data.cifar import home
from sqexplain.data.talkers import pairing
from sqexplain.data.talkers.cache import Cache, Table
from sqexplain.data.talkers.pairing import Pair
from sqexplain.data.talkers.studio import FRAMES, Split, Studio
from sqexplain.data.talkers.voice import HOP
from sqexplain.media.sound import COLUMNS
from sqexplain.names import pick
from sqexplain.progress import Progress
from sqexplain.sample import Sample

CLASSES = ("not speaking", "speaking")
SPLITS = {"train": Split(0, 600, 180, 80), "validation": Split(1, 80, 30, 20), "test": Split(2, 120, 50, 40)}
VERSION = 1  # of the drawings and voices; another one has a folder of its own
SHIFT = 6  # pixels by which a clip of a batch is moved at most


@dataclass(frozen=True)
class Clips:
    """Clips as nets take them.

    Attributes:
        frames: (N, T, 112, 112) uint8 grey.
        audio: (N, 13, 4T) float32, the mel cepstrum of `media.mfcc`.
        labels: (N, T) int64, the index of the class.
        kinds: (N,) str, keys of `pairing.SHARES`.
    """

    frames: np.ndarray
    audio: np.ndarray
    labels: np.ndarray
    kinds: np.ndarray


class Talkers:
    """One split.

    Args:
        split: "train", "validation" or "test".
        root: folder of the drawn clips; without it `~/.cache/sqexplain/talkers`.
        seed: another seed gives other people.
        size: how many talking faces, silent faces and noises, other than the split has.

    Raises:
        ValueError: the split is unknown.
    """

    name = "talkers"
    classes = CLASSES
    licence = "MIT"
    source = "drawn by sqexplain"

    def __init__(
        self,
        split: str = "test",
        root: str | Path | None = None,
        seed: int = 0,
        size: tuple[int, int, int] | None = None,
    ):
        chosen = pick(SPLITS, split, "split")
        if size:
            chosen = replace(chosen, talking=size[0], silent=size[1], noises=size[2])
        self.split, self.seed = split, seed
        self._studio = studio = Studio(chosen, seed)
        counts = f"{chosen.talking}-{chosen.silent}-{chosen.noises}"
        self._cache = Cache(
            home(self.name, root) / f"v{VERSION}-{split}-{seed}-{counts}",
            [
                Table("sheets", chosen.sounds, studio.sheets),
                Table("voiced", chosen.sounds, studio.voiced),
                Table("faces", chosen.faces, studio.grey),
            ],
        )
        self._sample = lru_cache(maxsize=16)(self._make_sample)

    @cached_property
    def pairs(self) -> list[Pair]:
        """What is shown and heard in each clip."""
        if self.split == "train":
            return pairing.own(self._studio.split)
        return pairing.fixed(default_rng([self.seed, self._studio.split.code]), self._studio.split)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kind of each clip, a key of `pairing.SHARES`."""
        return tuple(pair.kind for pair in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> Sample:
        return self._sample(range(len(self))[index])

    def render(self) -> Iterator[Progress]:
        """Draw what is not yet on disk; it may be stopped and goes on at the next call."""
        return self._cache.fill()

    def arrays(self) -> Clips:
        """Return all clips, drawn first where they are missing; they are read once."""
        return self._arrays

    @cached_property
    def _arrays(self) -> Clips:
        self._ensure()
        return self._gather(self.pairs)

    def batch(self, seed: int, step: int, size: int) -> Clips:
        """Return pairs with the shares of `pairing.SHARES`, drawn and moved anew; the same for one seed and step."""
        self._ensure()
        rng = default_rng([seed, step, self.seed, self._studio.split.code])
        pairs = [pairing.draw(rng, self._studio.split) for _ in range(size)]
        return self._gather(pairs, rng)

    def _gather(self, pairs: list[Pair], rng: Generator | None = None) -> Clips:
        """Read the clips; with a generator they are mirrored, moved and lit."""
        frames = np.empty((len(pairs), FRAMES, 112, 112), np.uint8)
        audio = np.empty((len(pairs), 13, COLUMNS * FRAMES), np.float32)
        labels = np.empty((len(pairs), FRAMES), np.int64)
        for n, pair in enumerate(pairs):
            shown = self._cache.row("faces", pair.face)
            frames[n] = vary(shown, rng) if rng else shown
            sheets = [
                self._cache.row("sheets", p.sound)[p.variant, :, COLUMNS * p.start : COLUMNS * (p.start + p.frames)]
                for p in pair.parts
            ]
            audio[n] = np.concatenate(sheets, 1)  # (13, 4T)
            labels[n] = pairing.labels(pair, self._voiced(pair.face))
        return Clips(frames, audio, labels, np.array([pair.kind for pair in pairs]))

    def _voiced(self, face: int) -> np.ndarray | None:
        """Return when the voice of a talking face sounds."""
        return self._cache.row("voiced", face) if face < self._studio.split.talking else None

    def _ensure(self) -> None:
        for _ in self.render():
            pass

    def _make_sample(self, position: int) -> Sample:
        pair, studio = self.pairs[position], self._studio
        frames, masks = studio.film(pair.face)
        sounds = [studio.sound(p.sound, p.variant)[HOP * p.start : HOP * (p.start + p.frames)] for p in pair.parts]
        voiced = studio.voiced(pair.face) if pair.face < studio.split.talking else None
        return Sample(
            f"{pair.kind}/{position:04d}",
            frames,
            np.concatenate(sounds),
            labels=pairing.labels(pair, voiced),
            mask=masks["mouth"],
            regions=masks,
        )


def vary(frames: np.ndarray, rng: Generator) -> np.ndarray:
    """Return the clip (T, 112, 112) mirrored or not, moved by up to `SHIFT` pixels, in another light."""
    down, right = rng.integers(-SHIFT, SHIFT + 1, 2)
    mirrored = rng.random() < 0.5
    contrast, brightness = rng.uniform(0.75, 1.3), rng.uniform(-25, 25)
    table = np.clip((np.arange(256) - 110) * contrast + 110 + brightness, 0, 255).astype(np.uint8)
    lit = cv2.LUT(frames.reshape(-1, 112), table).reshape(frames.shape)
    wide = np.pad(lit, ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT)), "edge")  # (T, 124, 124)
    moved = wide[:, SHIFT + down :, SHIFT + right :][:, :112, :112]
    return moved[..., ::-1] if mirrored else moved
