"""The hair of a person of a still, strand by strand: behind the head, on it, and over the forehead."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from sqexplain.synthetic.portraits.brush import Colour, ellipse, ring, shade
from sqexplain.synthetic.portraits.shading import Shading
from sqexplain.synthetic.portraits.tracer import BANGS, HAIR, Tracer


@dataclass(frozen=True)
class Style:
    """How far the hair stands off the head, how low it hangs, whether over the ears, and what is special of it."""

    off: float
    low: float = 0.0
    over_ears: bool = False
    curl: float = 0.0  # how far its edge waves
    special: str = ""


STYLES = {
    "crew": Style(1.03),
    "side": Style(1.08),
    "quiff": Style(1.06, special="quiff"),
    "bob": Style(1.15, 0.72, True),
    "long": Style(1.12, 1.7, True),
    "waves": Style(1.18, 1.6, True, 0.07),
    "curls": Style(1.22, 0.75, True, 0.09, "curls"),
    "afro": Style(1.3, 0.25, False, 0.05, "curls"),
    "bun": Style(1.05, special="bun"),
    "puffs": Style(1.05, special="puffs"),
}
KNOTS = {"bun": ((0.05, -1.06),), "puffs": ((-0.86, -0.82), (0.86, -0.82))}  # y in heights of the hair
FRINGES = ("straight", "swept", "ragged")
UNDER_HAT = 1.14  # how far hair stands off at most where a hat is to cover it
TONES = (0.66, 0.84, 1.16, 1.36, 1.0)


@dataclass(frozen=True)
class Locks:
    """A key of `STYLES`, one of `FRINGES`, where the hair parts (-1 to 1), the hairline, and how the hairs lie."""

    style: str
    fringe: str
    parting: float
    line: float  # how high the hairline is, a share of the height of the head
    most: float  # how far the hair stands off at most
    seed: int

    @property
    def off(self) -> float:
        """How far the hair stands off the sides of the head."""
        return min(STYLES[self.style].off, self.most)


def invent(rng: Generator, under_hat: bool) -> Locks:
    """Return hair of any style; what a hat is to cover lies close."""
    return Locks(
        list(STYLES)[rng.integers(len(STYLES))],
        FRINGES[rng.integers(len(FRINGES))],
        rng.uniform(0.2, 0.6) * (-1, 1)[rng.integers(2)],
        rng.uniform(0.76, 0.83),
        UNDER_HAT if under_hat else 2.0,
        int(rng.integers(1 << 31)),
    )


def top(locks: Locks, height: float) -> float:
    """Return where the hair ends above a head of half this height; negative, upwards."""
    lift = 0.1 if STYLES[locks.style].special == "quiff" else 0.0
    return -height * min(locks.off, 1.12) - min(lift, locks.most - 1) - max(0.0, locks.off - 1.12)


def behind(tracer: Tracer, locks: Locks, height: float, colour: Colour) -> None:
    """Draw the hair that the head hides in part."""
    style, dark, high = STYLES[locks.style], shade(colour, 0.66), top(locks, height)
    tracer.layer = HAIR
    if locks.most > UNDER_HAT:
        for at in KNOTS.get(style.special, ()):
            tracer.dot(np.array(at) * (1, -high), 0.34, dark)
    tracer.fill(ellipse(0, 0.5 * (high + 0.3), locks.off, 0.5 * (0.3 - high), 32), dark)
    if style.low:
        tracer.fill(_curtain(locks, style), dark)
    if style.special == "curls":
        _bumps(tracer, locks, high, dark)
    down = np.linspace(-0.6, max(style.low, 0.2), 9)
    x = np.random.default_rng([locks.seed, 0]).uniform(0.75, 1.25, (40, 1)) * np.repeat((-1, 1), 20)[:, None]
    across = x * (1 + 0.06 * down) + style.curl * np.sin(down * 7)  # (40, 9)
    tracer.strands(np.stack([across, np.broadcast_to(down, across.shape)], 2), _tones(dark))


def front(tracer: Tracer, locks: Locks, height: float, colour: Colour) -> None:
    """Draw the hair on the head, and what hangs before the ears."""
    style, high = STYLES[locks.style], top(locks, height)
    tracer.layer = HAIR
    turns = np.linspace(np.pi, 2 * np.pi, 21)  # over the top, from the left temple to the right one
    outer = np.stack([locks.off * np.cos(turns), -0.14 + (high + 0.14) * -np.sin(turns)], 1)
    tracer.fill(np.vstack([outer, _hairline(locks, height) + (0.2 * tracer.turn, 0)]), colour)
    if style.over_ears:
        for side in (-1, 1):
            tracer.fill(_lock(locks, style, side), colour)
    if style.special == "curls":
        _bumps(tracer, locks, high, colour)
        tracer.strands(_rings(locks, high), _tones(colour), 0.03)
    else:
        tracer.strands(_flow(locks, style, high), _tones(colour))


def bangs(tracer: Tracer, locks: Locks, height: float, colour: Colour) -> None:
    """Draw the hair that falls over the forehead, down to the brows."""
    tracer.layer = BANGS
    rng = np.random.default_rng([locks.seed, 2])
    x = np.linspace(-0.9, 0.9, 31)
    high = -height * (locks.line + 0.1) + 0.2 * x * x
    low = -0.5 + 0.05 * x * x
    if locks.fringe == "swept":
        low = low - 0.12 * np.clip(1 - np.abs(x - locks.parting) / 0.5, 0, 1) + 0.04 * np.abs(x)
    cut = rng.uniform(0.0, 0.05, 31)
    if locks.fringe == "ragged":
        cut = cut + 0.12 * (np.arange(31) % 4 == 2)
    outline = ring(x, high, low - cut) + (0.2 * tracer.turn, 0)
    tracer.fill(outline, colour)
    if STYLES[locks.style].special == "curls":
        for at, down in zip(x[1:-1:2], low[1:-1:2], strict=True):
            tracer.dot(np.array([at + 0.2 * tracer.turn, down - 0.09]), 0.1, colour)
        tracer.strands(_rings(locks, -height), _tones(colour), 0.03)
    else:
        start = 0.75 * x[:, None] + 0.1 * locks.parting
        fall = np.linspace(0, 1, 6)
        lines = np.stack([start + (x[:, None] - start) * fall**0.7, high[:, None] + (low - high)[:, None] * fall], 2)
        tracer.strands(lines + rng.uniform(-0.03, 0.03, (31, 1, 2)), _tones(colour))


def light(tracer: Tracer, locks: Locks, height: float) -> None:
    """Lay a band of light across the crown, and shadow at the sides and low down."""
    high, shading = top(locks, height), Shading(tracer)
    x = np.linspace(-0.7, 0.55, 13)
    band = 0.76 * high + 0.22 * (x + 0.1) ** 2
    shading.add(ring(x, band - 0.06, band + 0.06), 40, 0.07)
    for side in (-1, 1):
        shading.add(ellipse(side * 1.12, 0.2, 0.16, 1.0), -24, 0.12)
        shading.add(ellipse(side * 0.9, 0.9, 0.2, 0.8), -26, 0.15)
    shading.lay(HAIR, BANGS)


def _curtain(locks: Locks, style: Style) -> np.ndarray:
    """Return the outline of the hair that hangs down behind, both sides."""
    y = np.linspace(-0.5, style.low, 14)
    fall = (y + 0.5) / (style.low + 0.5)
    x = locks.off * (1 + 0.08 * fall - 0.1 * fall**6) + style.curl * np.sin(y * 8)
    side = np.stack([x, y], 1)
    return np.vstack([side, (side * (-1, 1))[::-1]])


def _lock(locks: Locks, style: Style, side: int) -> np.ndarray:
    """Return the outline of what hangs from a temple over the ear."""
    y = np.linspace(-0.62, style.low, 12)
    fall = (y + 0.62) / (style.low + 0.62)
    outer = locks.off * (1 + 0.07 * fall - 0.1 * fall**6) + style.curl * np.sin(y * 8 + side)
    inner = 0.86 + 0.06 * np.sin(np.pi * fall) + 0.6 * style.curl * np.sin(y * 8 + side + 0.6) + 0.16 * fall**5
    return np.vstack([np.stack([side * outer, y], 1), np.stack([side * inner, y], 1)[::-1]])


def _hairline(locks: Locks, height: float) -> np.ndarray:
    """Return the lower edge of the hair on the head, from the right temple to the left one."""
    x = np.linspace(0.86, -0.86, 19)
    y = -height * locks.line + 0.1 * x**2 + 0.4 * np.abs(x) ** 6
    y -= 0.07 * np.exp(-(((x - locks.parting) / 0.16) ** 2))
    temples = np.array([(1.0, -0.12), (0.93, -0.1), (0.88, -0.32)])
    return np.vstack([temples, np.stack([x, y], 1), (temples * (-1, 1))[::-1]])


def _flow(locks: Locks, style: Style, high: float) -> np.ndarray:
    """Return lines (k, n, 2) from the parting over the head to its sides."""
    rng = np.random.default_rng([locks.seed, 1])
    ends = np.linspace(-1.1, 1.1, 64) + rng.uniform(-0.03, 0.03, 64)
    start = np.stack([locks.parting + 0.12 * ends, np.full(64, high * 0.9)], 1)
    low = np.where(np.abs(ends) > 0.8, max(style.low, -0.1), -0.7)
    bend = np.stack([0.95 * ends + 0.05 * locks.parting, np.full(64, high * 0.86) + 0.3 * ends**2], 1)
    stop = np.stack([1.02 * ends, low], 1)
    t = np.linspace(0, 1, 12)[None, :, None]
    lines = (1 - t) ** 2 * start[:, None] + 2 * t * (1 - t) * bend[:, None] + t * t * stop[:, None]
    lines[..., 0] += style.curl * np.sin(lines[..., 1] * 8) * (lines[..., 1] > -0.6)
    return lines


def _rings(locks: Locks, high: float) -> np.ndarray:
    """Return small open rings (k, n, 2), all over the head."""
    rng = np.random.default_rng([locks.seed, 3])
    middles = rng.uniform((-1.35, high - 0.05), (1.35, 0.8), (220, 2))
    turns = rng.uniform(0, 6, (220, 1)) + np.linspace(0, 4.4, 8)
    radii = rng.uniform(0.05, 0.09, (220, 1))
    return middles[:, None] + np.stack([radii * np.cos(turns), radii * np.sin(turns)], 2)


def _bumps(tracer: Tracer, locks: Locks, high: float, colour: Colour) -> None:
    """Draw the outer curls that break the outline."""
    rng = np.random.default_rng([locks.seed, 4])
    inset = 0.97 if locks.most > UNDER_HAT else 0.9
    for turn in np.linspace(0.95 * np.pi, 2.05 * np.pi, 25):
        at = np.array([locks.off * np.cos(turn), -0.14 - (high + 0.14) * np.sin(turn)]) * inset
        tracer.dot(at, rng.uniform(0.09, 0.15), colour)


def _tones(colour: Colour) -> list[Colour]:
    """Return tones of the strands about a colour; of a nearly black one, too."""
    return [shade(tuple(value + 6 for value in colour), factor) for factor in TONES]
