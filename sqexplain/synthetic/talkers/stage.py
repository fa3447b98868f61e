"""Where the talkers stand: ground, light, camera, and the things that come before or behind a face."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from sqexplain.synthetic.portraits import drawing
from sqexplain.synthetic.portraits.brush import Brush, ellipse, mix, shade
from sqexplain.synthetic.portraits.face import Face, Look

REGIONS = ("face", "eyes", "mouth")


@dataclass(frozen=True)
class Thing:
    """A round thing that moves behind the face: place (T, 2) and radius in pixels, and its colour."""

    places: np.ndarray
    radius: float
    colour: tuple[float, float, float]


@dataclass(frozen=True)
class Stage:
    """All but the faces.

    Attributes:
        ground: (H, W, 3) uint8.
        light: (H, W, 3) float32, the factor of the brightness.
        flicker: (T,) the same over time.
        grain: (n, H, W, 3) int16, patterns of the noise of a camera, used in turn.
        thing: what moves behind the face, or None.
        cover: (T,) how far a hand or a microphone is before the mouth, 0 to 1; all 0 for never.
        hand: whether it is a hand.
    """

    ground: np.ndarray
    light: np.ndarray
    flicker: np.ndarray
    grain: np.ndarray
    thing: Thing | None
    cover: np.ndarray
    hand: bool


def invent(rng: Generator, frames: int, shape: tuple[int, int] = (112, 112), covered: bool | None = None) -> Stage:
    """Return a stage; without `covered`, one in eight has the mouth covered for a while."""
    moving = rng.random() < 0.5
    hidden = rng.random() < 0.12 if covered is None else covered
    return Stage(
        ground(rng, shape),
        _light(rng, shape),
        1 + _flicker(rng, frames),
        _grain(rng, shape),
        _thing(rng, frames, shape) if moving else None,
        _cover(rng, frames) if hidden else np.zeros(frames),
        bool(rng.random() < 0.5),
    )


def film(stage: Stage, cast: list[tuple[Face, list[Look]]], masks: bool = True) -> tuple[np.ndarray, list[dict]]:
    """Return frames (T, H, W, 3) uint8 RGB and, by face, masks (T, H, W) bool of `REGIONS`: what is seen of them."""
    frames = np.empty((len(stage.flicker), *stage.ground.shape), np.uint8)
    found = [{name: np.zeros(frames.shape[:3], bool) for name in REGIONS} for _ in cast if masks]
    for t, picture in enumerate(frames):
        picture[:] = stage.ground
        if stage.thing:
            _draw_thing(picture, stage.thing, t)
        for person, (face, moves) in enumerate(cast):
            regions = drawing.draw(picture, face, moves[t], masks)
            hidden = _draw_cover(picture, face, moves[t], stage, t) if stage.cover[t] > 0 else None
            for name, region in regions.items():
                found[person][name][t] = region if hidden is None else region & ~hidden
        _expose(picture, stage, t)
    return frames, found


def ground(rng: Generator, shape: tuple[int, int]) -> np.ndarray:
    """Return a blurred room: a wall of two tones, and pieces of furniture."""
    height, width = shape
    first = np.clip(rng.uniform(50, 215) + rng.uniform(-35, 35, 3), 0, 255)  # walls are seldom bright red
    clouds = cv2.resize(rng.uniform(-1, 1, (5, 6)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    wall = np.clip(first + clouds[..., None] * rng.uniform(5, 30), 0, 255).astype(np.uint8)
    for _ in range(rng.integers(0, 6)):
        corner = rng.uniform(-0.2, 1, 2) * (width, height)
        far = corner + rng.uniform(0.1, 0.6, 2) * (width, height)
        colour = np.clip(first + rng.uniform(-70, 70) + rng.uniform(-25, 25, 3), 0, 255)
        cv2.rectangle(wall, corner.astype(int).tolist(), far.astype(int).tolist(), colour.tolist(), -1)
    return cv2.GaussianBlur(wall, (0, 0), rng.uniform(0.8, 3.5) * height / 112)


def _light(rng: Generator, shape: tuple[int, int]) -> np.ndarray:
    height, width = shape
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32) / height
    across, down = rng.uniform(-1, 1, 2)
    slope = across * (columns - columns.mean()) + down * (rows - 0.5)
    light = rng.uniform(0.78, 1.1) * (1 + rng.uniform(0, 0.7) * slope)
    return np.repeat(light[..., None], 3, 2).astype(np.float32)  # (H, W, 3)


def _grain(rng: Generator, shape: tuple[int, int], patterns: int = 5) -> np.ndarray:
    noise = np.rint(rng.standard_normal((patterns, *shape, 1), np.float32) * rng.uniform(1, 3.5))
    return np.repeat(noise, 3, 3).astype(np.int16)  # (n, H, W, 3)


def _flicker(rng: Generator, frames: int) -> np.ndarray:
    steps = np.convolve(rng.standard_normal(frames + 16), np.hanning(17), "same")[8 : 8 + frames]
    return np.clip(steps * rng.uniform(0, 0.02), -0.15, 0.15)


def _thing(rng: Generator, frames: int, shape: tuple[int, int]) -> Thing:
    time = np.arange(frames)[:, None]
    height, width = shape
    swing = 6 * np.sin(time * rng.uniform(0.1, 0.9) + np.array([0, 1.5]))
    places = (rng.uniform(0, 1, 2) * (width, height) + rng.uniform(-3, 3, 2) * time + swing) % (width, height)
    return Thing(places, rng.uniform(5, 14) * height / 112, tuple(rng.uniform(20, 240, 3).tolist()))


def _cover(rng: Generator, frames: int) -> np.ndarray:
    """Return (T,): 0, then 1 for 8 to 20 frames, with three frames to come and three to go."""
    start, count = rng.integers(0, max(1, frames - 20)), rng.integers(8, 21)
    time = np.arange(frames)
    return np.clip(np.minimum((time - start + 1) / 3, (start + count - time) / 3), 0, 1)


def _draw_thing(picture: np.ndarray, thing: Thing, t: int) -> None:
    x, y = thing.places[t]
    brush = Brush(picture, x, y, thing.radius, 0, 0, 0)
    brush.fill(ellipse(0, 0, 1, 0.85), thing.colour)
    brush.fill(ellipse(-0.1, -0.15, 0.7, 0.6), shade(thing.colour, 1.12))


def _draw_cover(picture: np.ndarray, face: Face, look: Look, stage: Stage, t: int) -> np.ndarray:
    """Draw a hand or a microphone before the mouth; return what it hides, (H, W) bool."""
    brush = Brush(picture, look.x, look.y, look.size, look.roll, look.turn, look.nod)
    away = 1.3 * (1 - stage.cover[t])
    x, y = 0.25 * np.sin(look.turn) + 0.1, 0.66 + away
    if stage.hand:
        palm, arm = ellipse(x, y + 0.1, 0.62, 0.36), np.array([(x, y), (x + 0.5, y), (x + 1.5, 2.6), (x + 0.7, 2.6)])
        brush.fill(arm, mix(face.skin, (20, 10, 10), 0.12))
        brush.fill(palm, mix(face.skin, (20, 10, 10), 0.08))
        for finger in np.linspace(-0.2, 0.3, 4):
            lines = np.array([(x - 0.55, y + finger - 0.05), (x + 0.15, y + finger + 0.02)])
            brush.line(lines, shade(face.skin, 0.7), 0.03)
        return brush.region(palm, arm)
    ball, stick = ellipse(x, y, 0.44, 0.46), np.array([(x - 0.2, y), (x + 0.2, y), (x + 0.4, 2.6), (x + 0.1, 2.6)])
    brush.fill(stick, (40, 42, 48))
    brush.fill(ball, (74, 76, 84))
    brush.fill(ellipse(x - 0.1, y - 0.12, 0.26, 0.24), (112, 114, 122))
    return brush.region(ball, stick)


def _expose(picture: np.ndarray, stage: Stage, t: int) -> None:
    """Soften, light and grain the picture, in place."""
    soft = cv2.GaussianBlur(picture, (3, 3), 0.6)
    lit = cv2.multiply(soft, stage.light, scale=float(stage.flicker[t]), dtype=cv2.CV_16S)
    cv2.add(lit, stage.grain[t % len(stage.grain)], dst=picture, dtype=cv2.CV_8U)  # saturates
