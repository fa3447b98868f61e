"""All faces of a photograph with their eyes: looked for upright, then turned, then from the side."""

from dataclasses import dataclass

import cv2
import numpy as np

from sqexplain.faces.detection import SIDE, Detector, cascade, overlaps
from sqexplain.faces.eyes import BOX, EDGE, EXPECTED, PATCH, EyeFinder, Look
from sqexplain.faces.warping import about, compose, inverse, magnification, mapped, scaling, similarity, warp

UPRIGHT = (0,)
TURNS = (UPRIGHT, (12, -12), (24, -24), (36, -36))  # degrees; the cascade itself bears about 12
MOST = 12  # boxes of one search that are looked at
VOTE = 4  # windows on the face that one detection of an eye is worth
# Of 400 photographs of things, animals and some people, 20 boxes lay on faces and 28 on something else: from SURE on
# there were only faces, from DOUBTFUL on 4 of the 28.
SURE = 36
DOUBTFUL = 24
HOPELESS = 10  # at the first look: not worth a second
SAME = 0.3  # overlap from which two boxes are one face
PROFILE = "haarcascade_profileface.xml"


@dataclass(frozen=True, eq=False)
class Face:
    """One face, in pixels of the photograph.

    Attributes:
        eyes: (2, 2) float32 x, y; the first is on the left once the face is upright.
        box: (4,) float32 top, left, height, width.
        seen: how many eyes were seen, 0 to 2; the others follow the box.
        apart: distance of the detected eyes over the side of the box; 0 unless both were seen.
        trust: how many detections agree that this is a face.
    """

    eyes: np.ndarray
    box: np.ndarray
    seen: int
    apart: float
    trust: int


def search(picture: np.ndarray) -> list[Face]:
    """Return the faces of (H, W, 3) uint8 that look at the camera, largest first.

    Faces turned by up to about 45 degrees are looked for only where none is upright, and faces whose eyes are not seen
    are taken only where there is nothing better.
    """
    scene = _Scene(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    doubtful: list[Face] = []
    for turns in TURNS:
        faces = [face for turn in turns for face in scene.faces(turn)]
        sure = [face for face in faces if face.trust >= SURE]
        if sure:
            return sorted(_distinct(sure), key=lambda face: -face.box[2])
        doubtful += [face for face in faces if face.trust >= DOUBTFUL and (face.seen == 2 or turns == UPRIGHT)]
    return _distinct(doubtful)[:1]


def seen_from_the_side(picture: np.ndarray) -> bool:
    """Tell whether (H, W, 3) uint8 shows a face in profile, whichever way it looks."""
    small = _Scene(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)).small
    side = max(20, small.shape[0] // 8)
    finder = cascade(PROFILE)  # knows faces that look left
    both = small, np.ascontiguousarray(small[:, ::-1])
    return any(len(finder.detectMultiScale(one, 1.1, 4, minSize=(side, side))) for one in both)


class _Scene:
    """A grey photograph, and the same small for the search of whole faces."""

    def __init__(self, grey: np.ndarray):
        height, width = grey.shape
        factor = min(1.0, SIDE / max(height, width))
        size = max(1, round(width * factor)), max(1, round(height * factor))
        self.grey, self.small = grey, cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        self._shrink = scaling(size[0] / width, size[1] / height)
        self._detector, self._finder = Detector(), EyeFinder()

    def faces(self, degrees: float) -> list[Face]:
        """Return what is found once the photograph is turned clockwise by some degrees."""
        turned, turn = _turned(self.small, degrees)
        boxes = self._detector.search(turned)
        boxes = boxes[np.argsort(-boxes[:, 2])[:MOST]]
        looked = (self._face(compose(_to_patch(box), compose(turn, self._shrink))) for box in boxes)
        return [face for face in looked if face]

    def _face(self, to_patch: np.ndarray) -> Face | None:
        """Look twice: once where the box says, once with the eyes of the first look made level and of one size."""
        look = self._look(to_patch)
        if _trust(look) < HOPELESS:
            return None
        to_patch = similarity(mapped(inverse(to_patch), look.eyes), EXPECTED)
        look, back = self._look(to_patch), inverse(to_patch)
        centre, side = mapped(back, np.array([[PATCH / 2, PATCH / 2]]))[0], BOX * magnification(back)
        eyes = mapped(back, look.eyes).astype(np.float32)
        box = np.array([centre[1] - side / 2, centre[0] - side / 2, side, side], np.float32)
        seen = int(np.count_nonzero(look.votes))
        return Face(eyes, box, seen, look.apart, _trust(look))

    def _look(self, to_patch: np.ndarray) -> Look:
        return self._finder.look(warp(self.grey, to_patch, PATCH, PATCH))


def _trust(look: Look) -> int:
    return look.neighbours + VOTE * sum(look.votes)


def _to_patch(box: np.ndarray) -> np.ndarray:
    """Return the map (2, 3) that takes a box top, left, height, width to the middle of a patch."""
    factor = BOX / float(box[2])
    return np.array([[factor, 0, EDGE - factor * box[1]], [0, factor, EDGE - factor * box[0]]], np.float64)


def _turned(grey: np.ndarray, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the whole picture turned clockwise, and the map (2, 3) to it."""
    if not degrees:
        return grey, np.eye(2, 3)
    height, width = grey.shape
    turn = about(np.zeros(2), 1, degrees, np.zeros(2))
    corners = mapped(turn, np.array([[0, 0], [width, 0], [0, height], [width, height]], np.float64))
    low, high = corners.min(0), corners.max(0)
    turn[:, 2] = -low
    wide, tall = np.ceil(high - low).astype(int)
    return warp(grey, turn, int(wide), int(tall)), turn


def _distinct(faces: list[Face]) -> list[Face]:
    """Keep of faces in the same place the one that most detections agree on."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.trust):
        if not kept or overlaps(face.box[None], np.stack([one.box for one in kept])).max() < SAME:
            kept.append(face)
    return kept
