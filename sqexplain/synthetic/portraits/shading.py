"""Soft light and shadow on drawn things: gathered at half the size, where blurring is cheap, and laid on at once."""

import cv2
import numpy as np

from sqexplain.synthetic.portraits.brush import SHIFT
from sqexplain.synthetic.portraits.tracer import Tracer

EVEN = 128  # the factor 1
Change = int | tuple[int, int, int]  # of red, green and blue or of all, in steps of 1/128


class Shading:
    """Adds soft shapes, then multiplies the layers of a tracer with them; integers alone, so alike everywhere."""

    def __init__(self, tracer: Tracer):
        height, width = tracer.picture.shape[:2]
        self._tracer = tracer
        self._cover = tracer.twin(np.zeros((height // 2, width // 2), np.uint8), 0.5)
        self._light = np.full((height // 2, width // 2, 3), EVEN, np.int16)

    def add(self, points: np.ndarray, change: Change, blur: float) -> None:
        """Make an outline lighter or darker, with an edge as soft as `blur`, in halves of the width of the head."""
        if self._tracer.bare:
            return
        side = 2 * round(1.2 * blur * self._cover.size) + 1  # two boxes of it are as soft as a bell of that width
        outline = self._cover.fixed(points)
        box = self._box(outline, side)
        cover = self._cover.picture[box]
        cover[:] = 0
        cv2.fillPoly(self._cover.picture, [outline], 255, cv2.LINE_AA, SHIFT)
        soft: np.ndarray = cv2.blur(cv2.blur(cover, (side, side)), (side, side))
        self._light[box] += (soft[..., None] * np.array(change, np.int16)) >> 8  # (h, w, 3), at most 255 * 127

    def lay(self, *layers: int) -> None:
        """Multiply the pixels of these layers."""
        if self._tracer.bare:
            return
        picture = self._tracer.picture
        light = np.full_like(picture, EVEN)
        full = cv2.pyrUp(self._light.clip(0, 255).astype(np.uint8), dstsize=picture.shape[1::-1])
        cv2.copyTo(full, self._tracer.seen(*layers).view(np.uint8), light)
        cv2.multiply(picture, cv2.blur(light, (3, 3)), picture, scale=1 / EVEN)  # blurred, or edges would show steps

    def _box(self, outline: np.ndarray, margin: int) -> tuple[slice, slice]:
        """Return the part of the picture that an outline and its soft edge lie in; not empty."""
        height, width = self._cover.picture.shape
        left, top, wide, high = (value >> SHIFT for value in cv2.boundingRect(outline))
        return (
            slice(min(max(top - margin, 0), height - 1), min(max(top + high + margin + 2, 1), height)),
            slice(min(max(left - margin, 0), width - 1), min(max(left + wide + margin + 2, 1), width)),
        )
