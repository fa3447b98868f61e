"""The people of a footage, and the whole picture with a box around each face."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sqexplain.faces import Footage
from sqexplain.media import decode_image, shrink
from sqexplain.sample import Sample
from sqexplain.ui.clip import cache
from sqexplain.ui.clip.tiles import tiled
from sqexplain.ui.viewer import pack

SIDE = 400  # pixels of the longer side of the whole picture
MOST = 120  # pictures of the whole that are sent; of longer clips every second, third, ... frame
QUALITY = 70


@dataclass(frozen=True, eq=False)
class Person:
    """One face: the frame in which it appears, where it is, (n, 4) top, left, height, width as shares, its sample."""

    name: str
    start: int
    boxes: np.ndarray
    sample: Sample


@dataclass(frozen=True, eq=False)
class Cast:
    """The people of one picture with the probability that each speaks, and which of them is explained.

    Attributes:
        probabilities: how likely each speaks, one array (n,) for each person.
        pictures: every frame of the whole, JPEG or (H, W, 3) uint8.
    """

    people: tuple[Person, ...]
    probabilities: tuple[np.ndarray, ...]
    pictures: Sequence[bytes | np.ndarray]
    person: int = 0


def people_of(footage: Footage, crop: str) -> tuple[Person, ...]:
    """Return the people of a footage, each as the net wants it: the middle of the "face" or the whole "head"."""
    size = np.array([footage.height, footage.width] * 2, np.float32)
    return tuple(Person(one.name, one.start, one.boxes / size, one.framed(crop)) for one in footage.people)


def people_in(scene) -> tuple[Person, ...]:
    """Return the people of a drawn scene."""
    size = np.array([*scene.frames.shape[1:3]] * 2, np.float32)
    pairs = zip(scene.boxes.items(), scene.samples, strict=True)
    return tuple(Person(name, 0, boxes / size, sample) for (name, boxes), sample in pairs)


def cast_of(people: tuple[Person, ...], pictures, person: int, model: str, gates: str) -> Cast:
    """Return the cast, with the output of the net for each person."""
    found = tuple(cache.probabilities(model, gates, one.sample.digest, one.sample) for one in people)
    return Cast(people, found, pictures, person)


def whole_picture(cast: Cast | None, frames: int) -> dict:
    """Return what the player needs of all people, counted from the first frame of the one explained."""
    if cast is None:
        return {"people": None, "person": 0, "whole": None}
    first = cast.people[cast.person].start
    every = -(-frames // MOST)
    chosen = cast.pictures[first : first + frames : every]
    pictures = [one if isinstance(one, np.ndarray) else decode_image(one) for one in chosen]
    people = [
        {
            "name": one.name,
            "start": one.start - first,
            "boxes": pack(one.boxes, "<f4"),
            "values": [round(float(value), 4) for value in values],
        }
        for one, values in zip(cast.people, cast.probabilities, strict=True)
    ]
    whole = tiled(np.stack([shrink(one, SIDE) for one in pictures]), every, QUALITY)
    return {"people": people, "person": cast.person, "whole": whole}
