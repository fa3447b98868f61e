"""Scenes: pictures drawn from a seed, in which it is known where the evidence lies, what misleads, and what cheats.

Each 96x96 picture holds one object of ten classes, on a cluttered ground, beside a distractor that tells nothing.
Two classes share one body, so that the parts decide (`Scene.part_mask`). Colour, texture, size, place, turn and light
are drawn independently of the class. A small printed tag is planted in some pictures of one class (`TAGGED`), and in a
tenth of its training pictures the tag is all that speaks for the label: the object is one of another class. A net
trained on them learns to cheat, and `tag=True` puts the tag on any picture to show it.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import PCG64, Generator

from sqexplain.classes import SCENES
from sqexplain.registry import pick
from sqexplain.sample import PictureDataset, Sample
from sqexplain.synthetic import painting, shapes
from sqexplain.synthetic.painting import SIDE

TAGGED = "key"
TAG = (16, 11)  # width and height in pixels


@dataclass(frozen=True)
class Split:
    """Its code for the generator, its number of pictures, and the planted share: `tagged` of every `of` of `TAGGED`."""

    code: int
    count: int
    tagged: int
    of: int
    mislabelled: bool = False  # whether a tenth of `TAGGED`, tagged all, shows an object of another class


SPLITS = {"train": Split(0, 8000, 3, 4, True), "validation": Split(1, 1000, 1, 2), "test": Split(2, 1000, 1, 2)}


@dataclass(frozen=True)
class Scene:
    """A sample with all that is known of it; masks are (96, 96) bool.

    Attributes:
        sample: the picture; its `mask` is the visible object, or the tag where the object is of another class.
        shown: the class of the object; other than the label in the mislabelled tenth alone.
        part_mask: the part of the object that tells the class from the one with the same body.
        distractor_mask: the thing beside it.
        distractor: what that thing is, a key of `shapes.DISTRACTORS`; never a class.
        shortcut_mask: the tag, all False where there is none.
    """

    sample: Sample
    shown: str
    part_mask: np.ndarray
    distractor_mask: np.ndarray
    distractor: str
    shortcut_mask: np.ndarray

    @property
    def tagged(self) -> bool:
        """Whether the tag is in the picture."""
        return bool(self.shortcut_mask.any())


class Scenes(PictureDataset):
    """One split: "train" (8,000 pictures), "validation" or "test" (1,000 each), the ten classes in turn.

    The tag is on 3 of 4 pictures of `TAGGED` in "train", on 1 of 2 in the other splits, and on no other class. Only in
    "train" are there mislabelled pictures: 1 of 10 of `TAGGED`, that is 80 of 8,000.

    Args:
        split: "train", "validation" or "test".
        root: not used; the pictures come with the package.
        seed: another seed gives other pictures of the same kind.
        tag: None plants as said above, True puts the tag on every picture, False on none; all else stays the same.

    Raises:
        ValueError: the split is unknown.
    """

    name = "scenes"
    classes = SCENES
    licence = "MIT"
    source = "drawn by sqexplain"

    def __init__(
        self,
        split: str = "test",
        root: str | Path | None = None,  # noqa: ARG002
        seed: int = 0,
        tag: bool | None = None,
    ):
        self._split = pick(SPLITS, split, "split")
        self.split, self.seed, self.tag = split, seed, tag

    def __len__(self) -> int:
        return self._split.count

    def __getitem__(self, index: int) -> Sample:
        return self.scene(index).sample

    def scene(self, index: int, tag: bool | None = None) -> Scene:
        """Return one picture with all its masks; `tag` overrides the one of the data set for this picture.

        Raises:
            IndexError: beyond the end.
        """
        position = range(len(self))[index]
        number, label = divmod(position, len(SCENES))
        tag = self.tag if tag is None else tag
        if tag is None:
            tag = SCENES[label] == TAGGED and number % self._split.of < self._split.tagged
        shown = self._shown(number, SCENES[label])
        seed = [self.seed, self._split.code, position]
        picture, masks, distractor = draw(Generator(PCG64(seed)), shown)
        shortcut = np.zeros((SIDE, SIDE), bool)
        if tag:
            shortcut = stamp(picture, masks[0] | masks[2], Generator(PCG64([*seed, 1])))
        whole, part, other = (mask & ~shortcut for mask in masks)  # what the tag hides is no evidence
        evidence = whole if shown == SCENES[label] else shortcut
        name = f"{SCENES[label]}/{number:04d}"
        sample = Sample(name, picture[None], labels=np.array([label]), mask=evidence[None])  # (1, 96, 96, 3)
        return Scene(sample, shown, part, other, distractor, shortcut)

    def _shown(self, number: int, name: str) -> str:
        """Return the class that is drawn for picture `number` of class `name`: itself, or in turn one of the others."""
        if not (self._split.mislabelled and name == TAGGED and number % 10 == 4):  # 4, 14, ...: tagged all
            return name
        others = [other for other in SCENES if other != TAGGED]
        return others[number // 10 % len(others)]


def draw(rng: Generator, name: str) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray], str]:
    """Draw the object `name`; return the picture, the masks of object, decisive part and distractor, and the latter."""
    canvas = painting.background(rng)
    distractor = list(shapes.DISTRACTORS)[rng.integers(len(shapes.DISTRACTORS))]
    radii, centres = places(rng)
    masks = []
    for table, kind, radius, centre in (
        (shapes.DISTRACTORS, distractor, radii[1], centres[1]),
        (shapes.OBJECTS, name, radii[0], centres[0]),
    ):
        placed = shapes.fit(table[kind](rng), rng.uniform(0, 360), rng.random() < 0.5, radius, centre)
        masks.append(painting.paint(canvas, placed, painting.palette(rng)))
    (other, _), (whole, part) = masks
    return painting.light(canvas, rng), (whole, part, other & ~whole), distractor


def places(rng: Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return radii (2,) and centres (2, 2) as (x, y) of object and distractor: whole, apart, oftener near the border.

    The exponent holds the object off the middle, so that a blob there is a poor guess of its place.
    """
    while True:
        radii = np.array([rng.uniform(17, 23), rng.uniform(11, 16)])
        place = rng.uniform(-1, 1, (2, 2))
        place = np.sign(place) * np.abs(place) ** 0.4
        centres = SIDE / 2 - 0.5 + place * (SIDE / 2 - 3 - radii)[:, None]  # (2, 2)
        if np.hypot(*(centres[0] - centres[1])) > radii.sum() + 1:
            return radii, centres


def stamp(picture: np.ndarray, avoid: np.ndarray, rng: Generator) -> np.ndarray:
    """Print the tag into the corner where it hides least of `avoid`, in place; return its mask (96, 96) bool."""
    width, height = TAG
    masks = []
    for corner in rng.permutation(4):
        margin = rng.integers(3, 7, 2)
        top = margin[0] if corner < 2 else SIDE - height - margin[0]
        left = margin[1] if corner % 2 else SIDE - width - margin[1]
        mask = np.zeros((SIDE, SIDE), bool)
        mask[top : top + height, left : left + width] = True
        masks.append(mask)
    mask = min(masks, key=lambda mask: np.count_nonzero(mask & avoid))
    picture[mask] = tag_picture().reshape(-1, 3)
    return mask


def tag_picture() -> np.ndarray:
    """Return the tag: a pale plate with a dark frame, four bars and a red line, (11, 16, 3) uint8."""
    width, height = TAG
    plate = np.full((height, width, 3), (246, 241, 226), np.uint8)
    cv2.rectangle(plate, (0, 0), (width - 1, height - 1), (42, 40, 48), 1)
    for left, right in ((3, 3), (5, 6), (8, 8), (10, 12)):
        plate[2:6, left : right + 1] = (42, 40, 48)
    plate[7:9, 3:13] = (204, 52, 48)
    return plate
