"""A brush that remembers what it painted where, so that masks hold what is seen and nothing that is covered."""

import cv2
import numpy as np

from sqexplain.synthetic.portraits.brush import SHIFT, Brush, Colour

BACKDROP, CLOTHES, NECK, SKIN, HAIR, BANGS, BEARD, MUSTACHE, LIPS, GLASSES, EARRINGS, HAT = range(12)


class Tracer(Brush):
    """Draws on a picture and notes in `owner` (H, W) uint8, beside it, which layer each pixel shows.

    Set `layer` to one of the constants above before drawing. A pixel belongs to the layer that touches it last, be it
    with an edge alone. Where `bare`, strands and soft light are left out, which change no owner.
    """

    def __init__(self, picture: np.ndarray, x: float, y: float, size: float, bare: bool = False, **pose: float):
        super().__init__(picture, x, y, size, **pose)
        self._place, self._pose, self.bare = (x, y, size), pose, bare
        self.owner = np.full(picture.shape[:2], BACKDROP, np.uint8)
        self.layer = BACKDROP

    def fill(self, points: np.ndarray, colour: Colour) -> None:
        """Fill an outline."""
        outline = [self.fixed(points)]
        cv2.fillPoly(self.picture, outline, colour, cv2.LINE_AA, SHIFT)
        cv2.fillPoly(self.owner, outline, self.layer, cv2.LINE_8, SHIFT)

    def dot(self, at: np.ndarray, radius: float, colour: Colour) -> None:
        """Fill a circle about the point `at` (2,)."""
        super().dot(at, radius, colour)
        centre = self.fixed(np.asarray(at)[None])[0].tolist()
        cv2.circle(self.owner, centre, self._length(radius), self.layer, -1, cv2.LINE_8, SHIFT)

    def line(self, points: np.ndarray, colour: Colour, width: float, closed: bool = False) -> None:
        """Draw a line of a width, never thinner than a pixel."""
        super().line(points, colour, width, closed)
        thick = max(1, round(width * self.size))
        cv2.polylines(self.owner, [self.fixed(points)], closed, self.layer, thick, cv2.LINE_8, SHIFT)

    def glaze(self, points: np.ndarray, colour: Colour, quarters: int) -> None:
        """Lay a colour over an outline that lets through what is below: `quarters` of 4 hide it."""
        before = self.picture.copy()
        self.fill(points, colour)
        if quarters < 4:  # exact in binary, so that it rounds alike everywhere
            cv2.addWeighted(self.picture, quarters / 4, before, 1 - quarters / 4, 0, self.picture)

    def strands(self, lines: np.ndarray, colours: list[Colour], width: float = 0.0) -> None:
        """Draw thin lines (k, n, 2) in these colours by turns, only where the present layer is seen."""
        if self.bare:
            return
        over = self.picture.copy()
        fixed = self.fixed(lines.reshape(-1, 2)).reshape(lines.shape)  # (k, n, 2)
        thick = max(1, round(width * self.size))
        for turn, colour in enumerate(colours):
            cv2.polylines(over, list(fixed[turn :: len(colours)]), False, colour, thick, cv2.LINE_AA, SHIFT)
        self.copy(over, self.layer)

    def copy(self, source: np.ndarray, *layers: int) -> None:
        """Copy the pixels of another picture to where these layers are seen."""
        cv2.copyTo(source, self.seen(*layers).view(np.uint8), self.picture)

    def twin(self, picture: np.ndarray, scale: float) -> Brush:
        """Return a plain brush for the same head on a picture of another size."""
        return Brush(picture, *(value * scale for value in self._place), **self._pose)

    def seen(self, *layers: int) -> np.ndarray:
        """Return where one of these layers is seen, (H, W) bool."""
        table = np.zeros(256, np.uint8)
        table[list(layers)] = 1
        return cv2.LUT(self.owner, table).view(bool)
