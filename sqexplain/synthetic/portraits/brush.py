"""The brush that faces are drawn with: outlines in units of the head, on the picture and on masks at once."""

import math
from functools import cache

import cv2
import numpy as np
from numpy.random import Generator

SHIFT = 4  # fractional bits of the coordinates that OpenCV gets
Colour = tuple[float, ...]  # red, green and blue, 0 to 255


class Brush:
    """Draws on `picture` (H, W, 3) uint8 in place, about a head at (x, y).

    Outlines are (n, 2) in halves of the width of the head, x to the right and y downwards from its middle. `round`
    lays them on a head that is turned to the side (`turn`, radians) or nods (`nod`, in the same units).

    Args:
        picture: what is drawn on.
        x: the middle of the head in pixels.
        y: the same, downwards.
        size: half the width of the head in pixels.
        roll: of the head in radians, clockwise.
        turn: to its side in radians, to the right of the picture.
        nod: how far down the face looks.
        stretch: how much longer a unit is along the head than across it.
    """

    def __init__(
        self,
        picture: np.ndarray,
        x: float,
        y: float,
        size: float,
        roll: float = 0.0,
        turn: float = 0.0,
        nod: float = 0.0,
        stretch: float = 1.0,
    ):
        self.picture, self.size, self.turn, self.nod = picture, size, turn, nod
        across, down = math.cos(roll) * size, math.sin(roll) * size
        self._origin = np.array([x, y]) * (1 << SHIFT)
        self._turned = np.array([[across, down], [-down * stretch, across * stretch]]) * (1 << SHIFT)
        self._side = math.cos(turn), math.sin(turn)

    def round(self, points: np.ndarray, height: float = 1.0) -> np.ndarray:
        """Return the outline on the turned head; `height` above 1 stands out of it, as a nose does."""
        x, y = points[:, 0], points[:, 1]
        depth = np.sqrt(np.maximum(1 - 0.8 * x * x, 0)) * height
        laid = np.empty((len(points), 2))
        laid[:, 0], laid[:, 1] = x * self._side[0] + depth * self._side[1], y + depth * self.nod
        return laid

    def fill(self, points: np.ndarray, colour: Colour) -> None:
        """Fill an outline."""
        cv2.fillPoly(self.picture, [self.fixed(points)], colour, cv2.LINE_AA, SHIFT)

    def dot(self, at: np.ndarray, radius: float, colour: Colour) -> None:
        """Fill a circle about the point `at` (2,)."""
        centre = self.fixed(np.asarray(at)[None])[0].tolist()
        cv2.circle(self.picture, centre, self._length(radius), colour, -1, cv2.LINE_AA, SHIFT)

    def line(self, points: np.ndarray, colour: Colour, width: float, closed: bool = False) -> None:
        """Draw a line of a width, never thinner than a pixel."""
        thick = max(1, round(width * self.size))
        cv2.polylines(self.picture, [self.fixed(points)], closed, colour, thick, cv2.LINE_AA, SHIFT)

    def region(self, *outlines: np.ndarray, grow: float = 0.0) -> np.ndarray:
        """Return which pixels the outlines cover together, (H, W) bool; `grow` widens them."""
        cover = np.zeros(self.picture.shape[:2], np.uint8)
        for points in outlines:
            cv2.fillPoly(cover, [self.fixed(points)], 255, cv2.LINE_8, SHIFT)
            if grow:
                thick = max(1, round(2 * grow * self.size))
                cv2.polylines(cover, [self.fixed(points)], True, 255, thick, cv2.LINE_8, SHIFT)
        return cover > 0

    def fixed(self, points: np.ndarray) -> np.ndarray:
        """Return points (n, 2) in pixels, x and y, as OpenCV wants them: int32 in steps of 1/16."""
        return np.rint(points @ self._turned + self._origin).astype(np.int32)

    def _length(self, length: float) -> int:
        return max(1, round(length * self.size * (1 << SHIFT)))


def ellipse(x: float, y: float, across: float, high: float, corners: int = 20) -> np.ndarray:
    """Return the outline of an ellipse by its middle and half its sides, (corners, 2)."""
    return _circle(corners) * (across, high) + (x, y)


@cache
def _circle(corners: int) -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return np.stack([np.cos(turn), np.sin(turn)], 1)


def ring(x: np.ndarray, top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """Return the outline between two lines above each other, each (n,), (2 n, 2)."""
    count = len(x)
    outline = np.empty((2 * count, 2))
    outline[:count, 0], outline[count:, 0], outline[:count, 1], outline[count:, 1] = x, x[::-1], top, bottom[::-1]
    return outline


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return the first colour with a share of the second."""
    return tuple(float(a * (1 - share) + b * share) for a, b in zip(first, second, strict=True))


def between(colours: tuple[Colour, ...], place: float) -> Colour:
    """Return the colour at a place in a row of them, 0 for the first and 1 for the second."""
    low = min(int(place), len(colours) - 2)
    return mix(colours[low], colours[low + 1], place - low)


def shade(colour: Colour, factor: float) -> Colour:
    """Return a darker or lighter colour."""
    return tuple(float(min(255, value * factor)) for value in colour)


def muted(rng: Generator, low: float, high: float, apart: float) -> Colour:
    """Draw a colour of a brightness, whose red, green and blue lie at most `apart` from it."""
    return tuple(np.clip(rng.uniform(low, high) + rng.uniform(-apart, apart, 3), 5, 250).tolist())
