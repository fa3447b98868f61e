"""The people of a footage, and the whole picture with a box around each face."""

from dataclasses import dataclass

import numpy as np

from sqexplain.media import decode_image, shrink
from sqexplain.sample import Sample
from sqexplain.ui.viewer import pack

SIDE = 400  # pixels of the longer side of the whole picture
MOST = 120  # pictures of the whole that are sent; of longer clips every second, third, ... frame
QUALITY = 70


@dataclass(frozen=True, eq=False)
class Person:
    """One face of a footage: where it is, and how likely it speaks."""

    name: str
    start: int  # frame of the footage in which the sample begins
    boxes: np.ndarray  # (n, 4) float32: top, left, height, width, as shares of the whole picture
    chances: np.ndarray  # (n,)
    sample: Sample


def whole_picture(view) -> dict:
    """Return what the player needs of the other people, counted from the first frame of the one explained."""
    from sqexplain.ui.clip.payload import tiled  # the two modules describe one payload

    if not view.pictures:
        return {"people": None, "person": 0, "whole": None}
    first, frames = view.people[view.person].start, len(view.sample.frames)
    every = -(-frames // MOST)
    chosen = view.pictures[first : first + frames : every]
    pictures = np.stack([shrink(decode_image(one), SIDE) for one in chosen])
    told = [
        {
            "name": one.name,
            "start": one.start - first,
            "boxes": pack(one.boxes, "<f4"),
            "values": [round(float(chance), 4) for chance in one.chances],
        }
        for one in view.people
    ]
    return {"people": told, "person": view.person, "whole": tiled(pictures, every, QUALITY)}
