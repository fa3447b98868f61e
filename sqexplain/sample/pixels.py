"""Pictures as other libraries hold them, to (H, W, 3) uint8: Pillow's pictures, arrays and tensors."""

from typing import Any

import numpy as np
from torch import Tensor

CHANNELS = (1, 3, 4)  # grey, RGB, RGB with transparency
MARGIN = 1e-4  # by which interpolation in float32 may leave [0, 1]


def to_rgb(picture: Any, where: str = "picture") -> np.ndarray:
    """Return a picture as (H, W, 3) uint8 RGB: grey becomes three equal channels, transparency lies over white.

    Args:
        picture: a picture of Pillow, an array (H, W), (H, W, C) or a tensor (H, W), (C, H, W) with C of 1, 3 or 4, each
            uint8 or fractions in [0, 1]; the other order of the axes is taken where this one does not fit.
        where: what a message calls it.

    Raises:
        ValueError: it is none of these, or its values are normalised or have more than 8 bits.
    """
    pixels = _to_8_bits(_channels_last(_to_array(picture, where), isinstance(picture, Tensor), where), where)
    if pixels.shape[2] == 4:
        pixels = _over_white(pixels)
    return np.repeat(pixels, 3, 2) if pixels.shape[2] == 1 else pixels


def _to_array(picture: Any, where: str) -> np.ndarray:
    if isinstance(picture, Tensor):
        return picture.detach().cpu().numpy()
    if hasattr(picture, "mode") and hasattr(picture, "convert"):  # Pillow, which media alone may import
        if picture.mode.startswith(("I", "F")):
            raise ValueError(f"{where} has more than 8 bits per value (mode {picture.mode}); convert it to RGB first")
        picture = picture.convert("RGBA" if getattr(picture, "has_transparency_data", False) else "RGB")
    array = np.asarray(picture)
    if array.dtype.kind not in "uif":
        raise ValueError(
            f"{where} is a {type(picture).__name__}; give a picture of Pillow, an array (H, W, 3) or a tensor (3, H, W)"
        )
    return array


def _channels_last(array: np.ndarray, first: bool, where: str) -> np.ndarray:
    """Return (H, W, C); `first` says whether the channels are expected before the rows."""
    if array.ndim == 2:
        return array[..., None]
    axes = [axis for axis in ((0, -1) if first else (-1, 0)) if array.ndim == 3 and array.shape[axis] in CHANNELS]
    if not axes or not array.size:
        raise ValueError(f"{where} has the shape {array.shape}; give one picture, (H, W, 3) or a tensor (3, H, W)")
    return np.moveaxis(array, axes[0], -1)


def _to_8_bits(array: np.ndarray, where: str) -> np.ndarray:
    if array.dtype == np.uint8:
        return array
    low, high = array.min(), array.max()
    if array.dtype.kind != "f":
        raise ValueError(f"{where} holds {array.dtype} from {low} to {high}; give uint8, or fractions in [0, 1]")
    if not (low >= -MARGIN and high <= 1 + MARGIN):  # also false for NaN
        raise ValueError(
            f"{where} holds values from {low:.3g} to {high:.3g}, not fractions in [0, 1]; "
            "leave out the normalisation (transforms.Normalize), the net does its own"
        )
    return np.rint(array.clip(0, 1) * 255).astype(np.uint8)


def _over_white(pixels: np.ndarray) -> np.ndarray:
    """Return (H, W, 4) over white, (H, W, 3)."""
    alpha = pixels[..., 3:] / 255.0
    return np.rint(pixels[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
