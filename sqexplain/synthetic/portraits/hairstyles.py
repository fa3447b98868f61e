"""The hair of a drawn face: what hangs behind the head, and what lies on it."""

import numpy as np

from sqexplain.synthetic.portraits.brush import Brush, ellipse, shade
from sqexplain.synthetic.portraits.face import Face

STYLES = {"short": 1.08, "long": 1.16, "bun": 1.06, "curly": 1.2, "bald": 0.0}  # how far the hair stands off


def behind(brush: Brush, face: Face) -> None:
    """Draw the hair that the head hides in part."""
    off, dark = STYLES[face.hairstyle], shade(face.hair, 0.72)
    if not off:
        return
    top = -face.height * off
    if face.hairstyle == "long":
        side = np.array([(1.0, -0.8), (1.2, -0.1), (1.24, 0.8), (1.16, 1.55), (0.55, 1.7)])
        curtain = np.vstack([side, (side * (-1, 1))[::-1]])
        brush.fill(curtain, dark)
    if face.hairstyle == "bun":
        brush.dot(np.array([0.1 * brush.turn, top - 0.1]), 0.42, dark)
    brush.fill(ellipse(0, -0.22, off, face.height * off - 0.22, 28), dark)


def front(brush: Brush, face: Face) -> None:
    """Draw the hair over the forehead."""
    off = STYLES[face.hairstyle]
    if not off:
        return
    sway = 0.3 * brush.turn
    turns = np.linspace(np.pi, 2 * np.pi, 17)  # over the top, from the left temple to the right one
    high = face.height * off * 0.97
    outer = np.stack([off * 0.97 * np.cos(turns), high * np.sin(turns) - 0.06], 1)
    if face.hairstyle == "curly":
        for x, y in outer[1:-1]:
            brush.dot(np.array([x, y]), 0.17, face.hair)
    line = _hairline(face) + (sway, 0)
    brush.fill(np.vstack([outer, line]), face.hair)
    shine = outer[3:10] * 0.86 + (0.05 + sway, 0.02)
    brush.line(shine, shade(face.hair, 1.28), 0.05)


def _hairline(face: Face) -> np.ndarray:
    """Return the lower edge of the hair from the right temple to the left one, (13, 2)."""
    x = np.linspace(0.97, -0.97, 13)
    top = -0.62 * face.height * (1 - 0.42 * face.fringe)
    y = top + (-0.2 - top) * np.abs(x) ** 5 + 0.1 * (1 - face.fringe) * (x - face.parting) ** 2 - 0.06
    notch = 0.12 * (1 - 0.5 * face.fringe) * np.exp(-(((x - face.parting) / 0.18) ** 2))
    return np.stack([x, y - notch], 1)
