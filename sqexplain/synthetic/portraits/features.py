"""Eyes, nose, mouth, beard and glasses of a drawn face."""

import numpy as np

from sqexplain.synthetic.portraits.brush import Brush, ellipse, mix, ring, shade
from sqexplain.synthetic.portraits.face import Face, Look

BEARDS = ("none", "stubble", "full", "goatee", "moustache")
GLASSES = ("none", "round", "square")
EYES, BROWS, TIP, MOUTH = -0.14, -0.4, 0.24, 0.58  # heights below the middle of the head
U = np.linspace(-1, 1, 13)  # from the left to the right corner of eye or mouth
ARCH = 1 - U * U


def eyes(brush: Brush, face: Face, look: Look) -> list[np.ndarray]:
    """Draw eyes and brows; return the outlines of the eyes at their widest."""
    found = []
    for side in (-1, 1):
        socket = brush.round(ellipse(side * face.eyes, EYES, face.eye * 1.25, 0.19))
        brush.fill(socket, shade(face.skin, 0.93))
        eye(brush, face, look, side)
        brow(brush, face, look, side)
        found.append(socket)
    return found


def eye(brush: Brush, face: Face, look: Look, side: int) -> None:
    """Draw eyeball, lids and lashes of the left (-1) or right (1) eye in the picture."""
    middle = side * face.eyes
    x = middle + U * face.eye
    upper = EYES + 0.02 - ARCH**0.8 * 0.125 * look.lids - 0.02 * side * U
    lower = EYES + 0.02 + ARCH * 0.075 - 0.02 * side * U
    if look.lids > 0.2:
        _eyeball(brush, face, look, middle, brush.round(ring(x, upper, lower)))
    _lids(brush, face, x, upper, lower)


def _eyeball(brush: Brush, face: Face, look: Look, middle: float, open_eye: np.ndarray) -> None:
    brush.fill(open_eye, (242, 240, 236))
    at = brush.round(np.array([[middle + 0.09 * look.gaze, EYES + 0.005]]))[0]
    brush.dot(at, 0.098, face.iris)
    brush.dot(at, 0.05, (16, 14, 16))
    brush.dot(at + (0.035, -0.035), 0.022, (250, 250, 250))


def _lids(brush: Brush, face: Face, x: np.ndarray, upper: np.ndarray, lower: np.ndarray) -> None:
    """Cover what the iris has beyond the lids, then draw the lashes."""
    brush.fill(brush.round(ring(x, upper - 0.11 * ARCH - 0.01, upper)), shade(face.skin, 0.88))
    brush.fill(brush.round(ring(x, lower, lower + 0.06 * ARCH + 0.01)), shade(face.skin, 0.94))
    brush.line(brush.round(np.stack([x, upper], 1)), mix(shade(face.skin, 0.3), (24, 18, 18), 0.7), 0.035)


def brow(brush: Brush, face: Face, look: Look, side: int) -> None:
    """Draw the brow over an eye."""
    x = side * face.eyes + U * face.eye * 1.3
    line = BROWS - 0.07 * look.brows - 0.05 * ARCH + 0.03 * side * U
    thick = face.brow * (1 - 0.35 * side * U)
    brush.fill(brush.round(ring(x, line - thick / 2, line + thick / 2)), mix(face.hair, face.skin, 0.15))


def nose(brush: Brush, face: Face) -> None:
    """Draw bridge, tip and nostrils."""
    dark, half = shade(face.skin, 0.78), face.nose
    ridge = np.array(
        [(-0.05, EYES), (0.05, EYES), (half * 0.8, TIP - 0.02), (0, TIP + 0.05), (-half * 0.8, TIP - 0.02)]
    )
    brush.fill(brush.round(ridge, 1.15), shade(face.skin, 1.05))
    side = np.array([(0.05, EYES + 0.05), (half * 0.55, TIP - 0.14), (half, TIP - 0.02), (half * 0.6, TIP + 0.02)])
    brush.fill(brush.round(side, 1.2), shade(face.skin, 0.9))
    base = ellipse(0, TIP, half, 0.075)
    brush.fill(brush.round(base, 1.2), shade(face.skin, 0.96))
    brush.line(brush.round(base[1:10], 1.2), dark, 0.035)
    for edge in (-1, 1):
        brush.fill(brush.round(ellipse(edge * half * 0.5, TIP + 0.045, 0.045, 0.024), 1.2), shade(face.skin, 0.42))


def mouth(brush: Brush, face: Face, look: Look) -> np.ndarray:
    """Draw lips, teeth and tongue; return the outline of the lips."""
    x, edges = _lip_lines(face, look)
    top, upper, lower, bottom = edges
    red = face.lipstick or mix(shade(face.skin, 0.76), (188, 58, 70), face.redness)
    gap = lower - upper
    lips = brush.round(ring(x, top, bottom), 1.05)
    brush.fill(lips, red)
    brush.fill(brush.round(ring(x * 0.96, top, upper), 1.05), shade(red, 0.84))
    if gap.max() > 0.03:
        inner = x * 0.92
        brush.fill(brush.round(ring(inner, upper, lower), 1.05), (52, 14, 20))
        tongue = np.minimum(lower, lower - 0.34 * gap)
        brush.fill(brush.round(ring(inner * 0.75, tongue, lower - 0.02), 1.05), (176, 78, 84))
        teeth = upper + np.minimum(0.42 * gap, 0.1)
        brush.fill(brush.round(ring(inner * 0.84, upper, teeth), 1.05), (238, 236, 228))
    else:
        brush.line(brush.round(np.stack([x, (upper + lower) / 2], 1), 1.05), shade(red, 0.45), 0.03)
    shine = np.stack([x, bottom - 0.45 * (bottom - lower)], 1)[4:-4]
    brush.line(brush.round(shine, 1.05), shade(red, 1.2), 0.03)
    return lips


def _lip_lines(face: Face, look: Look) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Return x (13,) and the heights (13,) of the four edges of the lips, from the nose to the chin."""
    half = face.mouth * (1 + 0.28 * look.width + 0.12 * look.smile - 0.1 * look.opening)
    rest = MOUTH - 0.12 * look.smile * U * U + 0.03 * look.smile
    gap = 0.44 * look.opening * np.clip(ARCH, 0, None) ** 0.6
    upper, lower = rest - 0.24 * gap, rest + 0.76 * gap
    full = face.lip * (1 - 0.15 * max(look.width, 0)) * ARCH**0.5
    bow = 1 - 0.28 * np.exp(-((U / 0.16) ** 2)) + 0.12 * np.exp(-(((np.abs(U) - 0.3) / 0.2) ** 2))
    return U * half, (upper - full * 0.85 * bow, upper, lower, lower + full * 1.1)


def beard(brush: Brush, face: Face, look: Look, head: np.ndarray) -> None:
    """Draw the beard that goes with the jaw."""
    if face.beard == "none":
        return
    hair = mix(face.hair, face.skin, 0.55 if face.beard == "stubble" else 0.12)
    chin = head[:, 1].max()
    if face.beard in ("stubble", "full"):
        jaw = head[(head[:, 1] > 0.05)] * (1.0, 1.015)  # from the right ear round the chin to the left one
        cheek = [(-0.84, 0.3), (-0.62, 0.5), (-0.36, 0.42), (0, 0.39), (0.36, 0.42), (0.62, 0.5), (0.84, 0.3)]
        brush.fill(np.vstack([jaw, brush.round(np.array(cheek))]), hair)
    if face.beard == "goatee":
        brush.fill(brush.round(ellipse(0, (MOUTH + chin) / 2, 0.42, (chin - MOUTH) / 2 + 0.12)), hair)
    if face.beard in ("goatee", "moustache", "full"):
        lift = MOUTH - 0.1 - 0.1 * look.opening
        x = U * face.mouth * 1.12
        brush.fill(brush.round(ring(x, lift - 0.13 * ARCH**0.5, lift + 0.1 - 0.06 * ARCH), 1.05), hair)


def glasses(brush: Brush, face: Face) -> None:
    """Draw rims, bridge and temples."""
    if face.glasses == "none":
        return
    half, high, power = (0.29, 0.26, 1.0) if face.glasses == "round" else (0.31, 0.23, 0.5)
    for side in (-1, 1):
        rim = ellipse(0, 0, 1, 1, 24)
        rim = np.sign(rim) * np.abs(rim) ** power * (half, high) + (side * (face.eyes + 0.02), EYES + 0.03)
        brush.line(brush.round(rim, 1.1), face.rims, 0.05, closed=True)
        outer = side * (face.eyes + 0.02 + half)
        temple = np.array([(outer, EYES), (side * 0.97, EYES - 0.02)])
        brush.line(brush.round(temple), face.rims, 0.05)
    inner = face.eyes + 0.02 - half
    brush.line(brush.round(np.array([(-inner, EYES), (0, EYES - 0.04), (inner, EYES)]), 1.15), face.rims, 0.05)
