"""The brushes of `scenes`: colours, textures, background, outlines; every pixel comes from integer arithmetic.

So a picture does not depend on the machine: floating-point numbers are rounded to 1/16 pixel or to a grey value
before they meet a pixel, and OpenCV draws 8-bit pictures in fixed point.
"""

import colorsys

import cv2
import numpy as np
from numpy.random import Generator

from sqexplain.synthetic.shapes import ACCENT, BODY, DARK, LIGHT, Shape

SIDE = 96
OUTLINE = 0.8  # pixels
SHIFT = 4  # fractional bits of the coordinates that OpenCV gets
ROWS, COLUMNS = (axis.astype(np.float64) for axis in np.mgrid[0:SIDE, 0:SIDE])


def background(rng: Generator) -> np.ndarray:
    """Return a soft two-colour ground with clutter, (96, 96, 3) uint8."""
    hue, value = rng.random(), rng.uniform(0.5, 0.95)
    first = colour(hue, rng.uniform(0.1, 0.4), value)
    second = colour(hue + rng.uniform(-0.15, 0.15), rng.uniform(0.1, 0.4), value - rng.uniform(0.1, 0.25))
    ground = mix(first, second, clouds(rng))
    for _ in range(rng.integers(10, 19)):
        shade = colour(hue + rng.uniform(-0.3, 0.3), rng.uniform(0.15, 0.5), value + rng.uniform(-0.25, 0.2))
        _clutter(ground, rng, shade)
    return ground


def clouds(rng: Generator) -> np.ndarray:
    """Return smooth noise of three sizes, (96, 96) uint8."""
    total = np.zeros((SIDE, SIDE), np.int32)
    for cells, weight in ((3, 5), (8, 3), (32, 2)):
        grid = rng.integers(0, 256, (cells, cells), dtype=np.uint8)
        total += weight * cv2.resize(grid, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR_EXACT).astype(np.int32)
    return (total // 10).astype(np.uint8)


def texture(rng: Generator) -> np.ndarray:
    """Return stripes, dots, checks or clouds, (96, 96) uint8: how much of the second colour there is."""
    turn, period = rng.uniform(0, np.pi), rng.uniform(4.5, 8)
    u = (COLUMNS * np.cos(turn) + ROWS * np.sin(turn)) / period
    v = (ROWS * np.cos(turn) - COLUMNS * np.sin(turn)) / period
    wave_u, wave_v = (np.abs((axis - np.floor(axis)) * 2 - 1) - 0.5 for axis in (u, v))  # triangles in [-0.5, 0.5]
    pattern = (wave_u * 3 + 0.5, (wave_u + wave_v) * 3 - 0.6, wave_u * wave_v * 16 + 0.5, None)[rng.integers(4)]
    return clouds(rng) if pattern is None else np.rint(pattern.clip(0, 1) * 255).astype(np.uint8)


def palette(rng: Generator) -> dict[str, np.ndarray]:
    """Return a textured picture (96, 96, 3) or a colour (3,) for each kind of fill, whatever is painted with them."""
    hue = rng.random()
    second = hue + rng.choice([-1, 1]) * rng.uniform(0.12, 0.5)
    fills = {BODY: hue, ACCENT: second}
    painted = {}
    for fill, tone in fills.items():
        saturation, value = rng.uniform(0.5, 0.95), rng.uniform(0.55, 1.0)
        pair = colour(tone, saturation, value), colour(tone + 0.03, saturation * 0.8, value - rng.uniform(0.12, 0.3))
        painted[fill] = mix(*pair, texture(rng))
    painted[LIGHT], painted[DARK] = colour(second, 0.1, 1.0), colour(hue, 0.4, 0.15)
    return painted


def paint(canvas: np.ndarray, shape: Shape, fills: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Paint a placed shape with shadow and outline, in place; return the masks of all and of the decisive parts."""
    covers = [cover(part.points, part.stroke) for part in shape]
    whole = np.maximum.reduce([cover(part.points, part.stroke, OUTLINE) for part in shape])  # (96, 96)
    shadow = cv2.blur(cv2.blur(np.roll(whole, (2, 1), (0, 1)), (5, 5)), (3, 3))
    blend(canvas, np.zeros(3, np.uint8), shadow // 3)
    blend(canvas, fills[DARK], whole)
    decisive = np.zeros_like(whole)
    for part, alpha in zip(shape, covers, strict=True):
        if part.fill in (BODY, ACCENT):
            blend(canvas, fills[DARK], cover(part.points, part.stroke, OUTLINE))
        blend(canvas, fills[part.fill], alpha)
        decisive = np.maximum(decisive, alpha) if part.decisive else np.minimum(decisive, 255 - alpha)
    return whole >= 128, np.minimum(decisive, whole) >= 128


def light(canvas: np.ndarray, rng: Generator) -> np.ndarray:
    """Return the picture under a lamp from a random side, with the noise of a camera."""
    turn, slope, gain = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.35), rng.uniform(0.85, 1.2)
    side = (COLUMNS * np.cos(turn) + ROWS * np.sin(turn)) / SIDE - (np.cos(turn) + np.sin(turn)) / 2
    factor = np.rint(256 * gain * (1 + slope * side)).astype(np.int32)[..., None]  # (96, 96, 1)
    noise = rng.integers(-4, 5, (SIDE, SIDE, 1), dtype=np.int32)
    return (canvas * factor // 256 + noise).clip(0, 255).astype(np.uint8)


def cover(points: np.ndarray, stroke: float = 0.0, grow: float = 0.0) -> np.ndarray:
    """Return how much of each pixel an outline covers, (96, 96) uint8; `grow` widens it by that many pixels."""
    alpha = np.zeros((SIDE, SIDE), np.uint8)
    _draw(alpha, points, 255, stroke, grow)
    return alpha


def blend(canvas: np.ndarray, paint: np.ndarray, alpha: np.ndarray) -> None:
    """Lay `paint`, a colour (3,) or a picture, over `canvas` where `alpha` (96, 96) uint8 says; in place."""
    left, top, width, height = cv2.boundingRect(alpha)
    box = np.s_[top : top + height, left : left + width]
    weight = alpha[box][..., None].astype(np.int32)  # (height, width, 1)
    new = paint[box] if paint.ndim == 3 else paint
    canvas[box] = (canvas[box] * (255 - weight) + new * weight + 127) // 255


def mix(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return (96, 96, 3) uint8: colour `first`, replaced by `second` as `share` (96, 96) uint8 grows."""
    table = np.arange(256, dtype=np.int32)[:, None]
    shades = ((first * (255 - table) + second * table + 127) // 255).astype(np.uint8)  # (256, 3)
    return cv2.LUT(cv2.merge([share] * 3), shades[None])  # (96, 96, 3)


def colour(hue: float, saturation: float, value: float) -> np.ndarray:
    """Return an RGB colour (3,) int32; hue wraps around, the others are cut to [0, 1]."""
    rgb = colorsys.hsv_to_rgb(hue % 1, min(max(saturation, 0), 1), min(max(value, 0.05), 1))
    return np.rint(np.array(rgb) * 255).astype(np.int32)


def _clutter(canvas: np.ndarray, rng: Generator, shade: np.ndarray) -> None:
    """Draw one meaningless thing: a blot, a splinter, a line or a bow."""
    centre, size, kind = rng.uniform(0, SIDE, 2), rng.uniform(3, 9), rng.integers(4)
    turn = np.sort(rng.uniform(0, 2 * np.pi, 7))
    points = centre + size * rng.uniform(0.5, 1.2, (7, 1)) * np.stack([np.cos(turn), np.sin(turn)], axis=1)  # (7, 2)
    if kind == 0:
        bow = turn[0] + np.linspace(0, rng.uniform(1.5, 4), 16)
        points = centre + size * np.stack([np.cos(bow), np.sin(bow)], axis=1)  # (16, 2)
    points = (points, points, points[::2], points[:2] + (points[:2] - centre))[kind]
    _draw(canvas, points, shade.tolist(), rng.uniform(1, 2.5) if kind in (0, 3) else 0.0, 0.0)


def _draw(canvas: np.ndarray, points: np.ndarray, value, stroke: float, grow: float) -> None:
    """Fill an outline, or draw it as a line of width `stroke`, anti-aliased."""
    fixed = np.rint(points * (1 << SHIFT)).astype(np.int32)[:, None]  # (n, 1, 2)
    if stroke:
        cv2.polylines(canvas, [fixed], False, value, max(round(stroke), 1) + round(2 * grow), cv2.LINE_AA, SHIFT)
        return
    cv2.fillPoly(canvas, [fixed], value, cv2.LINE_AA, SHIFT)
    if grow:
        cv2.polylines(canvas, [fixed], True, value, max(round(2 * grow), 1), cv2.LINE_AA, SHIFT)
