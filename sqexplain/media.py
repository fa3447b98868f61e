"""Files to arrays and back, for everyone who reads or writes a picture; the only user of Pillow."""

import os
import tempfile
import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
ALLOWED = "PNG, JPEG, WebP, BMP, GIF, TIFF or PPM"
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm")
MAX_BYTES = 50_000_000
MAX_PIXELS = 40_000_000
MAX_SIDE = 2048
MIN_SIDE = 8


def read_bytes(path: str | Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        ValueError: it is missing, a folder, not readable or larger than `MAX_BYTES`.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"'{path}' is a folder; give a picture file, or open the folder as data set 'files'")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ValueError(f"'{path.name}' has {size / 1e6:.0f} MB; give a file of at most {MAX_BYTES / 1e6:.0f} MB")
        return path.read_bytes()
    except FileNotFoundError:
        raise ValueError(f"there is no file '{path}'; check the path") from None
    except OSError as error:
        raise ValueError(f"'{path}' cannot be read ({error.strerror}); check its permissions") from None


def decode_image(data: bytes, name: str = "picture", max_side: int | None = MAX_SIDE) -> np.ndarray:
    """Return (H, W, 3) uint8 RGB."""
    with Image.open(BytesIO(data), formats=FORMATS) as picture:
        return np.array(ImageOps.exif_transpose(picture).convert("RGB"))
