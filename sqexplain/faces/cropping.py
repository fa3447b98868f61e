"""The squares that speaker detectors look at, cut out of the pictures of a video."""

import cv2
import numpy as np

SIDE = 112
FILL = 110  # grey outside the picture (TalkNet)
MARGIN = 0.4
HEAD = 1.48  # sides of the detector's box: measured on the drawn faces of talkers


def face_areas(boxes: np.ndarray) -> np.ndarray:
    """Return the areas (T, 4) that are cut out for faces at boxes (T, 4), both top, left, height, width.

    The demonstrations of TalkNet and Light-ASD cut [cy - s, cy + 1.8 s] x [cx - 1.4 s, cx + 1.4 s] for a face of
    half side s, scale it to 224 and keep the middle 112: a square of 1.4 s around (cy + .4 s, cx).
    """
    centre, half = boxes[:, :2] + boxes[:, 2:] / 2, boxes[:, 2:].max(1, keepdims=True) / 2  # (T, 2), (T, 1)
    side = (1 + MARGIN) * half
    middle = centre + half * np.array([MARGIN, 0], np.float32)
    return np.concatenate([middle - side / 2, side, side], 1).astype(np.float32)


def head_areas(boxes: np.ndarray) -> np.ndarray:
    """Return the areas (T, 4) of whole heads with hair and chin for faces at boxes (T, 4), as data set talkers cuts."""
    side = HEAD * boxes[:, 2:].max(1, keepdims=True)  # (T, 1)
    return np.concatenate([boxes[:, :2] + boxes[:, 2:] / 2 - side / 2, side, side], 1).astype(np.float32)


def body_areas(boxes: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return the areas (T, 4) of the people with faces at boxes (T, 4), as far as they lie in a picture height x width.

    Three faces wide and four faces high, from half a face above it.
    """
    top, left, tall, wide = boxes.T
    low = np.stack([top - tall / 2, left - wide], 1)  # (T, 2)
    high = np.stack([top + 3.5 * tall, left + 2 * wide], 1)
    low, high = np.clip(low, 0, [height - 1, width - 1]), np.clip(high, 1, [height, width])
    return np.concatenate([low, np.maximum(high - low, 1)], 1).astype(np.float32)


def cut(picture: np.ndarray, area: np.ndarray, side: int = SIDE) -> np.ndarray:
    """Return an area (4,) top, left, height, width of (H, W, 3) uint8 scaled to (side, side, 3), grey outside."""
    top, left, height, width = (float(value) for value in area)
    if min(height, width) < 2 * side:  # at this size a rounded corner would make the face tremble
        steps = width / side, height / side
        shift = [left + steps[0] / 2 - 0.5, top + steps[1] / 2 - 0.5]  # centre of a pixel to centre of a pixel
        matrix = np.array([[steps[0], 0, shift[0]], [0, steps[1], shift[1]]])
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(picture, matrix, (side, side), flags=how, borderValue=(FILL, FILL, FILL))
    top, left, bottom, right = round(top), round(left), round(top + height), round(left + width)
    inside = picture[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    beyond = (-top, bottom - picture.shape[0], -left, right - picture.shape[1])
    above, below, before, after = (max(0, pixels) for pixels in beyond)
    if above or below or before or after:
        inside = cv2.copyMakeBorder(inside, above, below, before, after, cv2.BORDER_CONSTANT, value=(FILL, FILL, FILL))
    return cv2.resize(inside, (side, side), interpolation=cv2.INTER_AREA)
