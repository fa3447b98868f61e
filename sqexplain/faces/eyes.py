"""Where the eyes of one upright face are: the eye cascades that OpenCV ships, held together by the box of the face."""

from dataclasses import dataclass

import numpy as np

from sqexplain.faces.detection import CASCADE, cascade

PATCH = 300  # side of the square in which eyes are looked for
BOX = 200  # side of the face in it
EDGE = (PATCH - BOX) / 2
# Eyes in the box of a frontal face, shares of its side from left and top. Mean of 382 CelebA faces, mirrored halves
# joined; from face to face it varies by 0.02 (standard deviation) each way.
IN_BOX = np.array([[0.309, 0.380], [0.691, 0.380]])
EXPECTED = EDGE + BOX * IN_BOX  # (2, 2) x, y
# Cascade -> pixels of the patch by which the middle of its boxes lies below the eye (above: -); the same faces.
CASCADES = {
    "haarcascade_eye.xml": 0.5,
    "haarcascade_eye_tree_eyeglasses.xml": 0.7,
    "haarcascade_lefteye_2splits.xml": -6.2,
    "haarcascade_righteye_2splits.xml": -6.2,
}
ROWS = slice(80, 180)  # of the patch, searched for eyes
COLUMNS = (slice(50, 160), slice(140, 250))  # the same for the left and the right eye
REACH = 22  # pixels of the patch from where the box expects an eye to where it may be
HELD = 2  # what the box counts for, in detections of an eye: with none at all single wrong detections move an eye


@dataclass(frozen=True, eq=False)
class Look:
    """What was seen in a patch.

    Attributes:
        eyes: (2, 2) x, y, the left one of the picture first; one that was not seen keeps its place to the other.
        votes: how many detections agree on the left and on the right eye.
        neighbours: how many windows agree on the box of the face; on what is no face they are few.
        apart: distance of the detected eyes over the side of the box, the box having no say; 0 unless both were seen.
    """

    eyes: np.ndarray
    votes: tuple[int, int]
    neighbours: int
    apart: float


class EyeFinder:
    """Looks at upright faces; one object serves one thread.

    Raises:
        ValueError: OpenCV came without its cascades.
    """

    def __init__(self):
        self._face = cascade(CASCADE)
        self._eyes = [(cascade(name), below) for name, below in CASCADES.items()]

    def look(self, patch: np.ndarray) -> Look:
        """Return the eyes in (300, 300) uint8 that shows one face, its box about 200 wide in the middle."""
        (left, top, side), neighbours = self._box(patch)
        expected = np.array([left, top]) + side * IN_BOX  # (2, 2)
        near = [self._near(patch, columns, at) for columns, at in zip(COLUMNS, expected, strict=True)]
        votes = len(near[0]), len(near[1])
        pairs = zip(expected, near, strict=True)
        moved = np.stack([(found - at).sum(0) / (HELD + len(found)) for at, found in pairs])  # (2, 2)
        if min(votes) == 0:  # one eye says where the face is, not how it is turned
            moved[:] = moved.sum(0)
        apart = np.hypot(*(near[1].mean(0) - near[0].mean(0))) / side if min(votes) else 0.0
        return Look(expected + moved, votes, neighbours, float(apart))

    def _box(self, patch: np.ndarray) -> tuple[tuple[float, float, float], int]:
        """Return left, top and side of the face and the number of windows that agree."""
        found, counts = self._face.detectMultiScale2(patch, 1.05, 1, minSize=(140, 140), maxSize=(280, 280))
        middle = PATCH / 2
        over = [
            (int(count), (float(left), float(top), float(side)))
            for (left, top, side, _), count in zip(found, counts, strict=True)
            if left < middle < left + side and top < middle < top + side
        ]
        count, box = max(over, default=(0, (EDGE, EDGE, float(BOX))))
        return box, count

    def _near(self, patch: np.ndarray, columns: slice, expected: np.ndarray) -> np.ndarray:
        """Return the detections (n, 2) x, y of one eye that lie near enough to where it is expected."""
        window = np.ascontiguousarray(patch[ROWS, columns])
        points = [
            (columns.start + left + (width - 1) / 2, ROWS.start + top + (height - 1) / 2 - below)
            for finder, below in self._eyes
            for left, top, width, height in finder.detectMultiScale(window, 1.08, 1, minSize=(25, 25), maxSize=(90, 90))
        ]
        found = np.array(points, np.float64).reshape(-1, 2)
        return found[np.hypot(*(found - expected).T) < REACH]
