"""The glasses of a person of a still: round or square, with thick, thin or metal rims, clear or dark."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from sqexplain.synthetic.portraits.brush import Colour, ellipse, mix
from sqexplain.synthetic.portraits.features import EYES
from sqexplain.synthetic.portraits.tracer import GLASSES, Tracer

RIMS = ((26, 26, 30), (92, 52, 30), (150, 30, 42), (34, 52, 104), (172, 132, 46), (134, 140, 152))
METAL = 4  # the index of the first colour that only thin rims have


@dataclass(frozen=True)
class Glasses:
    """Lengths in halves of the width of the head."""

    half: float  # half the width of a lens
    high: float  # half its height
    power: float  # 1 is round, less is squarer
    width: float  # of the rims
    rims: Colour
    lens: Colour
    quarters: int  # of 4 by which a lens hides the eye: 4 for dark ones


def invent(rng: Generator) -> Glasses:
    """Return glasses, one in three of them dark."""
    thin = rng.random() < 0.3
    dark = rng.random() < 0.33
    wide = rng.uniform(0.29, 0.34)
    square = rng.random() < 0.55
    tint = rng.uniform(0, 34, 3)
    return Glasses(
        half=wide,
        high=wide * (rng.uniform(0.62, 0.76) if square else rng.uniform(0.78, 0.86)),
        power=rng.uniform(0.38, 0.55) if square else rng.uniform(0.85, 1.0),
        width=0.032 if thin else rng.uniform(0.042, 0.085),
        rims=RIMS[rng.integers(len(RIMS))] if thin else RIMS[rng.integers(METAL)],
        lens=tuple((tint + (14, 14, 18)).tolist()) if dark else (226, 236, 246),
        quarters=4 if dark else 1,
    )


def draw(tracer: Tracer, worn: Glasses, eyes: float) -> None:
    """Draw temples, lenses, rims and bridge before eyes that are `eyes` from the middle."""
    tracer.layer = GLASSES
    away = eyes + 0.015
    for side in (-1, 1):
        outer = side * (away + worn.half)
        temple = np.array([(outer, EYES - 0.03), (side * 0.99, EYES - 0.05)])
        tracer.line(tracer.round(temple), worn.rims, worn.width)
        shape = _lens(worn) + (side * away, EYES + 0.03)
        tracer.glaze(tracer.round(shape, 1.1), worn.lens, worn.quarters)
        _glint(tracer, worn, side * away)
        tracer.line(tracer.round(shape, 1.1), worn.rims, worn.width, closed=True)
    inner = away - worn.half
    bridge = np.array(
        [(-inner, EYES - 0.01), (-0.4 * inner, EYES - 0.05), (0.4 * inner, EYES - 0.05), (inner, EYES - 0.01)]
    )
    tracer.line(tracer.round(bridge, 1.15), worn.rims, worn.width)


def _lens(worn: Glasses) -> np.ndarray:
    shape = ellipse(0, 0, 1, 1, 32)
    return np.sign(shape) * np.abs(shape) ** worn.power * (worn.half, worn.high)


def _glint(tracer: Tracer, worn: Glasses, x: float) -> None:
    """Draw the reflection of a window."""
    streak = np.array([(-0.5, 0.45), (-0.22, -0.63), (-0.02, -0.63), (-0.29, 0.45)]) * (worn.half, worn.high)
    colour = mix(worn.lens, (255, 255, 255), 0.3 if worn.quarters == 4 else 0.8)
    tracer.glaze(tracer.round(streak + (x, EYES + 0.03), 1.1), colour, 2)
