"""Outlines of the objects in `scenes`: two classes share one body, and the decisive parts tell them apart.

Coordinates are free units, x to the right and y downwards; `fit` brings a finished object into the unit circle.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

BODY, ACCENT, DARK, LIGHT = "body", "accent", "dark", "light"


@dataclass(frozen=True)
class Part:
    """One outline (n, 2): filled, or with `stroke` drawn as an open line of that width."""

    points: np.ndarray
    fill: str = BODY
    stroke: float = 0.0
    decisive: bool = False  # part of what tells the class from the one with the same body


Shape = tuple[Part, ...]  # from the back to the front


def mug(rng: Generator) -> Shape:
    """A cup with a handle at its side."""
    cup, top, bottom, side = _cup(rng)
    reach, middle = rng.uniform(0.5, 0.62), (top + bottom) / 2
    handle = arc(side - 0.08, middle, reach, (bottom - top) * rng.uniform(0.33, 0.4), -90, 90)
    return (Part(handle, ACCENT, 0.17, decisive=True), *cup)


def bucket(rng: Generator) -> Shape:
    """A cup with a bow over its opening."""
    cup, top, _, side = _cup(rng)
    bow = arc(0, top + 0.1, side - 0.06, rng.uniform(0.6, 0.85), 180, 360)
    return (Part(bow, ACCENT, 0.15, decisive=True), *cup)


def key(rng: Generator) -> Shape:
    """A ring on a shaft with teeth."""
    ring, end = _ring_on_shaft(rng)
    depth, gap = rng.uniform(0.36, 0.46), rng.uniform(0.4, 0.5)
    teeth = [rectangle(end - at - 0.26, 0.05, end - at, depth + 0.1) for at in (0, gap)]
    return (*(Part(tooth, BODY, decisive=True) for tooth in teeth), *ring)


def magnifier(rng: Generator) -> Shape:
    """A ring on a shaft with a pane of glass."""
    ring, _ = _ring_on_shaft(rng)
    glint = arc(0, 0, 0.3, 0.3, 190, 270)
    return (Part(ellipse(0, 0, 0.56, 0.56), LIGHT, decisive=True), Part(glint, DARK, 0.06, decisive=True), *ring)


def arrow(rng: Generator) -> Shape:
    """A shaft with a pointed head and feathers."""
    shaft, start, end = _shaft(rng)
    wide, long = rng.uniform(0.4, 0.5), rng.uniform(0.6, 0.75)
    head = np.array([(end + 0.3, 0), (end + 0.3 - long, -wide), (end + 0.42 - long, 0), (end + 0.3 - long, wide)])
    feathers = [np.array([(x - 0.26, -0.32), (x, 0), (x - 0.26, 0.32)]) for x in (start + 0.1, start + 0.36)]
    return (
        *shaft,
        *(Part(line, ACCENT, 0.12, decisive=True) for line in feathers),
        Part(head, ACCENT, decisive=True),
    )


def hammer(rng: Generator) -> Shape:
    """A shaft with a block across its end."""
    shaft, _, end = _shaft(rng)
    thick, long = rng.uniform(0.19, 0.24), rng.uniform(0.6, 0.72)
    block = [(-thick, -long), (thick, -long), (thick, 0.2), (-thick + 0.1, long + 0.1), (-thick, long + 0.1)]
    return (*shaft, Part(np.array(block) + (end - thick, 0), ACCENT, decisive=True))


def fish(rng: Generator) -> Shape:
    """An oval with tail, fin and eye."""
    oval, long, high = _oval(rng)
    tail = [(-long + 0.16, 0), (-long - 0.42, -high * 0.9), (-long - 0.26, 0), (-long - 0.42, high * 0.9)]
    fin = [(-0.32, -high + 0.1), (-0.2, -high - 0.3), (0.34, -high + 0.12)]
    x, y = long * 0.58, -high * 0.25
    return (
        Part(np.array(tail), ACCENT, decisive=True),
        Part(np.array(fin), ACCENT, decisive=True),
        *oval,
        Part(ellipse(x, y, 0.14, 0.14), LIGHT, decisive=True),
        Part(ellipse(x + 0.03, y, 0.07, 0.07), DARK, decisive=True),
    )


def balloon(rng: Generator) -> Shape:
    """An oval with a knot and a string."""
    oval, long, _ = _oval(rng)
    along = np.linspace(0, 1, 24)
    wave = rng.choice([-1, 1]) * 0.16 * np.sin(along * 2 * np.pi)
    string = np.stack([-long - 0.1 - rng.uniform(0.85, 1.05) * along, wave], axis=1)  # (24, 2)
    knot = [(-long + 0.08, 0), (-long - 0.2, -0.19), (-long - 0.2, 0.19)]
    return (Part(string, ACCENT, 0.09, decisive=True), Part(np.array(knot), ACCENT, decisive=True), *oval)


def house(rng: Generator) -> Shape:
    """A box with a roof and a door."""
    box, side, high = _box(rng)
    roof = [(-side - 0.22, -high + 0.04), (0, -high - rng.uniform(0.55, 0.75)), (side + 0.22, -high + 0.04)]
    x = rng.uniform(-0.35, 0.35) * side
    door = rectangle(x - 0.17, high - rng.uniform(0.55, 0.7), x + 0.17, high)
    return (*box, Part(door, LIGHT, decisive=True), Part(np.array(roof), ACCENT, decisive=True))


def cart(rng: Generator) -> Shape:
    """A box with two wheels and a bar to pull it."""
    box, side, high = _box(rng)
    radius = rng.uniform(0.25, 0.31)
    bar = np.array([(side - 0.05, high - 0.15), (side + 0.45, -high * 0.4), (side + 0.66, -high * 0.4)])
    wheels = [(x, high + 0.08) for x in (-side * 0.58, side * 0.58)]
    return (
        Part(bar, ACCENT, 0.13, decisive=True),
        *box,
        *(Part(ellipse(x, y, radius, radius), ACCENT, decisive=True) for x, y in wheels),
        *(Part(spoke, DARK, 0.05, decisive=True) for x, y in wheels for spoke in cross_lines(x, y, radius)),
    )


def star(rng: Generator) -> Shape:
    """Five points."""
    turn = np.arange(10) * np.pi / 5 - np.pi / 2
    radius = np.where(np.arange(10) % 2, rng.uniform(0.42, 0.5), 1.0)
    return (Part(np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1)),)  # (10, 2)


def heart(rng: Generator) -> Shape:  # noqa: ARG001
    """A heart."""
    t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return (Part(np.stack([16 * np.sin(t) ** 3, -y], axis=1) / 16),)  # (40, 2)


def moon(rng: Generator) -> Shape:
    """A crescent."""
    outer, inner = arc(0, 0, 1, 1, 60, 300), arc(rng.uniform(0.32, 0.45), 0, 0.82, 0.82, 290, 70)
    return (Part(np.concatenate([outer, inner])),)


def cross(rng: Generator) -> Shape:
    """A plus sign."""
    a = rng.uniform(0.26, 0.36)
    arm = np.array([(a, -a), (1, -a), (1, a)])
    quarter = np.array([(0, -1), (1, 0)])  # a turn by 90 degrees
    return (Part(np.concatenate([arm @ np.linalg.matrix_power(quarter.T, turn) for turn in range(4)])),)


def cup(rng: Generator) -> Shape:
    """The body of mug and bucket."""
    return _cup(rng)[0]


def ring(rng: Generator) -> Shape:
    """The ring of key and magnifier, without shaft, teeth and glass."""
    return _ring_on_shaft(rng)[0][1:]


def stick(rng: Generator) -> Shape:
    """The body of arrow and hammer."""
    return _shaft(rng)[0]


def egg(rng: Generator) -> Shape:
    """The body of fish and balloon."""
    return _oval(rng)[0]


def crate(rng: Generator) -> Shape:
    """The body of house and cart."""
    return _box(rng)[0]


OBJECTS: dict[str, Callable[[Generator], Shape]] = {
    function.__name__: function for function in (mug, bucket, key, magnifier, arrow, hammer, fish, balloon, house, cart)
}
DISTRACTORS: dict[str, Callable[[Generator], Shape]] = {
    function.__name__: function for function in (star, heart, moon, cross, cup, ring, stick, egg, crate)
}


def fit(shape: Shape, angle: float, mirror: bool, radius: float, centre: tuple[float, float]) -> Shape:
    """Return the shape turned by `angle` (degrees) inside a circle of `radius` about `centre` (x, y) in pixels."""
    every = np.concatenate([part.points for part in shape])
    middle = (every.min(0) + every.max(0)) / 2
    reach = max(np.hypot(*(part.points - middle).T).max() + part.stroke / 2 for part in shape)
    turn = np.deg2rad(angle)
    rotation = np.array([(np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))]) * radius / reach
    matrix = rotation * ((-1 if mirror else 1), 1)  # mirrored first, then turned
    placed = [(part.points - middle) @ matrix.T + centre for part in shape]
    return tuple(
        replace(part, points=points, stroke=part.stroke * radius / reach)
        for part, points in zip(shape, placed, strict=True)
    )


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float, count: int = 24) -> np.ndarray:
    """Return (count, 2) points on an ellipse from `start` to `end` in degrees, clockwise from the right."""
    turn = np.deg2rad(np.linspace(start, end, count))
    return np.stack([x + rx * np.cos(turn), y + ry * np.sin(turn)], axis=1)


def ellipse(x: float, y: float, rx: float, ry: float) -> np.ndarray:
    """Return the outline (32, 2) of a whole ellipse."""
    return arc(x, y, rx, ry, 0, 360 - 360 / 32, 32)


def cross_lines(x: float, y: float, radius: float) -> np.ndarray:
    """Return two lines (2, 2, 2) through a point, upright and level."""
    return np.array([[(-radius, 0), (radius, 0)], [(0, -radius), (0, radius)]]) + (x, y)


def rectangle(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    """Return the four corners (4, 2)."""
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def _cup(rng: Generator) -> tuple[Shape, float, float, float]:
    side, high = rng.uniform(0.55, 0.7), rng.uniform(0.55, 0.7)
    foot = side * rng.uniform(0.68, 0.86)
    body = np.array([(-side, -high), (side, -high), (foot, high), (-foot, high)])
    rim = rectangle(-side - 0.05, -high - 0.06, side + 0.05, -high + 0.12)
    return (Part(body), Part(rim, ACCENT)), -high, high, side


def _ring_on_shaft(rng: Generator) -> tuple[Shape, float]:
    end = rng.uniform(1.75, 2.0)
    return (Part(rectangle(0.5, -0.13, end, 0.13)), Part(arc(0, 0, 0.6, 0.6, 0, 360, 40), ACCENT, 0.22)), end


def _shaft(rng: Generator) -> tuple[Shape, float, float]:
    half, thick = rng.uniform(0.95, 1.1), rng.uniform(0.11, 0.15)
    return (Part(rectangle(-half, -thick, half, thick)),), -half, half


def _oval(rng: Generator) -> tuple[Shape, float, float]:
    long, high = rng.uniform(0.72, 0.85), rng.uniform(0.48, 0.6)
    return (Part(ellipse(0, 0, long, high)),), long, high


def _box(rng: Generator) -> tuple[Shape, float, float]:
    side, high = rng.uniform(0.65, 0.8), rng.uniform(0.45, 0.58)
    return (Part(rectangle(-side, -high, side, high)),), side, high
