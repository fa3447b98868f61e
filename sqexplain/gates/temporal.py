"""Squeeze-and-Excitation gates for clips: one vector per clip, as published, or one per frame, read as the head reads.

B clips, C channels, T frames, A channels of the context (what is heard while a frame is seen), h x w feature size.
"""

import torch
from torch import Tensor, nn

from sqexplain.gates.blocks import Tap, register_scale

POOLINGS = {"max": lambda maps: maps.amax(3), "mean": lambda maps: maps.mean(3)}


class ClipSqueezeExcite(Tap):
    """Scales each channel by one gate for the whole clip: s = sigmoid(W2 relu(W1 g)), g = mean over frames and places.

    As in the authors' audio-visual model, https://arxiv.org/abs/2412.05134, but for each clip of a batch on its own.

    Args:
        channels: C.
        reduction: C / reduction hidden units, at least 1.
        layout: "clip" (B, C, T, h, w) or "sheet" (B, C, h, T).
    """

    kind = "paper"

    def __init__(self, channels: int, reduction: int = 16, layout: str = "clip") -> None:
        super().__init__(layout)
        hidden = max(1, channels // reduction)
        self.reduce = nn.Linear(channels, hidden, bias=False)
        self.expand = nn.Linear(hidden, channels, bias=False)

    def forward(self, x: Tensor, *context: Tensor) -> Tensor:  # noqa: ARG002
        """Return the scaled map in the layout of `x`."""
        return x * self.clip_gates(x).unflatten(1, (-1, *[1] * (x.ndim - 2))).to(x.dtype)

    def clip_gates(self, x: Tensor) -> Tensor:
        """Return the gates (B, C) for `x` (B, C, ...)."""
        pooled = x.flatten(2).mean(2)  # (B, C)
        return torch.sigmoid(self.expand(torch.relu(self.reduce(pooled))))

    def vectors(self, x: Tensor, *context: Tensor) -> Tensor:  # noqa: ARG002
        """Return the gates (B, T, C): the same for every frame of a clip."""
        frames = x.shape[self.time_axis]
        return self.clip_gates(x)[:, None].expand(-1, frames, -1)

    def gates_of(self, args: tuple[Tensor, ...], targets: Tensor | None = None) -> Tensor:  # noqa: ARG002
        """Return the gates (N, C), a row for each picture of the layout."""
        return per_picture(self.vectors(*args), self.layout)


class FrameSqueezeExcite(Tap):
    """Reads one gate vector for each frame and leaves the map as it is: the net's answer is that of the frozen net.

    The squeeze is what the head makes of a frame, its largest or mean value per channel, and the context of the same
    frame; both z-scored with the statistics of the training clips.

    Args:
        channels: C.
        context: A, 0 where no context is read.
        pooling: "max" or "mean" over the places of a frame, as the head of the net does.
        layout: "clip" (B, C, T, h, w) or "sheet" (B, C, h, T), whose columns are the frames.
        open_bias: start of the last bias; 2 starts with open gates.
    """

    kind = "sparse"
    mean: Tensor
    std: Tensor

    def __init__(
        self, channels: int, context: int = 0, pooling: str = "max", layout: str = "clip", open_bias: float = 2.0
    ) -> None:
        super().__init__(layout)
        if pooling not in POOLINGS:
            raise ValueError(f"unknown pooling {pooling!r}. Choose one of: {', '.join(POOLINGS)}")
        self.pooling, self.context = pooling, context
        self.reduce = nn.Linear(channels + context, max(1, channels // 2))
        self.expand = nn.Linear(max(1, channels // 2), channels)
        nn.init.constant_(self.expand.bias, open_bias)
        register_scale(self, channels + context, None, None)

    def forward(self, x: Tensor, *context: Tensor) -> Tensor:  # noqa: ARG002
        """Return `x`."""
        return x

    def pooled(self, x: Tensor) -> Tensor:
        """Return what the head sees of each frame, (B, T, C)."""
        maps = x.flatten(3) if self.layout == "clip" else x.transpose(2, 3)  # (B, C, T, hw)
        return POOLINGS[self.pooling](maps).transpose(1, 2)  # (B, T, C)

    def vectors(self, x: Tensor, *context: Tensor) -> Tensor:
        """Return the gates (B, T, C); `context` is (B, T, A)."""
        return self.gates_from_pooled(self.pooled(x), context[0] if self.context else None)

    def gates_from_pooled(self, pooled: Tensor, context: Tensor | None = None) -> Tensor:
        """Return the gates (..., C) for `pooled` (..., C) and `context` (..., A): training runs on cached vectors."""
        known = pooled if context is None else torch.cat([pooled, context], -1)  # (..., C + A)
        return torch.sigmoid(self.expand(torch.relu(self.reduce((known - self.mean) / self.std))))

    def gates_of(self, args: tuple[Tensor, ...], targets: Tensor | None = None) -> Tensor:  # noqa: ARG002
        """Return the gates (N, C), a row for each picture of the layout; for a sheet the mean over its frames."""
        return per_picture(self.vectors(*args), self.layout)


def per_picture(vectors: Tensor, layout: str) -> Tensor:
    """Return gates (B, T, C) as (N, C): N = B * T frames of a clip, N = B sheets, each with the mean over time."""
    return vectors.flatten(0, 1) if layout == "clip" else vectors.mean(1)
