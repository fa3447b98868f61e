"""The earrings of a person of a still: studs, hoops and drops, big enough to be seen."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from sqexplain.synthetic.portraits.brush import Colour, ellipse, mix, shade
from sqexplain.synthetic.portraits.tracer import EARRINGS, Tracer

KINDS = ("stud", "hoop", "drop")
COLOURS = ((238, 192, 72), (226, 230, 238), (246, 240, 226), (40, 190, 180), (214, 30, 60))
LOBE = (1.0, 0.26)  # where the right one hangs, in halves of the width of the head


@dataclass(frozen=True)
class Earrings:
    """A kind of `KINDS`, the colour, and a factor of the size."""

    kind: str
    colour: Colour
    big: float


def invent(rng: Generator) -> Earrings:
    """Return a pair."""
    return Earrings(KINDS[rng.integers(len(KINDS))], COLOURS[rng.integers(len(COLOURS))], rng.uniform(0.85, 1.25))


def draw(tracer: Tracer, pair: Earrings) -> None:
    """Draw one below each ear, with a dark edge that parts it from fair hair."""
    tracer.layer = EARRINGS
    dark, light = shade(pair.colour, 0.45), mix(pair.colour, (255, 255, 255), 0.6)
    for side in (-1, 1):
        x, y = side * LOBE[0] - 0.25 * tracer.turn, LOBE[1]
        if pair.kind == "hoop":
            hoop = ellipse(x, y + 0.17 * pair.big, 0.17 * pair.big, 0.17 * pair.big, 24)
            tracer.line(hoop, dark, 0.085, closed=True)
            tracer.line(hoop, pair.colour, 0.05, closed=True)
            tracer.line(hoop[12:18], light, 0.02)
            continue
        radius, low = (0.085, 0.02) if pair.kind == "stud" else (0.095, 0.3)
        if pair.kind == "drop":
            tracer.line(np.array([(x, y), (x, y + low * pair.big)]), dark, 0.07)
            tracer.line(np.array([(x, y), (x, y + low * pair.big)]), pair.colour, 0.035)
        at = np.array([x, y + low * pair.big])
        tracer.dot(at, radius * pair.big + 0.02, dark)
        tracer.dot(at, radius * pair.big, pair.colour)
        tracer.dot(at - 0.3 * radius, 0.35 * radius, light)
