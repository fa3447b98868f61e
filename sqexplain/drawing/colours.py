"""Colour maps and overlays: values in [0, 1] to uint8 pictures."""

from functools import lru_cache

import numpy as np

from sqexplain import locations
from sqexplain.registry import pick

COLORMAPS = {  # name -> what a person reads
    "cividis": "cividis",
    "viridis": "viridis",
    "magma": "magma",
    "turbo": "turbo (as in the papers)",
    "grey": "grey",
}
FILE = locations.ASSETS / "prepared" / "colours.npz"
LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


@lru_cache(maxsize=len(COLORMAPS))
def table(colormap: str = "cividis") -> np.ndarray:
    """Return the colours of 0 to 1 in 256 steps, (256, 3) uint8, read-only.

    They come from a file of the package: matplotlib, from which `shades` takes them, is half a second to import. Where
    the file is missing or damaged, they are taken from there all the same.

    Raises:
        ValueError: `colormap` is not in `COLORMAPS`.
    """
    pick(COLORMAPS, colormap, "colour map")
    colours = _stored(colormap)
    if colours is None:
        colours = shades(colormap)
    colours.flags.writeable = False
    return colours


def _stored(colormap: str) -> np.ndarray | None:
    """Return what the file holds, None where it is missing or damaged."""
    try:
        with np.load(FILE) as tables:
            colours = tables[colormap]
    except Exception:  # a damaged archive raises nearly anything
        return None
    return colours if colours.shape == (256, 3) and colours.dtype == np.uint8 else None


def shades(colormap: str) -> np.ndarray:
    """Return what `python -m sqexplain prepare` stores for `table`."""
    import matplotlib  # on use only, see `table`

    drawn = matplotlib.colormaps["gray" if colormap == "grey" else colormap](np.arange(256))[:, :3]  # (256, 3)
    return np.rint(drawn * 255).astype(np.uint8)  # the library's own bytes are cut off, not rounded


def paint(heatmap: np.ndarray, colormap: str = "cividis") -> np.ndarray:
    """Return the colours (H, W, 3) uint8 of values (H, W); what lies outside [0, 1] takes the nearer end, NaN the 0."""
    values = np.clip(np.nan_to_num(heatmap, nan=0.0, posinf=1.0, neginf=0.0), 0, 1)
    return table(colormap)[np.rint(values * 255).astype(np.uint8)]  # (H, W, 3)


def overlay(
    picture: np.ndarray,
    heatmap: np.ndarray,
    opacity: float = 0.5,
    colormap: str = "cividis",
    grey: bool = True,
    threshold: float = 0.0,
) -> np.ndarray:
    """Return a picture (H, W, 3) uint8 with its heatmap (H, W) in [0, 1] over it, (H, W, 3) uint8.

    Args:
        picture: what the heatmap is about.
        heatmap: one value per pixel.
        opacity: 0 shows the picture alone, 1 the map alone.
        colormap: a key of `COLORMAPS`.
        grey: take the colour out of the picture first, so that every colour seen is the map's.
        threshold: values below it, and NaN, leave the picture as it is.

    Raises:
        ValueError: the sizes differ, the picture is not uint8, or a setting is outside its range.
    """
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
        raise ValueError(f"'picture' is {picture.dtype} {picture.shape}; give uint8 (H, W, 3)")
    if heatmap.shape != picture.shape[:2]:
        raise ValueError(f"'heatmap' is {heatmap.shape}; give one value per pixel of the picture, {picture.shape[:2]}")
    for name, value in (("opacity", opacity), ("threshold", threshold)):
        if not 0 <= value <= 1:
            raise ValueError(f"'{name}' is {value}; give a number from 0 to 1")
    base = picture.astype(np.float32)  # (H, W, 3)
    if grey:
        base = np.rint(base @ LUMA)[:, :, None]  # (H, W, 1)
    share = np.where(heatmap >= threshold, np.float32(opacity), np.float32(0))[:, :, None]  # (H, W, 1)
    mixed = (1 - share) * base + share * paint(heatmap, colormap)  # (H, W, 3)
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
