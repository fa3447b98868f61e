"""Picture files to arrays and back, for everyone who reads or writes a picture; the only user of Pillow."""

import base64
import os
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
ALLOWED = "PNG, JPEG, WebP, BMP, GIF, TIFF and PPM pictures"
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".pbm")
MAX_BYTES = 50_000_000
MAX_PIXELS = 40_000_000  # compared with the header, before a pixel is decoded
MAX_SIDE = 2048
SMALL = 128  # pixels of the longer side up to which a picture is sent without loss
MIN_SIDE = 8
DEEP = ("I;16", "I;16B", "I;16L", "I;16N", "I", "F")  # one grey value of more than 8 bits per pixel


def read_bytes(path: str | Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        ValueError: it is missing, a folder or a device, unreadable or larger than `MAX_BYTES`.
    """
    path = Path(path)
    check_file(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(_unreadable(path, error)) from None


def check_file(path: str | Path, most: int = MAX_BYTES) -> None:
    """Refuse what cannot be read as a file of 1 to `most` bytes.

    Raises:
        ValueError: it is missing, a folder or a device, unreadable, empty or too large.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"'{path}' is a folder; give a picture file, or open the folder as data set 'files'")
    if not path.is_file():  # a device would never end
        raise ValueError(f"there is no file '{path}'; check the path")
    try:
        with path.open("rb") as file:
            length = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise ValueError(_unreadable(path, error)) from None
    check_length(length, path.name, most)


def decode_image(data: bytes, name: str = "picture", max_side: int | None = MAX_SIDE) -> np.ndarray:
    """Return the picture in the bytes of a file as (H, W, 3) uint8 RGB, upright.

    The orientation noted by a camera is applied, transparency lies over white, grey becomes three equal channels,
    16 bits become 8 by division, of an animation the first frame is taken. A side longer than `max_side` is reduced
    by averaging areas.

    Raises:
        ValueError: the bytes are empty, no picture of an allowed format, damaged, too large or too small.
    """
    check_length(len(data), name)
    with _open(data, name) as picture:
        width, height = picture.size
        if width * height > MAX_PIXELS:
            raise ValueError(_too_many_pixels(name, f"{width}x{height}"))
        try:
            pixels = _pixels(picture)
        except Exception as error:  # on damaged files the readers of Pillow raise nearly every type there is
            raise ValueError(f"'{name}' is damaged or incomplete ({error}); save or download it again") from None
    rgb = _to_8_bits(pixels, name) if pixels.ndim == 2 else pixels  # (H, W, 3)
    rgb = shrink(rgb, max_side) if max_side else rgb
    if min(rgb.shape[:2]) < MIN_SIDE:
        raise ValueError(f"'{name}' is {width}x{height}; give a picture whose sides are at least {MIN_SIDE} pixels")
    return rgb


def encode_png(picture: np.ndarray) -> bytes:
    """Return the PNG file of (H, W, 3) or (H, W) uint8: lossless, for downloads."""
    buffer = BytesIO()
    _to_pillow(picture).save(buffer, "PNG")
    return buffer.getvalue()


def encode_jpeg(picture: np.ndarray, quality: int = 90) -> bytes:
    """Return the JPEG file of (H, W, 3) or (H, W) uint8: small and fast, for display."""
    buffer = BytesIO()
    _to_pillow(picture).save(buffer, "JPEG", quality=quality, subsampling=0)  # full colour: heatmaps are all colour
    return buffer.getvalue()


def shrink(picture: np.ndarray, max_side: int) -> np.ndarray:
    """Return (H, W, 3) uint8 with its longer side at most `max_side`, each pixel the mean of the area it covers."""
    height, width = picture.shape[:2]
    factor = max_side / max(height, width)
    if factor >= 1:
        return picture
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return np.array(Image.fromarray(picture).resize(size, Image.Resampling.BOX))


def check_length(length: int, name: str, most: int = MAX_BYTES) -> None:
    """Refuse an empty or too long file.

    Raises:
        ValueError: `length` is 0 or more than `most` bytes.
    """
    if length == 0:
        raise ValueError(f"'{name}' is empty; give a picture file. Allowed are {ALLOWED}")
    if length > most:
        raise ValueError(f"'{name}' has {length / 1e6:.0f} MB; give a file of at most {most / 1e6:.0f} MB")


def holds_text(data: bytes) -> bool:
    """Tell whether bytes hold no sign that a text file would not."""
    return all(byte >= 32 or byte in b"\t\n\r\f" for byte in data)


def _unreadable(path: Path, error: OSError) -> str:
    return f"'{path}' cannot be read ({error.strerror}); check its permissions"


def _too_many_pixels(name: str, size: str) -> str:
    return f"'{name}' is {size} pixels; give a picture of at most {MAX_PIXELS / 1e6:.0f} million pixels"


def _open(data: bytes, name: str) -> Image.Image:
    """Read the header alone."""
    try:
        return Image.open(BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        kind = "holds text" if holds_text(data[:1000]) else "is damaged or of another format"
        raise ValueError(f"'{name}' is no picture that can be read: it {kind}. Allowed are {ALLOWED}") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValueError(_too_many_pixels(name, "a hundred million or more")) from None
    except Exception as error:  # see decode_image
        raise ValueError(f"'{name}' is damaged ({error}); save or download it again") from None


def _pixels(picture: Image.Image) -> np.ndarray:
    """Decode the first frame: (H, W, 3) uint8, or (H, W) of a deeper type."""
    picture.load()
    try:
        picture = ImageOps.exif_transpose(picture)
    except Exception:  # a broken note of the camera is no reason to refuse its picture
        picture = picture.copy()
    if picture.mode in DEEP:
        return np.array(picture)
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    return np.array(picture.convert("RGB"))


def _to_8_bits(values: np.ndarray, name: str) -> np.ndarray:
    """Scale (H, W) grey values, 0-65535 for whole numbers and 0-1 for fractions, to (H, W, 3) uint8."""
    white = 1.0 if values.dtype.kind == "f" else 65535.0
    if not (values.min() >= 0 and values.max() <= white):  # also false for NaN
        low, high = values.min(), values.max()
        raise ValueError(f"'{name}' holds values {low:g} to {high:g}, so its white is unknown; save it with 8 bits")
    grey = np.rint(values * np.float32(255 / white)).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)  # (H, W, 3)


def _to_pillow(picture: np.ndarray) -> Image.Image:
    if picture.dtype != np.uint8 or picture.ndim not in (2, 3) or picture.shape[2:] not in ((), (3,)):
        raise ValueError(f"'picture' is {picture.dtype} {picture.shape}; give uint8 (H, W, 3) or (H, W)")
    return Image.fromarray(np.ascontiguousarray(picture))


def as_uri(pixels: np.ndarray, side: int) -> str:
    """Return a picture (H, W, 3) as a data URI, its longer side at most `side`; one of few pixels without loss."""
    pixels = shrink(pixels, side)
    small = max(pixels.shape) <= SMALL
    data = encode_png(pixels) if small else encode_jpeg(pixels, 92)
    return f"data:image/{'png' if small else 'jpeg'};base64,{base64.b64encode(data).decode()}"
