"""The CAM family: each formula is a pure function of features A and gradients G, both (N, C, h, w) -> (N, h, w).

The formulas agree with the package `grad-cam` to 1e-5 (tests/test_parity.py).
"""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from sqexplain.gates.selection import weighted
from sqexplain.methods.base import Method
from sqexplain.recording import Trace


def gradcam(features: Tensor, grads: Tensor) -> Tensor:
    """Weight each map by its mean gradient (Selvaraju et al., 2017, eq. 1 and 2, without the ReLU)."""
    return weighted(features, grads.mean((2, 3)))


def gradcampp(features: Tensor, grads: Tensor) -> Tensor:
    """Weight by the positive gradients, each times alpha (Chattopadhyay et al., 2018, eq. 5 and 19).

    Where the gradient is 0, alpha is 0; the 1e-6 of the denominator is part of the convention and not negligible.
    """
    square = grads * grads
    total = features.sum((2, 3), keepdim=True)  # (N, C, 1, 1)
    alpha = square / (2 * square + total * (square * grads) + 1e-6)  # 0 / 1e-6 = 0 where the gradient is 0
    return weighted(features, (grads.clamp(min=0) * alpha).sum((2, 3)))


def xgradcam(features: Tensor, grads: Tensor) -> Tensor:
    """Weight by the gradients averaged with the activations as weights (Fu et al., 2020, eq. 8)."""
    return weighted(features, (grads * features).sum((2, 3)) / (features.sum((2, 3)) + 1e-7))


def hirescam(features: Tensor, grads: Tensor) -> Tensor:
    """Sum gradient times activation (Draelos and Carin, 2020, eq. 5)."""
    return (grads * features).sum(1)


def layercam(features: Tensor, grads: Tensor) -> Tensor:
    """Sum positive gradient times activation (Jiang et al., 2021, eq. 6 and 7)."""
    return (grads.clamp(min=0) * features).sum(1)


@dataclass(frozen=True)
class Cam(Method):
    """A method that is one function of features and gradients."""

    needs: ClassVar[frozenset[str]] = frozenset({"gradients"})

    @staticmethod
    def formula(features: Tensor, grads: Tensor) -> Tensor:
        """Return the raw maps (N, h, w) for features and gradients (N, C, h, w)."""
        raise NotImplementedError

    def __call__(self, trace: Trace) -> Tensor:
        """Return the raw maps (N, h, w)."""
        return self.formula(trace.post_gate, trace.gradients)


@dataclass(frozen=True)
class GradCAM(Cam):
    """Gradient-weighted class activation map."""

    name: ClassVar[str] = "gradcam"
    title: ClassVar[str] = "GradCAM"
    paper: ClassVar[str] = "https://arxiv.org/abs/1610.02391"
    summary: ClassVar[str] = "Sum of the maps, each weighted by its mean gradient."
    formula = staticmethod(gradcam)


@dataclass(frozen=True)
class GradCAMpp(Cam):
    """GradCAM with weights that count every place where the class gains."""

    name: ClassVar[str] = "gradcam++"
    title: ClassVar[str] = "GradCAM++"
    paper: ClassVar[str] = "https://arxiv.org/abs/1710.11063"
    summary: ClassVar[str] = "Sum of the maps, weighted by their positive gradients with second-order corrections."
    formula = staticmethod(gradcampp)


@dataclass(frozen=True)
class XGradCAM(Cam):
    """GradCAM with weights derived from axioms."""

    name: ClassVar[str] = "xgradcam"
    title: ClassVar[str] = "XGradCAM"
    paper: ClassVar[str] = "https://arxiv.org/abs/2008.02312"
    summary: ClassVar[str] = "Sum of the maps, weighted by their gradients averaged over the activation."
    formula = staticmethod(xgradcam)


@dataclass(frozen=True)
class HiResCAM(Cam):
    """Gradient times activation, place by place."""

    name: ClassVar[str] = "hirescam"
    title: ClassVar[str] = "HiResCAM"
    paper: ClassVar[str] = "https://arxiv.org/abs/2011.08891"
    summary: ClassVar[str] = "Gradient times activation at every place, summed over the channels."
    formula = staticmethod(hirescam)


@dataclass(frozen=True)
class LayerCAM(Cam):
    """Positive gradient times activation, place by place."""

    name: ClassVar[str] = "layercam"
    title: ClassVar[str] = "LayerCAM"
    paper: ClassVar[str] = "https://doi.org/10.1109/TIP.2021.3089943"
    summary: ClassVar[str] = "Positive gradient times activation at every place, summed over the channels."
    formula = staticmethod(layercam)
