"""Neck, shoulders, ears, head and nose of a person of a still, with soft light on them."""

import numpy as np

from sqexplain.synthetic.portraits.brush import ellipse, shade
from sqexplain.synthetic.portraits.face import Face
from sqexplain.synthetic.portraits.features import EYES, MOUTH
from sqexplain.synthetic.portraits.shading import Shading
from sqexplain.synthetic.portraits.tracer import CLOTHES, NECK, SKIN, Tracer

TIP = 0.27  # height of the tip of the nose below the middle of the head
COLLARS = ("round", "v", "shirt")


def body(tracer: Tracer, face: Face, collar: str) -> None:
    """Draw neck, shoulders and a collar of `COLLARS`; they do not turn with the face."""
    low = face.height
    side = np.array([(0.45, low + 0.1), (0.8, low + 0.24), (1.35, low + 0.36), (1.85, low + 0.6), (2.3, low + 3)])
    tracer.layer = CLOTHES
    tracer.fill(np.vstack([side, (side * (-1, 1))[::-1]]), face.clothes)
    tracer.layer = NECK
    half = np.array([0.5, 0.5, 0.6, 0.35, 0.0])
    down = low + np.array([-0.6, 0.15, 0.3, 0.42, {"round": 0.44, "v": 0.8, "shirt": 0.7}[collar]])
    neck = np.stack([half, down], 1)
    tracer.fill(np.vstack([neck, (neck * (-1, 1))[::-1]]), shade(face.skin, 0.93))
    tracer.layer = CLOTHES
    edge = neck[1:] if collar == "round" else neck[2:]
    tracer.line(np.vstack([edge, (edge * (-1, 1))[-2::-1]]), shade(face.clothes, 0.8), 0.07)
    if collar == "shirt":
        for way in (-1, 1):
            flap = np.array([(0.52, low + 0.16), (0.68, low + 0.26), (0.5, low + 0.62), (0.04, low + 0.7)])
            tracer.fill(flap * (way, 1), shade(face.clothes, 1.12))
    shading = Shading(tracer)
    shading.add(ellipse(0, low - 0.05, 0.75, 0.22), (-44, -50, -50), 0.09)
    shading.add(ellipse(0.5, low + 0.1, 0.15, 0.4), -20, 0.1)
    shading.add(ellipse(-0.5, low + 0.1, 0.1, 0.4), -14, 0.1)
    shading.add(ellipse(1.5, low + 0.9, 0.5, 0.5), -30, 0.25)
    shading.add(ellipse(-1.1, low + 0.5, 0.4, 0.12), 18, 0.12)
    shading.lay(CLOTHES, NECK)


def head(tracer: Tracer, face: Face, outline: np.ndarray, key: float) -> None:
    """Draw ears and head, lit from one side: `key` is -1 for the left of the picture to 1 for the right."""
    tracer.layer = SKIN
    for side in (-1, 1):
        ear = ellipse(side * (1 - 0.12 * side * tracer.turn) - 0.25 * tracer.turn, 0.02, 0.13, 0.25)
        tracer.fill(ear, shade(face.skin, 0.88))
        tracer.fill(ear * (0.985, 0.62) + (0, -0.02), shade(face.skin, 0.72))
    tracer.fill(outline, face.skin)
    shading = Shading(tracer)
    _relief(shading, face, tracer, key)
    _nose(shading, face, tracer, key)
    shading.lay(SKIN)


def _relief(shading: Shading, face: Face, tracer: Tracer, key: float) -> None:
    """Add the light on forehead, cheeks and chin, and the shadow at the sides, in the sockets and below the lip."""
    chin = face.height
    for side in (-1, 1):
        away = 1 - side * key  # how far from the light this side is, 0 to 2
        shading.add(
            ellipse(side, 0.15, 0.22, 1.1),
            (-int(14 + 16 * away), -int(16 + 19 * away), -int(16 + 20 * away)),
            0.14,
        )
        shading.add(tracer.round(ellipse(side * 0.56, 0.3, 0.22, 0.15)), (6, -12, -10), 0.12)
        shading.add(tracer.round(ellipse(side * 0.56, 0.12, 0.2, 0.08)), int(14 - 5 * away), 0.09)
        shading.add(tracer.round(ellipse(side * face.eyes, EYES - 0.1, 0.26, 0.14)), (-14, -20, -20), 0.07)
        shading.add(tracer.round(ellipse(side * face.eyes, EYES + 0.15, 0.2, 0.05)), (-9, -13, -11), 0.05)
        shading.add(ellipse(side * 0.62, chin * 0.72, 0.2, 0.3), -int(8 + 8 * away), 0.14)
    shading.add(tracer.round(ellipse(0.25 * key, -0.68, 0.5, 0.16)), 16, 0.16)
    shading.add(ellipse(0, chin, 0.6, 0.1), (-26, -30, -30), 0.09)
    shading.add(tracer.round(ellipse(0, MOUTH + 0.2, 0.2, 0.05)), (-20, -24, -24), 0.05)
    shading.add(tracer.round(ellipse(0.06 * key, chin - 0.22, 0.2, 0.1)), 12, 0.08)
    shading.add(tracer.round(ellipse(0, MOUTH - 0.18, 0.05, 0.07)), (-12, -14, -14), 0.03)


def _nose(shading: Shading, face: Face, tracer: Tracer, key: float) -> None:
    """Add ridge, tip, the dark side and the shadow below."""
    half, dark = face.nose, -1 if key > 0 else 1
    y = np.linspace(EYES - 0.05, TIP - 0.04, 7)
    ridge = np.linspace(0.03, 0.05, 7)
    flank = np.linspace(0.1, half, 7)
    shading.add(tracer.round(np.vstack([np.stack([-ridge, y], 1), np.stack([ridge, y], 1)[::-1]]), 1.15), 22, 0.035)
    side = np.vstack([np.stack([dark * ridge, y], 1), np.stack([dark * flank, y], 1)[::-1]])
    shading.add(tracer.round(side, 1.15), (-22, -26, -26), 0.05)
    shading.add(tracer.round(ellipse(0, TIP - 0.02, 0.07, 0.05), 1.25), 20, 0.04)
    shading.add(tracer.round(ellipse(0, TIP + 0.1, half * 1.05, 0.05), 1.1), (-30, -36, -36), 0.05)


def nostrils(tracer: Tracer, face: Face) -> None:
    """Draw the wings and the nostrils."""
    tracer.layer = SKIN
    half = face.nose
    for side in (-1, 1):
        wing = ellipse(side * half * 0.82, TIP - 0.01, half * 0.34, 0.085)
        tracer.line(
            tracer.round(wing[14:21] if side < 0 else np.vstack([wing[16:], wing[:5]]), 1.15),
            shade(face.skin, 0.68),
            0.025,
        )
        tracer.fill(tracer.round(ellipse(side * half * 0.48, TIP + 0.045, 0.058, 0.024), 1.2), shade(face.skin, 0.42))
    base = np.array([(-0.3, 0.055), (0, 0.075), (0.3, 0.055)]) * (half, 1) + (0, TIP)
    tracer.line(tracer.round(base, 1.2), shade(face.skin, 0.66), 0.025)
