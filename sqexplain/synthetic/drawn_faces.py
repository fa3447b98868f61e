"""Drawn faces: portraits from a seed with twelve labels each, and for every label the pixels that it stands for.

They lie as aligned photographs do, and the labels have the names of CelebA where it has them, so that a net for
photographed faces can be asked about drawn ones. Nothing is learned from people: no face belongs to anyone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.random import default_rng

from sqexplain.classes import DRAWN_FACES
from sqexplain.registry import pick
from sqexplain.sample import PictureDataset, Sample
from sqexplain.synthetic.portraits import still
from sqexplain.synthetic.portraits.parts import evidence, parts
from sqexplain.synthetic.portraits.person import HEIGHT, TRAITS, WIDTH, Person, invent
from sqexplain.tasks import MULTILABEL


@dataclass(frozen=True)
class Split:
    """Its code for the generator and its number of pictures."""

    code: int
    count: int


SPLITS = {"train": Split(0, 4000), "validation": Split(1, 500), "test": Split(2, 1000)}


class DrawnFaces(PictureDataset):
    """One split: "train" (4,000 faces), "validation" (500) or "test" (1,000); no two share a face.

    A sample has labels (1, 12) of 0 and 1, one for each of `classes`; `evidence` by class, where it is seen or would
    be (see `portraits.parts.evidence`); and `regions`, the parts of the face, of which each pixel has one.

    Args:
        split: "train", "validation" or "test".
        root: not used; the pictures come with the package.
        seed: another seed gives other people.

    Raises:
        ValueError: the split is unknown.
    """

    name = "drawn-faces"
    classes = DRAWN_FACES
    task = MULTILABEL
    licence = "MIT"
    source = "drawn by sqexplain"

    def __init__(self, split: str = "test", root: str | Path | None = None, seed: int = 0):  # noqa: ARG002
        self._split = pick(SPLITS, split, "split")
        self.split, self.seed = split, seed

    def __len__(self) -> int:
        return self._split.count

    def __getitem__(self, index: int) -> Sample:
        position = range(len(self))[index]
        person = self.person(position)
        picture, tracer = still.draw(person)
        return Sample(
            f"face/{position:04d}",
            picture[None],  # (1, 218, 178, 3)
            labels=labels(person)[None],  # (1, 12)
            regions={part: mask[None] for part, mask in parts(person, tracer).items()},
            evidence={trait: mask[None] for trait, mask in evidence(person, tracer).items()},
        )

    @cached_property
    def labels(self) -> np.ndarray:
        """The labels of all faces, (N, 12) int64, read-only; nothing is drawn for them."""
        truth = np.stack([labels(self.person(index)) for index in range(len(self))])
        truth.flags.writeable = False
        return truth

    def person(self, index: int) -> Person:
        """Return who is seen; `person.lacking("Beard")`, drawn by `portraits.still.draw`, is the same face shaved.

        Raises:
            IndexError: beyond the end.
        """
        return invent(default_rng([self.seed, self._split.code, range(len(self))[index]]))

    def credit(self, index: int) -> str:  # noqa: ARG002  one answer for all
        """Return the source and the licence of the picture."""
        return f"{self.source}, {self.licence}"

    def batches(self, size: int = 250, places: Sequence[int] | None = None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield images (n, 218, 178, 3) uint8 and labels (n, 12) int64 as they are drawn, about 6 ms a picture."""
        places = range(len(self)) if places is None else places
        for start in range(0, len(places), size):
            people = [self.person(int(place)) for place in places[start : start + size]]
            images = np.empty((len(people), HEIGHT, WIDTH, 3), np.uint8)
            for image, person in zip(images, people, strict=True):
                image[:] = still.draw(person)[0]
            yield images, np.stack([labels(person) for person in people])


def labels(person: Person) -> np.ndarray:
    """Return 1 for each trait that is seen and 0 for the others, (12,) int64."""
    return np.array([trait in person for trait in TRAITS], np.int64)
