"""How training pictures are changed, so that a net does not learn them by heart. N pictures, C channels."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def augment(images: Tensor, shift: int, flip: Tensor | None, rng: torch.Generator) -> Tensor:
    """Shift each (N, C, H, W) picture by up to `shift` pixels (reflected border) and mirror where `flip` (N,) says."""
    if shift:
        count, _, height, width = images.shape
        padded = F.pad(images, (shift,) * 4, mode="reflect")  # (N, C, H + 2 shift, W + 2 shift)
        moves = torch.randint(2 * shift + 1, (count, 2), generator=rng)
        shifted = torch.empty_like(images)
        for dy in range(2 * shift + 1):
            for dx in range(2 * shift + 1):
                same = (moves[:, 0] == dy) & (moves[:, 1] == dx)
                shifted[same] = padded[same, :, dy : dy + height, dx : dx + width]
        images = shifted
    return images if flip is None else torch.where(flip.view(-1, 1, 1, 1).to(images.device), images.flip(3), images)


def cut_out(images: Tensor, side: int, rng: torch.Generator) -> Tensor:
    """Set a square of `side` pixels, at a random place of each (N, C, H, W) picture, to 0, the mean colour.

    DeVries and Taylor 2017, https://arxiv.org/abs/1708.04552.
    """
    if not side:
        return images
    count, _, height, width = images.shape
    top, left = (torch.randint(size - side + 1, (count, 1), generator=rng) for size in (height, width))
    rows, columns = torch.arange(height), torch.arange(width)
    tall = (rows >= top) & (rows < top + side)  # (N, H)
    wide = (columns >= left) & (columns < left + side)  # (N, W)
    return images.masked_fill((tall[:, None, :, None] & wide[:, None, None, :]).to(images.device), 0)


def warp(images: Tensor, turn: float, zoom: float, move: float, rng: torch.Generator) -> Tensor:
    """Turn, enlarge or reduce, and move each (N, C, H, W) picture at random, by one resampling (reflected border).

    Args:
        turn: degrees at most.
        zoom: share of the size at most.
        move: share of the sides at most.
    """
    if not (turn or zoom or move):
        return images
    count, _, height, width = images.shape
    angle, scale, right, down = (torch.rand(4, count, generator=rng) * 2 - 1) * torch.tensor(
        [[math.radians(turn)], [zoom], [2 * move], [2 * move]]
    )
    cosine, sine, ratio = angle.cos() / (1 + scale), angle.sin() / (1 + scale), height / width  # grids run -1 to 1
    rows = torch.stack([cosine, -sine * ratio, right]), torch.stack([sine / ratio, cosine, down])  # (3, N) each
    grid = F.affine_grid(torch.stack(rows).permute(2, 0, 1).contiguous(), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid.to(images), padding_mode="reflection", align_corners=False)


def relight(images: Tensor, light: float, rng: torch.Generator) -> Tensor:
    """Change contrast and brightness of each normalised (N, C, H, W) picture by a random share up to `light`."""
    if not light:
        return images
    contrast, brightness = ((torch.rand(2, len(images), 1, 1, 1, generator=rng) * 2 - 1) * light).to(images)
    middle = images.mean((1, 2, 3), keepdim=True)
    return (images - middle) * (1 + contrast) + middle + brightness
