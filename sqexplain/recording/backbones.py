"""The second part of a full gradient for clips: back from a stream's last map to its input, a few frames at a time.

A graph of the whole net would hold every map of every frame. Each piece of a clip is run again with the frames around
it that it depends on, so the result is that of the whole clip.
"""

from contextlib import ExitStack
from typing import Any

import torch
from torch import Tensor, nn

from sqexplain.gates import Tap
from sqexplain.recording.hooks import LayerMap, hook_biases

PIECE = 16  # frames that are taken back at once
KINDS = (nn.Conv2d, nn.Conv3d, nn.BatchNorm2d, nn.BatchNorm3d)


def trunk_gradients(
    trunk: nn.Module, inputs: Tensor, grads: Tensor, tap: Tap, layer_map: LayerMap
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Return the gradient of the pictures (N, c, H, W) and the map of every layer (N, hl, wl).

    Args:
        trunk: maps `inputs` to the map that the block reads; a trunk over frames says in `reach` how many frames on
            each side an output depends on.
        inputs: (1, c, T, H, W), or (1, c, H, W) for a sheet, which is taken whole.
        grads: gradient of the trunk's output, in its layout.
        tap: knows the layout.
        layer_map: bias and gradient (N, Cl, hl, wl) -> (N, hl, wl).
    """
    if tap.layout != "clip":
        return _piece(trunk, inputs, grads, tap, layer_map, slice(None))
    frames = inputs.shape[2]
    reach: Any = trunk.reach
    found = []
    for start in range(0, frames, PIECE):
        stop = min(start + PIECE, frames)
        low, high = max(0, start - reach), min(frames, stop + reach)  # outputs that depend on these frames
        first, last = max(0, low - reach), min(frames, high + reach)  # frames that those outputs depend on
        some = torch.zeros_like(grads[:, :, first:last])
        some[:, :, low - first : high - first] = grads[:, :, low:high]
        kept = slice(start - first, stop - first)
        found.append(_piece(trunk, inputs[:, :, first:last], some, tap, layer_map, kept))
    pictures = torch.cat([one for one, _ in found])
    return pictures, tuple(torch.cat(maps) for maps in zip(*(maps for _, maps in found), strict=True))


def _piece(trunk: nn.Module, inputs: Tensor, grads: Tensor, tap: Tap, layer_map: LayerMap, kept: slice) -> tuple:
    maps: list[Tensor] = []

    def keep(bias: Tensor, layer_grads: Tensor) -> None:
        folded = tap.to_maps(layer_grads) if layer_grads.ndim == 5 else layer_grads  # (N, Cl, hl, wl)
        maps.append(layer_map(bias, folded[kept]))

    with ExitStack() as stack, torch.enable_grad():
        hook_biases(stack, trunk, keep, KINDS)
        leaf = inputs.detach().clone().requires_grad_()
        found = torch.autograd.grad(trunk(leaf), leaf, grads)[0]
    return tap.to_maps(found)[kept], tuple(maps)
