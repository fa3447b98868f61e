"""A photograph to the picture that a net for CelebA faces expects: one face, its eyes where CelebA has them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import cv2
import numpy as np

from sqexplain.faces.detection import SMALLEST
from sqexplain.faces.eyes import IN_BOX
from sqexplain.faces.searching import Face, search, seen_from_the_side
from sqexplain.faces.warping import about, compose, mapped, scaling, similarity, warp

WIDTH, HEIGHT = 178, 218
EYES = np.array([[69, 111], [108, 111]], np.float64)  # x, y of the eyes in the mean aligned face of CelebA
HALF = 109, 89  # height, width of the same at half size
SIZES = (HALF, (HEIGHT, WIDTH))  # pictures that are taken as aligned without a look
APART = float(EYES[1, 0] - EYES[0, 0])
FEWEST = 16  # pixels between the eyes; a net that looks at 64 x 80 pixels has 14
FULL_FACE = 0.25  # eyes closer together, as a share of the box, are no face from the front; CelebA has 0.39 +- 0.03
SAME_SHAPE = 0.02  # by which the sides of an aligned picture may differ in proportion
SAME_PLACE = 6  # pixels of the aligned picture by which its eyes may lie elsewhere; 90 % are found within 4
SIDES = {1: ("the only face",), 2: ("on the left", "on the right"), 3: ("on the left", "in the middle", "on the right")}
NOBODY = (
    "no face was found in the photograph: looked for faces seen from the front, upright or tilted by up to 45 degrees, "
    f"at least {SMALLEST:.0%} of its height. Give a photograph with such a face, or one that is aligned already: "
    f"{WIDTH} x {HEIGHT} pixels, as CelebA has them"
)
AWAY = (
    "the face is turned away: it is seen from the side, and the net knows faces that show both eyes. Give a photograph "
    "taken from the front"
)
LIMITS = {"right": (-0.3, 0.3), "down": (-0.3, 0.3), "zoom": (0.6, 1.7), "turn": (-30.0, 30.0)}


@dataclass(frozen=True)
class Nudge:
    """What a user changes by hand in an aligned picture.

    Attributes:
        right, down: shift of the face, as a share of the picture's width and height, -0.3 to 0.3.
        zoom: enlargement about the middle between the eyes, 0.6 to 1.7.
        turn: degrees clockwise about the same point, -30 to 30.

    Raises:
        ValueError: a value outside its range.
    """

    right: float = 0.0
    down: float = 0.0
    zoom: float = 1.0
    turn: float = 0.0

    def __post_init__(self):
        for field in fields(self):
            value, (low, high) = getattr(self, field.name), LIMITS[field.name]
            if not isinstance(value, int | float) or not low <= value <= high:  # NaN fails too
                raise ValueError(f"{field.name!r} is {value!r}; give a number from {low:g} to {high:g}")

    @property
    def matrix(self) -> np.ndarray:
        """The change (2, 3) in pixels of the aligned picture."""
        return about(EYES.mean(0), self.zoom, self.turn, np.array([self.right * WIDTH, self.down * HEIGHT], np.float64))


@dataclass(frozen=True, eq=False)
class AlignedFace:
    """One face as a net wants it; all arrays read-only.

    Attributes:
        picture: (218, 178, 3) uint8 RGB.
        eyes: (2, 2) float32 x, y in pixels of the photograph, the left one of the picture first, before any nudge.
        box: (4,) float32 top, left, height, width of the face in the photograph; upright also for a turned face.
        matrix: (2, 3) map of the photograph to the picture, nudge included.
        found: what it was aligned by: "eyes", "box" (of the face), or "template" for a picture that was aligned before.
        notes: sentences on how it was aligned and what to mind.
    """

    picture: np.ndarray
    eyes: np.ndarray
    box: np.ndarray
    matrix: np.ndarray
    found: str
    notes: tuple[str, ...]

    def __post_init__(self):
        for array in (self.picture, self.eyes, self.box, self.matrix):
            array.flags.writeable = False


def align_faces(picture: np.ndarray) -> tuple[AlignedFace, ...]:
    """Return every usable face of (H, W, 3) uint8 RGB, largest first.

    Faces that are too small or turned away are left out beside usable ones.

    Raises:
        ValueError: there is no face, or none that can be used; the message says why.
    """
    return tuple(_drawn(picture, face, found) for face, found in _usable(picture))


def align_face(picture: np.ndarray, which: int | None = None, nudge: Nudge | None = None) -> AlignedFace:
    """Return one face of (H, W, 3) uint8 RGB.

    Args:
        picture: a photograph, or a picture that is aligned already: 178 x 218, 89 x 109, or of such a shape with the
            eyes in place. That one is used as it is.
        which: number of the face from 1, in the order of `align_faces`; needed where there are several.
        nudge: what to change by hand.

    Raises:
        ValueError: there is no such face, none that can be used, or several and no choice; the message says why.
    """
    usable = _usable(picture)
    face = _drawn(picture, *usable[_chosen([face for face, _ in usable], which)])
    return face if nudge is None else nudged(face, picture, nudge)


def nudged(face: AlignedFace, picture: np.ndarray, nudge: Nudge) -> AlignedFace:
    """Return a face of the photograph `picture` once more, changed by hand; a nudge made before does not count."""
    plain = _plain(picture, face.eyes, face.found)
    if nudge == Nudge():
        return replace(face, picture=_draw(picture, plain, face.found), matrix=plain)
    matrix = compose(nudge.matrix, plain)
    return replace(face, picture=warp(picture, matrix, WIDTH, HEIGHT), matrix=matrix)


def describe(faces: Sequence[AlignedFace | Face]) -> tuple[str, ...]:
    """Return where each face is among the others, for people who must choose: "on the left"."""
    middles = [float(face.box[1] + face.box[3] / 2) for face in faces]
    ranks = np.argsort(np.argsort(middles, kind="stable"))
    words = SIDES.get(len(faces)) or [f"number {n} from the left" for n in range(1, len(faces) + 1)]
    return tuple(words[rank] for rank in ranks)


def _usable(picture: np.ndarray) -> list[tuple[Face, str]]:
    """Return faces, largest first, with what each is aligned by; or say why there is none."""
    if not isinstance(picture, np.ndarray) or picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
        given = f"{picture.dtype} {picture.shape}" if isinstance(picture, np.ndarray) else type(picture).__name__
        raise ValueError(f"'picture' is {given}; give uint8 (H, W, 3), RGB")
    if picture.shape[:2] in SIZES:
        return [(_mean_face(picture), "template")]
    faces = search(picture)
    if not faces:
        raise ValueError(AWAY if seen_from_the_side(picture) else NOBODY)
    if _is_aligned(picture, faces[0]):
        return [(faces[0], "template")]
    frontal = [face for face in faces if face.seen < 2 or face.apart >= FULL_FACE]
    if not frontal:
        raise ValueError(AWAY)
    large = [face for face in frontal if _apart(face.eyes) >= FEWEST]
    if not large:
        raise ValueError(
            f"the face is too small: {_apart(frontal[0].eyes):.0f} pixels between the eyes, and at least {FEWEST} are "
            "needed; give a larger picture, or one taken from nearer"
        )
    return [(face, "eyes" if face.seen == 2 else "box") for face in large]


def _chosen(faces: Sequence[Face], which: int | None) -> int:
    """Return the index of the face that is meant."""
    if which is None and len(faces) == 1:
        return 0
    places = ", ".join(f"{number} {place}" for number, place in enumerate(describe(faces), 1))
    choice = f"choose one by its number: {places}" if len(faces) > 1 else "the only one is number 1"
    if which is None:
        raise ValueError(f"{len(faces)} faces were found; {choice}")
    if not isinstance(which, int) or not 1 <= which <= len(faces):
        raise ValueError(f"there is no face {which!r} among the {len(faces)} found; {choice}")
    return which - 1


def _drawn(picture: np.ndarray, face: Face, found: str) -> AlignedFace:
    matrix = _plain(picture, face.eyes, found)
    return AlignedFace(_draw(picture, matrix, found), face.eyes, face.box, matrix, found, tuple(_notes(face, found)))


def _plain(picture: np.ndarray, eyes: np.ndarray, found: str) -> np.ndarray:
    """Return the map (2, 3) of a photograph to the aligned picture."""
    if found == "template":
        return scaling(WIDTH / picture.shape[1], HEIGHT / picture.shape[0])
    return similarity(eyes.astype(np.float64), EYES)


def _draw(picture: np.ndarray, matrix: np.ndarray, found: str) -> np.ndarray:
    if found != "template":
        return warp(picture, matrix, WIDTH, HEIGHT)
    # Pixels of a half-size picture are doubled: made small for a net again, it is then the picture of the data set.
    how = cv2.INTER_NEAREST if picture.shape[:2] == HALF else cv2.INTER_AREA
    return cv2.resize(picture, (WIDTH, HEIGHT), interpolation=how)


def _notes(face: Face, found: str) -> Iterator[str]:
    """Yield what is to be said of an alignment."""
    if found == "template":
        yield "The picture is aligned already and used as it is."
        return
    across, down = face.eyes[1] - face.eyes[0]
    turned = f"turned by {abs(np.rad2deg(np.arctan2(down, across))):.0f} degrees"
    yield f"Aligned by the {'eyes' if found == 'eyes' else 'box of the face'}: {turned}."
    if face.seen == 0:
        yield "The eyes were not found; the crop follows the box of the face."
    if face.seen == 1:
        yield "Only one eye was found; the crop follows it and the box of the face."
    apart = _apart(face.eyes)
    if apart < APART:
        yield f"The face is small: {apart:.0f} pixels between the eyes, enlarged {APART / apart:.1f} times."


def _mean_face(picture: np.ndarray) -> Face:
    """Return where the mean face of CelebA lies in an aligned picture of any size."""
    sides = np.array(picture.shape[1::-1], np.float64) / (WIDTH, HEIGHT)  # across, down
    eyes = mapped(scaling(*sides), EYES)
    side = APART / (IN_BOX[1, 0] - IN_BOX[0, 0])
    left, top = (EYES[0] - side * IN_BOX[0]) * sides
    box = [top, left, side * sides[1], side * sides[0]]
    return Face(eyes.astype(np.float32), np.array(box, np.float32), 2, 0.0, 0)


def _is_aligned(picture: np.ndarray, face: Face) -> bool:
    """Tell whether a picture has the shape of CelebA's and its eyes, which must have been seen, where those are."""
    height, width = picture.shape[:2]
    if face.seen < 2 or abs(width / height * HEIGHT / WIDTH - 1) > SAME_SHAPE:
        return False
    there = mapped(scaling(WIDTH / width, HEIGHT / height), face.eyes.astype(np.float64))
    return float(np.hypot(*(there - EYES).T).max()) <= SAME_PLACE


def _apart(eyes: np.ndarray) -> float:
    """Return the distance of two points (2, 2)."""
    return float(np.hypot(*(eyes[1] - eyes[0])))
