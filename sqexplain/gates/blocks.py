"""The blocks an explained net carries at its last map: a plain tap, the Squeeze-and-Excitation gate, a gate per class.

Squeeze-and-Excitation: Hu et al., https://arxiv.org/abs/1709.01507; as an explanation: Roxo et al.,
https://arxiv.org/abs/2412.05134. N pictures, C channels, K classes, R hidden units, h x w feature size.
"""

import math

import torch
from torch import Tensor, nn

from sqexplain.registry import listing, nearest

KINDS = ("none", "paper", "sparse", "class")
LAYOUTS = ("NCHW", "NHWC", "tokens", "clip", "sheet")
FULL_CLASSES = 40  # up to here every class has its own output layer; beyond, K * C * R weights are factorised


class Tap(nn.Module):
    """Passes the map through unchanged: the place where a net is read.

    Attributes:
        kind: "none", "paper", "sparse" or "class".
        layout: how the net holds the map: "NCHW", "NHWC" (Swin), "tokens" (ViT: a class token, then the patches),
            "clip" (B, C, T, h, w), of which every frame is a picture, or "sheet" (B, C, h, T), one picture per sound.
        trained: bool buffer, saved with the weights; False at birth, whoever trains the block sets it.
    """

    kind = "none"
    trained: Tensor

    def __init__(self, layout: str = "NCHW") -> None:
        super().__init__()
        if layout not in LAYOUTS:
            raise ValueError(f"unknown layout {layout!r}. Choose one of: {listing(LAYOUTS)}")
        self.layout = layout
        self.register_buffer("trained", torch.tensor(False))

    def to_maps(self, x: Tensor) -> Tensor:
        """Return `x`, or a gradient of its shape, as (N, C, h, w); the tokens must be a class token and a square."""
        if self.layout == "NHWC":
            return x.permute(0, 3, 1, 2)  # (N, C, h, w)
        if self.layout == "tokens":
            side = math.isqrt(x.shape[1] - 1)
            if side * side != x.shape[1] - 1:
                raise ValueError(f"{x.shape[1]} tokens are not a class token and a square of patches")
            return x[:, 1:].transpose(1, 2).unflatten(2, (side, side))  # (N, C, h, w)
        if self.layout == "clip":
            return x.transpose(1, 2).flatten(0, 1)  # (B * T, C, h, w)
        return x

    @property
    def time_axis(self) -> int:
        """The axis of the frames in the layouts "clip" and "sheet"."""
        return 2 if self.layout == "clip" else 3

    def forward(self, x: Tensor, *context: Tensor) -> Tensor:  # noqa: ARG002
        """Return `x`; `context` is what else the net hands on at this place."""
        return x

    def gates_of(self, args: tuple[Tensor, ...], targets: Tensor | None = None) -> Tensor | None:
        """Return the gates (N, C) for the arguments that the block was called with, None where it has none."""
        return self.gates(self.to_maps(args[0]), targets)

    def gates(self, maps: Tensor, targets: Tensor | None = None) -> Tensor | None:
        """Return the gates (N, C) in (0, 1) for `maps` (N, C, h, w), None where the block has none."""
        return self.gates_from_pooled(pool(maps), targets)

    def gates_from_pooled(self, pooled: Tensor, targets: Tensor | None = None) -> Tensor | None:  # noqa: ARG002
        """Return the gates for `pooled` (N, C), the mean of each map: training runs on cached vectors."""
        return None

    @property
    def channel_mean(self) -> Tensor | None:
        """The mean of each channel over the training pictures, (C,), None where the block does not know it."""
        return None

    def extra_repr(self) -> str:
        """Say kind and layout in the printed net."""
        return f"kind={self.kind!r}, layout={self.layout!r}"


class SqueezeExcite(Tap):
    """Scales each channel by its gate s = sigmoid(W2 relu(W1 g)), g = mean of the map (Hu et al., eq. 2 to 4).

    Args:
        channels: C.
        reduction: R = C / reduction hidden units, at least 1.
        bias: whether both linear layers have one (the authors' code: no).
        open_bias: start of the last bias; 2 starts with open gates, sigmoid(2) = 0.88.
        kind: the name of the recipe the block is made for.
        layout: how the net holds the map; of tokens the patches alone are scaled.
        mean: (C,) subtracted from g, for z-scored gates; default 0.
        std: (C,) g is divided by; default 1.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        channels: int,
        reduction: int = 16,
        bias: bool = False,
        open_bias: float = 0.0,
        kind: str = "paper",
        layout: str = "NCHW",
        mean: Tensor | None = None,
        std: Tensor | None = None,
    ) -> None:
        super().__init__(layout)
        self.kind = kind
        hidden = max(1, channels // reduction)
        self.reduce = nn.Linear(channels, hidden, bias=bias)
        self.expand = nn.Linear(hidden, channels, bias=bias)
        if bias:
            nn.init.constant_(self.expand.bias, open_bias)
        register_scale(self, channels, mean, std)

    def forward(self, x: Tensor, *context: Tensor) -> Tensor:  # noqa: ARG002
        """Return the scaled map in the layout of `x`."""
        gates = self.gates_from_pooled(pool(self.to_maps(x))).to(x.dtype)  # (N, C)
        if self.layout == "NHWC":
            return x * gates[:, None, None, :]
        if self.layout == "tokens":
            return torch.cat([x[:, :1], x[:, 1:] * gates[:, None, :]], dim=1)  # the class token is no part of the map
        return x * gates.unflatten(1, (-1, *[1] * (x.ndim - 2)))

    @property
    def channel_mean(self) -> Tensor | None:
        """The mean of each channel over the training pictures, (C,); an end-to-end block does not know it."""
        return self.mean if self.kind == "sparse" else None

    def gates_from_pooled(self, pooled: Tensor, targets: Tensor | None = None) -> Tensor:  # noqa: ARG002
        """Return the gates (N, C) for `pooled` (N, C); the same for every class."""
        hidden = torch.relu(self.reduce((pooled - self.mean) / self.std))  # (N, R)
        return torch.sigmoid(self.expand(hidden))


class ClassSqueezeExcite(Tap):
    """Holds one gate vector per class, given by z-scored g; the map itself passes unchanged, so does the decision.

    Up to FULL_CLASSES classes the hidden units feed C * K outputs. Beyond, the layer is factorised:
    logits[n, k, c] = sum_r hidden[n, r] * channel_factor[c, r] * class_factor[k, r] + offset[k, c].

    Args:
        channels: C.
        classes: K.
        reduction: R = C / reduction hidden units, at least 1.
        open_bias: start of the last bias; 2 starts with open gates.
        layout: how the net holds the map.
        mean: (C,) mean of g over the training set; default 0.
        std: (C,) its standard deviation; default 1.
    """

    kind = "class"
    mean: Tensor
    std: Tensor

    def __init__(
        self,
        channels: int,
        classes: int,
        reduction: int = 4,
        open_bias: float = 2.0,
        layout: str = "NCHW",
        mean: Tensor | None = None,
        std: Tensor | None = None,
    ) -> None:
        super().__init__(layout)
        hidden = max(1, channels // reduction)
        self.shape = (classes, channels)
        self.reduce = nn.Linear(channels, hidden)
        self.factorised = classes > FULL_CLASSES
        if self.factorised:
            self.channel_factor = nn.Parameter(torch.empty(channels, hidden).uniform_(-1, 1) / math.sqrt(hidden))
            self.class_factor = nn.Parameter(torch.randn(classes, hidden))
            self.offset = nn.Parameter(torch.full((classes, channels), float(open_bias)))
        else:
            self.expand = nn.Linear(hidden, classes * channels)
            nn.init.constant_(self.expand.bias, open_bias)
        register_scale(self, channels, mean, std)

    @property
    def channel_mean(self) -> Tensor:
        """The mean of each channel over the training pictures, (C,)."""
        return self.mean

    def hidden(self, pooled: Tensor) -> Tensor:
        """Return the hidden units (N, R) for `pooled` (N, C)."""
        return torch.relu(self.reduce((pooled - self.mean) / self.std))

    def all_gates(self, pooled: Tensor) -> Tensor:
        """Return the gates of every class (N, K, C) for `pooled` (N, C)."""
        hidden = self.hidden(pooled)  # (N, R)
        if not self.factorised:
            return torch.sigmoid(self.expand(hidden).unflatten(1, self.shape))  # (N, K, C)
        mixed = hidden[:, None, :] * self.class_factor  # (N, K, R)
        return torch.sigmoid(mixed @ self.channel_factor.T + self.offset)  # (N, K, C)

    def gates_from_pooled(self, pooled: Tensor, targets: Tensor | None = None) -> Tensor:
        """Return the gates (N, C) of the class `targets` (N,) names for each row of `pooled` (N, C).

        Raises:
            ValueError: `targets` is missing or not one class index per row.
        """
        if targets is None or targets.shape != pooled.shape[:1]:
            given = None if targets is None else tuple(targets.shape)
            raise ValueError(f"class gates need 'targets' of shape ({len(pooled)},), one class each, not {given}")
        hidden = self.hidden(pooled)  # (N, R)
        if self.factorised:
            logits = (hidden * self.class_factor[targets]) @ self.channel_factor.T + self.offset[targets]  # (N, C)
        else:
            rows = torch.arange(len(pooled), device=pooled.device)
            logits = self.expand(hidden).unflatten(1, self.shape)[rows, targets]  # (N, C)
        return torch.sigmoid(logits)


def required(gates: Tensor | None) -> Tensor:
    """Return `gates`, for those who cannot do without.

    Raises:
        ValueError: there are none.
    """
    if gates is None:
        raise ValueError("the net has no SE block; load it with gates 'class', 'sparse' or 'paper'")
    return gates


def pool(maps: Tensor) -> Tensor:
    """Return the mean of each map: (N, C, ...) -> (N, C)."""
    return maps.flatten(2).mean(2)


def register_scale(block: Tap, channels: int, mean: Tensor | None, std: Tensor | None) -> None:
    """Give `block` the buffers mean and std (C,) of the z-score; 0 and 1 leave g as it is."""
    block.register_buffer("mean", torch.zeros(channels) if mean is None else mean.detach().clone())
    block.register_buffer("std", torch.ones(channels) if std is None else std.detach().clone())


def make_block(kind: str, channels: int, classes: int | None = None, layout: str = "NCHW") -> Tap:
    """Return an untrained block: "none", "paper" (as published), "sparse" (open gates, biases) or "class".

    Raises:
        ValueError: `kind` is unknown, or "class" is asked for without `classes`, the number of classes.
    """
    if kind == "none":
        return Tap(layout)
    if kind == "paper":
        return SqueezeExcite(channels, layout=layout)
    if kind == "sparse":
        return SqueezeExcite(channels, reduction=4, bias=True, open_bias=2.0, kind="sparse", layout=layout)
    if kind != "class":
        raise ValueError(f"unknown gates {kind!r}.{nearest(kind, KINDS)} Choose one of: {listing(KINDS)}")
    if not isinstance(classes, int) or classes < 1:
        raise ValueError(f"gates 'class' need 'classes', the number of classes of the net, not {classes!r}")
    return ClassSqueezeExcite(channels, classes, layout=layout)
