"""What a person of a still may wear on the head: a cap, a hat with a brim, a woollen hat."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from sqexplain.synthetic.portraits.brush import Colour, ellipse, muted, ring, shade
from sqexplain.synthetic.portraits.shading import Shading
from sqexplain.synthetic.portraits.tracer import HAT, Tracer

KINDS = ("cap", "brim", "beanie")
ACROSS = np.linspace(-1, 1, 25)


@dataclass(frozen=True)
class Hat:
    """Its kind, one of `KINDS`, its colours, and lengths in halves of the width of the head."""

    kind: str
    colour: Colour
    trim: Colour  # of band, cuff, button or bobble
    high: float  # of the crown above the head
    wide: float  # half the width of the brim, a factor of that of the head
    extra: bool  # a bobble, a badge or a dent


def invent(rng: Generator) -> Hat:
    """Return a hat in any colour."""
    colour, trim = muted(rng, 40, 210, 65), muted(rng, 40, 210, 65)
    return Hat(
        KINDS[rng.integers(len(KINDS))],
        colour,
        trim if rng.random() < 0.5 else shade(colour, 0.62),
        rng.uniform(0.1, 0.26),
        rng.uniform(1.45, 1.8),
        bool(rng.random() < 0.5),
    )


def draw(tracer: Tracer, hat: Hat, top: float, off: float) -> None:
    """Draw a hat over a head whose hair reaches `top` (negative, upwards) and stands `off` its sides."""
    tracer.layer = HAT
    {"cap": _cap, "brim": _brim, "beanie": _beanie}[hat.kind](tracer, hat, top, off + 0.07)


def edge(x: np.ndarray, middle: float) -> np.ndarray:
    """Return the heights of the lower edge of a hat: it is seen from below, so it rises to the middle."""
    return middle + 0.3 * x * x


def _dome(half: float, top: float, middle: float, power: float = 2.4) -> np.ndarray:
    """Return the outline of a crown over the edge of a hat."""
    lower = edge(ACROSS, middle)
    upper = lower[0] - (lower[0] - top) * (1 - np.abs(ACROSS) ** power) ** (1 / power)
    return ring(ACROSS * half, upper, lower)


def _shade(tracer: Tracer, half: float, top: float) -> Shading:
    """Return the light on a crown: from above on one side, dark at the other."""
    shading = Shading(tracer)
    shading.add(ellipse(0.7 * half, 0.35 * top - 0.4, 0.5 * half, 0.7), -34, 0.2)
    shading.add(ellipse(-0.75 * half, 0.35 * top - 0.4, 0.3 * half, 0.6), -22, 0.15)
    shading.add(ellipse(-0.3 * half, top + 0.28, 0.35 * half, 0.2), 26, 0.16)
    return shading


def _cap(tracer: Tracer, hat: Hat, top: float, half: float) -> None:
    top = top - 0.5 * hat.high
    dome = _dome(half, top, -0.82)
    tracer.fill(dome, hat.colour)
    for seam in (-0.5, 0.0, 0.5):
        curve = np.stack([seam * half * np.sin(np.linspace(0.2, 1.5, 9)), np.linspace(top, -0.86, 9)], 1)
        tracer.line(curve, shade(hat.colour, 0.8), 0.02)
    if hat.extra:
        tracer.fill(ellipse(0, 0.55 * top - 0.42, 0.2, 0.15), hat.trim)
    tracer.fill(ellipse(0, top + 0.01, 0.07, 0.04), hat.trim)
    x = ACROSS * 0.93
    visor = ring(x, edge(x, -0.87), edge(x, -0.87) + 0.19 * (1 - ACROSS**4))
    tracer.fill(visor + (0.1 * tracer.turn, 0), shade(hat.colour, 0.8))  # never the trim, which might pass for hair
    shading = _shade(tracer, half, top)
    shading.add(ring(x, edge(x, -0.77), edge(x, -0.69)), -40, 0.05)
    shading.add(ring(x, edge(x, -0.9), edge(x, -0.86)), -40, 0.03)
    shading.lay(HAT)


def _brim(tracer: Tracer, hat: Hat, top: float, half: float) -> None:
    top = top - hat.high
    outline = _dome(half, top, -0.9, 4.0)
    if hat.extra:
        outline[:25, 1] += 0.14 * np.exp(-((ACROSS / 0.22) ** 2))
    tracer.fill(outline, hat.colour)
    low, high = edge(ACROSS, -0.88), edge(ACROSS, -1.06)
    tracer.fill(ring(ACROSS * half, high, low), hat.trim)
    x = ACROSS * hat.wide * half / 1.1
    bow = np.sqrt(1 - ACROSS**2)
    middle = -0.8 - 0.04 * np.cos(np.pi * ACROSS)
    tracer.fill(ring(x, middle - 0.13 * bow, middle + 0.1 * bow), hat.colour)
    shading = _shade(tracer, half, top)
    shading.add(ring(x, middle + 0.01, middle + 0.12 * bow), -38, 0.05)
    shading.add(ring(ACROSS * half, low - 0.05, low + 0.02), -30, 0.04)
    shading.lay(HAT)


def _beanie(tracer: Tracer, hat: Hat, top: float, half: float) -> None:
    top = top - hat.high
    if hat.extra:
        tracer.fill(ellipse(0.1 * tracer.turn, top - 0.1, 0.24, 0.22), hat.trim)
        for turn in np.linspace(0, 2 * np.pi, 9)[:-1]:
            tracer.dot(np.array([0.19 * np.cos(turn), top - 0.1 + 0.17 * np.sin(turn)]), 0.08, shade(hat.trim, 1.1))
    tracer.fill(_dome(half, top, -0.82, 2.1), hat.colour)
    low, high = edge(ACROSS, -0.76), edge(ACROSS, -1.06)
    shading = _shade(tracer, half, top)
    shading.add(ring(ACROSS * half, high - 0.08, high + 0.02), -36, 0.04)
    shading.lay(HAT)
    knots = np.linspace(-0.95, 0.95, 17)
    rise = np.linspace(0, 1, 7)
    ribs = [
        np.stack([knot * half * np.cos(0.9 * rise), edge(knot, -1.06) + (top - edge(knot, -1.06)) * rise], 1)
        for knot in knots
    ]
    tracer.strands(np.stack(ribs), [shade(hat.colour, 0.86), shade(hat.colour, 1.08)], 0.02)
    tracer.fill(ring(ACROSS * half * 1.03, high, low), hat.trim)
    cuff = np.stack([np.stack([[knot * half] * 2, [edge(knot, -1.06), edge(knot, -0.76)]], 1) for knot in knots])
    tracer.strands(cuff, [shade(hat.trim, 0.82), shade(hat.trim, 1.12)], 0.02)
