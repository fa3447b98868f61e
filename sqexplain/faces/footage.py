"""What is known of a video once its people are found."""

from dataclasses import dataclass

import numpy as np

from sqexplain.sample import Sample


@dataclass(frozen=True, eq=False)
class Person:
    """One face on its way through a video.

    Attributes:
        start, stop: the pictures of the video from the first to one after the last.
        boxes: (T, 4) float32 top, left, height, width of the face, in pixels of the video.
        areas: (T, 4) the same of what the frames of `sample` show.
        found: (T,) bool, where the detector itself saw the face; elsewhere it is bridged.
        sample: the face (T, 112, 112, 3), its sound, and the body (T, 112, 112, 3).
        head_areas, head_sample: the same with the whole head instead of the middle of the face.
    """

    name: str
    start: int
    stop: int
    boxes: np.ndarray
    areas: np.ndarray
    found: np.ndarray
    sample: Sample
    head_areas: np.ndarray
    head_sample: Sample

    def framed(self, crop: str) -> Sample:
        """Return the sample that shows the "face" or the whole "head", as a net wants it (`Spec.crop`)."""
        return {"face": self.sample, "head": self.head_sample}[crop]


@dataclass(frozen=True, eq=False)
class Footage:
    """A video and the people in it, who fills most of it first.

    Attributes:
        digest: SHA-256 (hex) of the file.
        count: number of pictures.
        height, width: of the upright video in pixels.
        previews: every picture as a JPEG with sides of at most 480 pixels.
        audio: (n,) float32 at 16 kHz, as long as the pictures; None without sound.
        notes: sentences about what was cut, left out or assumed.
    """

    name: str
    digest: str
    fps: float
    count: int
    height: int
    width: int
    previews: tuple[bytes, ...]
    audio: np.ndarray | None
    people: tuple[Person, ...]
    notes: tuple[str, ...]
