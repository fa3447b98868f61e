"""EigenCAM and EigenGradCAM: the first principal component of the maps, with a sign that means something.

N pictures, C channels, h x w feature size.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from sqexplain.methods.base import Method, choice
from sqexplain.recording import Trace


def first_component(maps: Tensor, sign: str = "stable") -> Tensor:
    """Project `maps` (N, C, h, w), centred per channel, on their first right singular vector: (N, h, w).

    The sign of a singular vector is arbitrary and a wrong one turns the map inside out. "stable" takes the one with
    which the projection varies along with the plain sum of the maps; "numpy" keeps what numpy's SVD happens to give,
    as the package `grad-cam` does.
    """
    rows = maps.nan_to_num().flatten(2)  # (N, C, hw)
    centred = rows - rows.mean(2, keepdim=True)
    component = _numpy_component(centred) if sign == "numpy" else _stable_component(centred)  # (N, hw)
    return component.unflatten(1, maps.shape[2:])


def _numpy_component(centred: Tensor) -> Tensor:
    """Project with the sign of numpy's thin SVD, picture by picture."""
    found = []
    for matrix in centred.transpose(1, 2).cpu().numpy():  # (hw, C)
        found.append(matrix @ np.linalg.svd(matrix, full_matrices=False)[2][0])
    return torch.from_numpy(np.stack(found)).to(centred)


def _stable_component(centred: Tensor) -> Tensor:
    """Project by way of the smaller of the two Gram matrices, in double precision: far cheaper than an SVD."""
    rows = centred.double()  # (N, C, hw)
    if rows.shape[1] < rows.shape[2]:
        direction = torch.linalg.eigh(rows @ rows.mT).eigenvectors[..., -1:]  # (N, C, 1)
        component = (direction.mT @ rows)[:, 0]  # (N, hw)
    else:
        values, vectors = torch.linalg.eigh(rows.mT @ rows)  # (N, hw), (N, hw, hw)
        component = vectors[..., -1] * values[:, -1:].clamp(min=0).sqrt()  # (N, hw)
    agreement = (component * rows.sum(1)).sum(1, keepdim=True)  # (N, 1)
    return torch.where(agreement < 0, -component, component).to(centred.dtype)


@dataclass(frozen=True)
class EigenCAM(Method):
    """First principal component of the features; blind to the class."""

    name: ClassVar[str] = "eigencam"
    title: ClassVar[str] = "EigenCAM"
    paper: ClassVar[str] = "https://arxiv.org/abs/2008.00299"
    summary: ClassVar[str] = "First principal component of the maps, without gradient and class."
    class_specific: ClassVar[bool] = False
    sign: str = choice("stable", "numpy")

    def __call__(self, trace: Trace) -> Tensor:
        """Return the raw maps (N, h, w)."""
        return first_component(trace.post_gate, self.sign)


@dataclass(frozen=True)
class EigenGradCAM(Method):
    """First principal component of gradient times activation."""

    name: ClassVar[str] = "eigengradcam"
    title: ClassVar[str] = "EigenGradCAM"
    paper: ClassVar[str] = "https://arxiv.org/abs/2008.00299"
    summary: ClassVar[str] = "First principal component of gradient times activation."
    needs: ClassVar[frozenset[str]] = frozenset({"gradients"})
    sign: str = choice("stable", "numpy")

    def __call__(self, trace: Trace) -> Tensor:
        """Return the raw maps (N, h, w)."""
        return first_component(trace.gradients * trace.post_gate, self.sign)
