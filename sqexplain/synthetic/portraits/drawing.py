"""Makes up a face (`invent`), and puts it on a picture as it looks at one moment (`draw`)."""

import numpy as np
from numpy.random import Generator

from sqexplain.synthetic.portraits import features, hairstyles
from sqexplain.synthetic.portraits.brush import Brush, between, ellipse, mix, shade
from sqexplain.synthetic.portraits.face import IRISES, SKINS, Face, Look

HAIRS = ((26, 22, 22), (58, 38, 28), (98, 62, 38), (150, 96, 52), (206, 166, 98), (168, 76, 40), (150, 148, 146))


def invent(rng: Generator) -> Face:
    """Return a face of any tone of skin."""
    skin = between(SKINS, rng.uniform(0, len(SKINS) - 1))
    hair = HAIRS[rng.integers(len(HAIRS))]
    if np.mean(skin) < 110 and rng.random() < 0.8:
        hair = HAIRS[rng.integers(2)]
    style = list(hairstyles.STYLES)[rng.choice(len(hairstyles.STYLES), p=(0.42, 0.26, 0.14, 0.1, 0.08))]
    bearded = style != "long" and rng.random() < 0.4
    return Face(
        skin=shade(skin, rng.uniform(0.92, 1.04)),
        hair=shade(hair, rng.uniform(0.85, 1.15)),
        iris=IRISES[rng.integers(2 if np.mean(skin) < 140 else len(IRISES))],
        clothes=tuple(rng.uniform(30, 225, 3).tolist()),
        rims=((34, 34, 38), (120, 76, 44), (70, 72, 90))[rng.integers(3)],
        height=rng.uniform(1.2, 1.36),
        jaw=rng.uniform(0.12, 0.34),
        eyes=rng.uniform(0.38, 0.44),
        eye=rng.uniform(0.17, 0.215),
        brow=rng.uniform(0.045, 0.085),
        nose=rng.uniform(0.13, 0.2),
        mouth=rng.uniform(0.32, 0.41),
        lip=rng.uniform(0.08, 0.13),
        redness=rng.uniform(0.25, 0.75),
        hairstyle=style,
        fringe=rng.uniform(0, 1) ** 2,
        parting=rng.uniform(-0.7, 0.7),
        beard=features.BEARDS[1 + rng.integers(len(features.BEARDS) - 1)] if bearded else "none",
        glasses=features.GLASSES[1 + rng.integers(len(features.GLASSES) - 1)] if rng.random() < 0.25 else "none",
    )


def draw(picture: np.ndarray, face: Face, look: Look, masks: bool = True) -> dict[str, np.ndarray]:
    """Draw a face with neck and shoulders on `picture` (H, W, 3) uint8 RGB, in place.

    Returns:
        (H, W) bool masks "face", "eyes" and "mouth" (lips and what is between them); nothing where `masks` is False.
    """
    brush = Brush(picture, look.x, look.y, look.size, look.roll, look.turn, look.nod)
    head = outline(face, look.opening)
    hairstyles.behind(brush, face)
    body(brush, face)
    skull(brush, face, head)
    features.beard(brush, face, look, head)
    hairstyles.front(brush, face)
    eyes = features.eyes(brush, face, look)
    features.nose(brush, face)
    lips = features.mouth(brush, face, look)
    features.glasses(brush, face)
    if not masks:
        return {}
    return {"face": brush.region(head), "eyes": brush.region(*eyes, grow=0.06), "mouth": brush.region(lips, grow=0.05)}


def outline(face: Face, opening: float) -> np.ndarray:
    """Return the outline of the head (40, 2); the chin goes down as the mouth opens."""
    points = ellipse(0, 0, 1, face.height, 40)
    down = np.clip(points[:, 1] / face.height, 0, 1)
    points[:, 0] *= 1 - face.jaw * down**2 * 0.8 + 0.06 * np.sin(np.pi * down)
    points[:, 1] *= 1 + 0.09 * opening * down
    return points


def body(brush: Brush, face: Face) -> None:
    """Draw neck, shoulders and collar; they do not turn with the face."""
    low = face.height
    collar = shade(face.clothes, 0.8)
    neck = np.array([(-0.5, 0.5), (0.5, 0.5), (0.54, low + 0.5), (-0.54, low + 0.5)])
    side = np.array([(0.55, low + 0.2), (1.5, low + 0.5), (2.1, low + 1.6), (2.3, low + 6)])
    shoulders = np.vstack([side, (side * (-1, 1))[::-1]])
    brush.fill(shoulders, face.clothes)
    brush.fill(neck, shade(face.skin, 0.8))
    brush.fill(ellipse(0, low + 0.42, 0.55, 0.2), shade(face.skin, 0.8))
    brush.fill(ellipse(0.0, low - 0.02, 0.52, 0.2), shade(face.skin, 0.66))  # the shadow of the chin
    brush.line(ellipse(0, low + 0.3, 0.6, 0.36)[:11], collar, 0.09)


def skull(brush: Brush, face: Face, head: np.ndarray) -> None:
    """Draw ears and the head, lighter towards its middle."""
    for side in (-1, 1):
        ear = ellipse(side * (1 - 0.12 * side * brush.turn) - 0.25 * brush.turn, 0.02, 0.14, 0.27)
        brush.fill(ear, shade(face.skin, 0.8))
        brush.fill(ear * (0.985, 0.6), shade(face.skin, 0.66))
    for inset, light in ((1.0, 0.84), (0.96, 0.9), (0.9, 0.95), (0.82, 0.98), (0.7, 1.01)):
        shift = (0.25 * brush.turn * (1 - inset) * 3, -0.12 * (1 - inset))
        brush.fill(head * inset + shift, shade(face.skin, light))
    warm = mix(face.skin, (226, 96, 88), 0.13)
    for side in (-1, 1):
        brush.fill(brush.round(ellipse(side * 0.55, 0.27, 0.23, 0.17)), warm)
