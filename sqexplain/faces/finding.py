"""A video file to its people, in two passes and in little memory: one finds the faces, one cuts them out."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from sqexplain import media
from sqexplain.faces.cropping import SIDE, body_areas, cut, face_areas, head_areas
from sqexplain.faces.detection import SIDE as SEARCHED
from sqexplain.faces.detection import SMALLEST, Detector
from sqexplain.faces.footage import Footage, Person
from sqexplain.faces.tracking import Linker, Track
from sqexplain.media import FPS
from sqexplain.progress import Progress
from sqexplain.sample import Sample, display_name, stem

PREVIEW = 480  # longer side of the pictures kept for display
EVERY = 5  # pictures from one search of the whole picture to the next; between, faces are followed
CROP = 256  # shorter side up to which a nearly square video is taken as one face
SQUARE = 1.15  # longer over shorter side of what is nearly square
FULL = 0.5  # share of the picture from which a single face is taken as the whole of it
CROWD = 12  # faces that are followed at once
OFTEN = 5  # pictures from one word of progress to the next
SAMPLES = media.RATE // FPS  # of sound for one picture


def find_people(source: media.Source, name: str = "") -> Iterator[Progress | Footage]:
    """Yield how far the work has come, and at last the people in a video file, at most six.

    Faces are found in pictures of 640 pixels and cut out of the full ones. A small square video, or one that a single
    face fills, is taken whole as one person. Of a video longer than 60 s the beginning is used.

    Args:
        source: a path, or the bytes of a file.
        name: what the footage is called; the last part of the path where empty.

    Raises:
        ValueError: the file cannot be read as a video, or no face is found; the message says what to do.
    """
    shown = display_name(name or ("video" if isinstance(source, bytes) else Path(source).name))
    info = media.probe(source, shown)
    notes: list[str] = []
    survey = _Survey(info)
    expected = max(1, round(FPS * min(info.seconds or media.MAX_SECONDS, media.MAX_SECONDS)))
    for number, picture in enumerate(media.frames(source, max_side=SEARCHED, name=shown, notes=notes)):
        survey.add(number, picture)
        if number % OFTEN == 0:
            yield Progress(number, 2 * max(expected, number + 1))
    count = len(survey.previews)
    tracks = survey.tracks()
    whole = survey.small or _fills(tracks, info)
    if whole:
        notes.append("the video is taken as one face and used whole")
        tracks = [_everything(info, count)]
    if not tracks:
        raise ValueError(_nobody(shown))
    cutouts = [_Cutout(track, info, whole) for track in tracks]
    for number, picture in enumerate(media.frames(source, name=shown)):
        for cutout in cutouts:
            cutout.add(number, picture)
        if number % OFTEN == 0:
            yield Progress(count + number, 2 * count)
    audio = media.sound(source, count / FPS, name=shown, notes=notes)
    if audio is None:
        notes.append("the file has no sound")
    people = tuple(one.person(f"person {n}", stem(shown), audio) for n, one in enumerate(cutouts, 1))
    size = info.height, info.width
    previews = tuple(survey.previews)
    yield Footage(stem(shown), _digest(source), float(FPS), count, *size, previews, audio, people, tuple(notes))


class _Survey:
    """The first pass: previews, and the paths of the faces."""

    def __init__(self, info: media.VideoInfo):
        low, high = sorted((info.height, info.width))
        self.small = high <= SQUARE * low <= SQUARE * CROP
        self.previews: list[bytes] = []
        self._detector, self._linker = Detector(), Linker()
        self._side = high
        self._factor = 1.0

    def add(self, number: int, picture: np.ndarray) -> None:
        """Look at one picture after the other, (H, W, 3) with sides of at most `SEARCHED`."""
        self.previews.append(media.encode_jpeg(media.shrink(picture, PREVIEW), 80))
        if self.small:
            return
        self._factor = self._side / max(picture.shape[:2])
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        last = self._linker.last
        boxes = self._detector.follow(grey, last) if number % EVERY else self._detector.search(grey)
        self._linker.add(number, boxes[np.argsort(-boxes[:, 2])[:CROWD]])

    def tracks(self) -> list[Track]:
        """Return the tracks, in pixels of the video."""
        tracks = self._linker.tracks(len(self.previews))
        return [replace(track, boxes=track.boxes * np.float32(self._factor)) for track in tracks]


class _Cutout:
    """The second pass, for one person."""

    def __init__(self, track: Track, info: media.VideoInfo, whole: bool):
        self.track = track
        boxes = track.boxes
        self._areas = {"face": boxes} if whole else {"face": face_areas(boxes), "head": head_areas(boxes)}
        if not whole:
            self._areas["body"] = body_areas(boxes, info.height, info.width)
        self._pieces = {part: np.empty((len(boxes), SIDE, SIDE, 3), np.uint8) for part in self._areas}

    def add(self, number: int, picture: np.ndarray) -> None:
        """Cut one picture of the full size, if the person is in it."""
        at = number - self.track.start
        if 0 <= at < len(self.track.boxes):
            for part, areas in self._areas.items():
                self._pieces[part][at] = cut(picture, areas[at])

    def person(self, name: str, title: str, audio: np.ndarray | None) -> Person:
        """Return all that is known; what was cut out is shared, no longer to be written to."""
        track = self.track
        sound = None if audio is None else audio[track.start * SAMPLES : track.stop * SAMPLES].copy()
        for array in (sound, *self._pieces.values()):
            if array is not None:
                array.flags.writeable = False
        body = self._pieces.get("body")
        face, head = (
            Sample(f"{title} {name}", self._pieces.get(part, self._pieces["face"]), sound, float(FPS), body=body)
            for part in ("face", "head")
        )
        areas = self._areas["face"], self._areas.get("head", self._areas["face"])
        return Person(name, track.start, track.stop, track.boxes, areas[0], track.found, face, areas[1], head)


def _fills(tracks: Sequence[Track], info: media.VideoInfo) -> bool:
    """Tell whether there is but one face and nearly nothing else."""
    return len(tracks) == 1 and np.median(tracks[0].boxes[:, 2] ** 2) > FULL * info.height * info.width


def _everything(info: media.VideoInfo, count: int) -> Track:
    boxes = np.tile(np.array([0, 0, info.height, info.width], np.float32), (count, 1))  # (T, 4)
    return Track(0, boxes, np.ones(count, bool))


def _nobody(shown: str) -> str:
    return (
        f"no face was found in '{shown}': looked for upright faces seen from the front, at least {SMALLEST:.0%} of the "
        f"picture's height. Give a video with such a face, or one that shows a face alone: square, up to {CROP} pixels"
    )


def _digest(source: media.Source) -> str:
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with Path(source).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
