"""Raw maps to heatmaps: clip at zero, scale to [0, 1], enlarge, lay into the part of the picture that the net saw.

N pictures, h x w feature size, H x W picture size. The steps and the 1e-7 are those of the package `grad-cam`.
"""

import torch
from torch import Tensor

EPS = 1e-7


def minmax(maps: Tensor, together: bool = False) -> Tensor:
    """Scale (N, h, w) to [0, 1], each map for itself or all `together`; a map without any contrast becomes zero."""
    dims = (0, 1, 2) if together else (1, 2)
    maps = maps - maps.amin(dims, keepdim=True)
    return maps / (EPS + maps.amax(dims, keepdim=True))


def heatmaps(
    raws: Tensor,
    height: int,
    width: int,
    view=None,
    native: bool = True,
    interpolation: str = "bilinear",
    together: bool = False,
) -> Tensor:
    """Turn raw maps (N, h, w) into heatmaps (N, H, W) in [0, 1]; values that are not finite count as 0.

    Args:
        raws: any values; what is negative becomes 0.
        height: H of the picture.
        width: W of the picture.
        view: the box (top, left, height, width) of the picture that the net saw; the heatmap is 0 outside of it.
            None means the whole picture.
        native: clip and scale before enlarging too, as `grad-cam` does.
        interpolation: "bilinear" or "bicubic", with half-pixel centres and repeated edges.
        together: one scale for all N maps, so that the frames of a clip can be compared.
    """
    maps = raws.nan_to_num(0, 0, 0)
    if native:
        maps = minmax(maps.clamp(min=0), together)
    top, left, tall, wide = (0, 0, height, width) if view is None else (view.top, view.left, view.height, view.width)
    rows, y = axis_weights(maps.shape[1], height, top, tall, interpolation)  # (H', h), rows of the picture in the box
    columns, x = axis_weights(maps.shape[2], width, left, wide, interpolation)  # (W', w)
    inside = rows.to(maps) @ maps @ columns.to(maps).T  # (N, H', W')
    found = maps.new_zeros(len(maps), height, width)
    found[:, y, x] = minmax(inside.clamp(min=0), together)
    return found


def axis_weights(cells: int, pixels: int, start: float, length: float, interpolation: str) -> tuple[Tensor, slice]:
    """Return how much each cell counts for each pixel whose centre lies in the box, and the slice of those pixels.

    The box covers `length` pixels from `start` on and holds `cells` cells; the weights (pixels in the box, cells) are
    in double precision and every row sums to 1.
    """
    centres = torch.arange(pixels, dtype=torch.float64) + 0.5
    first, last = (int((centres < edge).sum()) for edge in (start, start + length))
    places = (centres[first:last] - start) * (cells / length) - 0.5  # in cells
    below = places.floor()
    weights = torch.zeros(last - first, cells, dtype=torch.float64)
    for step in (-1, 0, 1, 2):
        share = _kernel((places - below - step).abs(), interpolation)  # (pixels in the box,)
        index = (below + step).clamp(0, cells - 1).long()
        weights.scatter_add_(1, index[:, None], share[:, None])
    return weights, slice(first, last)


def _kernel(distance: Tensor, interpolation: str) -> Tensor:
    """Return the share of a cell at a distance of 0 ... 2 cells: a tent, or the cubic with a = -0.75."""
    if interpolation == "bilinear":
        return (1 - distance).clamp(min=0)
    if interpolation != "bicubic":
        raise ValueError(f"unknown interpolation {interpolation!r}. Choose one of: bilinear, bicubic")
    a = -0.75
    near = ((a + 2) * distance - (a + 3)) * distance**2 + 1
    far = a * (((distance - 5) * distance + 8) * distance - 4)
    return torch.where(distance <= 1, near, far)
