"""Many pictures of equal size in one JPEG, from which the browser cuts each frame."""

import base64

import numpy as np

from sqexplain.media import encode_jpeg, shrink

SIDE = 112  # pixels of a face in the player
QUALITIES = (85, 72, 58, 44)  # of the faces; the first that fits
FACE_BYTES = 1_300_000  # for ten seconds


def sheet_of(pictures: np.ndarray, side: int = SIDE) -> dict:
    """Return pictures (T, H, W, 3) of equal size as one JPEG, row after row."""
    small = np.stack([shrink(picture, side) for picture in pictures])
    most = FACE_BYTES * max(1, len(pictures) / 250) * 4 / 3  # as base64
    tries = (tiled(small, 1, quality) for quality in QUALITIES)
    return next((one for one in tries if len(one["picture"]) <= most), None) or tiled(small, 1, QUALITIES[-1])


def tiled(pictures: np.ndarray, every: int, quality: int) -> dict:
    """Return pictures (n, H, W, 3) as one JPEG with their place in it; each stands for `every` frames."""
    count, height, width = pictures.shape[:3]
    rest = [(0, 0), (0, -height % 8), (0, -width % 8), (0, 0)]  # no block of a JPEG belongs to two pictures
    tiles = np.pad(pictures, rest, "edge")
    columns = int(np.ceil(np.sqrt(count)))
    tiles = np.concatenate([tiles, np.zeros((-count % columns, *tiles.shape[1:]), np.uint8)])
    tall, wide = tiles.shape[1:3]
    image = tiles.reshape(-1, columns, tall, wide, 3).swapaxes(1, 2).reshape(-1, columns * wide, 3)
    data = base64.b64encode(encode_jpeg(np.ascontiguousarray(image), quality)).decode()
    place = {"columns": columns, "width": width, "height": height, "tile": [tall, wide], "every": every}
    return {"picture": f"data:image/jpeg;base64,{data}"} | place
