"""FullGrad: what the input and every bias of the net contribute (Srinivas and Fleuret, 2019)."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from sqexplain.methods.base import Method
from sqexplain.recording import Trace

EPS = 1e-7


def layer_map(bias: Tensor, grads: Tensor) -> Tensor:
    """Return the sum over channels of |bias * gradient|, each channel min-max scaled: (C,), (N, C, h, w) -> (N, h, w).

    Enlarging is linear, so the channels are scaled and summed at native size and one map per layer is enlarged.
    """
    sizes = (bias.abs()[:, None] * grads.flatten(2)).abs_()  # (N, C, hw)
    low, high = sizes.aminmax(dim=2, keepdim=True)  # (N, C, 1)
    scales = 1 / (EPS + (high - low))
    # Subtract before scaling: a channel without contrast has a scale of 1e7, which would blow up rounding errors.
    return (scales.mT @ sizes.sub_(low))[:, 0].unflatten(1, grads.shape[2:])  # (N, h, w)


@dataclass(frozen=True)
class FullGrad(Method):
    """Input gradient and bias gradients of every Conv2d and BatchNorm2d, summed at the size of the net's input."""

    name: ClassVar[str] = "fullgrad"
    title: ClassVar[str] = "FullGrad"
    paper: ClassVar[str] = "https://arxiv.org/abs/1905.00780"
    summary: ClassVar[str] = "Input times gradient plus the gradients of every bias, over all layers."
    needs: ClassVar[frozenset[str]] = frozenset({"gradients", "layers"})

    def __call__(self, trace: Trace) -> Tensor:
        """Return the raw maps (N, S, S)."""
        if trace.pictures is None or trace.picture_grads is None:
            raise ValueError("the pass was made without the gradients of every layer; record it with a 'layer_map'")
        terms = (trace.pictures * trace.picture_grads).abs()  # (N, 3, S, S)
        low, high = terms.amin((2, 3), keepdim=True), terms.amax((2, 3), keepdim=True)  # (N, 3, 1, 1)
        total = ((terms - low) / (EPS + (high - low))).sum(1, keepdim=True)  # (N, 1, S, S)
        for maps in _merged(trace.layer_maps):
            total = total + F.interpolate(maps[:, None], total.shape[2:], mode="bilinear", align_corners=False)
        return total[:, 0]

    def caveats(self, trace: Trace) -> dict[str, Tensor]:
        """Say where there is no bias to read."""
        text = "The net has no Conv2d or BatchNorm2d with a bias: this map is input times gradient alone."
        return {text: torch.full((len(trace.post_gate),), not trace.layer_maps)}


def _merged(layer_maps: tuple[Tensor, ...]) -> list[Tensor]:
    """Sum the maps of equal size, so that each size is enlarged once."""
    sums: dict[tuple, Tensor] = {}
    for maps in layer_maps:
        sums[maps.shape] = sums[maps.shape] + maps if maps.shape in sums else maps
    return list(sums.values())
