"""The clips and sounds of one split, each made from the seed and its number alone."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator, default_rng

from sqexplain.media import mfcc
from sqexplain.synthetic.portraits import drawing
from sqexplain.synthetic.talkers import motion, noise, stage, voice
from sqexplain.synthetic.talkers.voice import FPS, Speech, quantise

FRAMES = 50  # T of a clip
MARGIN = 40  # frames of sound before and after the picture, so that shifted sound is sound, too
LONG = FRAMES + 2 * MARGIN
VARIANTS = 3  # of each sound: voices as they are and twice in noise, noises at three levels
TALKING, SILENT, NOISE, MIXED = range(4)


@dataclass(frozen=True)
class Split:
    """Its code for the generator and how many talking faces, silent faces and noises it has.

    Faces are numbered with the talking ones first, sounds with the voices first: voice i belongs to face i.
    """

    code: int
    talking: int
    silent: int
    noises: int

    @property
    def faces(self) -> int:
        """The number of faces."""
        return self.talking + self.silent

    @property
    def sounds(self) -> int:
        """The number of sounds."""
        return self.talking + self.noises


@dataclass(frozen=True)
class Studio:
    """Makes what a split needs; no two splits share a person, because the code of the split seeds them."""

    split: Split
    seed: int = 0

    def rng(self, kind: int, number: int, use: int = 0) -> Generator:
        """Return the generator of a thing, one of the kinds above."""
        return default_rng([self.seed, self.split.code, kind, number, use])

    def speech(self, number: int) -> Speech:
        """Return what a talking face says, LONG frames."""
        return voice.speak(self.rng(TALKING, number), LONG)

    def film(self, face: int, masks: bool = True) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return frames (T, 112, 112, 3) uint8 RGB and masks by name (T, 112, 112) bool."""
        smile: np.ndarray | float = 0.0
        if face < self.split.talking:
            rng, said = self.rng(TALKING, face, 1), self.speech(face)
            shown = slice(MARGIN, MARGIN + FRAMES)
            opening, width = said.opening[shown], said.width[shown]
        else:
            number = face - self.split.talking
            rng = self.rng(SILENT, number)
            opening, width, smile = motion.idle(rng, FRAMES, motion.IDLE[number % len(motion.IDLE)])
        person, place = drawing.invent(rng), stage.invent(rng, FRAMES)
        frames, found = stage.film(place, [(person, motion.looks(rng, opening, width, smile))], masks)
        return frames, found[0] if masks else {}

    def grey(self, face: int) -> np.ndarray:
        """Return the frames without colour, (T, 112, 112) uint8."""
        return np.stack([cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in self.film(face, masks=False)[0]])

    def sound(self, number: int, variant: int = 0) -> np.ndarray:
        """Return a sound (640 LONG,) float32; variant 0 is as it was made."""
        if number < self.split.talking:
            return self._mixed(number, variant)
        number -= self.split.talking
        made = noise.noise(self.rng(NOISE, number), LONG, noise.KINDS[number % len(noise.KINDS)])
        return quantise(made * (1, 0.3, 0.1)[variant]) if variant else made

    def _mixed(self, number: int, variant: int) -> np.ndarray:
        said = self.speech(number)
        if not variant:
            return said.audio
        rng = self.rng(MIXED, number, variant)
        around = noise.noise(rng, LONG, noise.KINDS[rng.integers(4)])  # not the silent ones
        heard = said.audio[np.repeat(said.voiced, len(said.audio) // LONG)]
        power = (heard.std() + 1e-9) / (around.std() + 1e-9)
        decibels = (rng.uniform(10, 20), rng.uniform(0, 10))[variant - 1]
        mixed = said.audio + around * power * 10 ** (-decibels / 20)
        return quantise(mixed / max(1.0, np.abs(mixed).max()))

    def sheets(self, number: int) -> np.ndarray:
        """Return the sheets of all variants of a sound, (VARIANTS, 13, 4 LONG) float32."""
        return np.stack([mfcc(self.sound(number, variant), LONG, FPS) for variant in range(VARIANTS)])

    def voiced(self, number: int) -> np.ndarray:
        """Return when a sound is speech, (LONG,) bool; never for noises."""
        return self.speech(number).voiced if number < self.split.talking else np.zeros(LONG, bool)
