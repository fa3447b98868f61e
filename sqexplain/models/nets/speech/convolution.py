"""Convolutions over clips, split into space and time as the published nets are, and evaluated as plain 2-D ones.

The weights keep the five axes (out, in, time, height, width) of the published files. Channels lie last in memory: then
the frames of a clip are a batch of pictures, and its times and places one picture, without a copy. On a CPU this takes
a third of the time of 3-D convolutions.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

LAYOUT = torch.channels_last_3d


class SpaceConv(nn.Module):
    """A k x k convolution of every frame, no bias: (B, c, T, H, W) -> (B, C, T, H / stride, W / stride)."""

    def __init__(self, inputs: int, channels: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.stride, self.padding = stride, kernel // 2
        self.weight = nn.Parameter(torch.empty(channels, inputs, 1, kernel, kernel))
        nn.init.kaiming_normal_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve the frames as a batch of pictures."""
        return self.apply_weights(x, self.weight)

    def apply_weights(self, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        """Convolve `x` with weights and a bias other than its own."""
        weight = weight[:, :, 0].clone(memory_format=torch.channels_last)
        maps = F.conv2d(fold_frames(x), weight, bias, self.stride, self.padding)
        return maps.unflatten(0, (len(x), -1)).transpose(1, 2)  # (B, C, T, h, w)


class TimeConv(nn.Module):
    """A convolution over k frames at every place, no bias: (B, c, T, h, w) -> (B, C, T, h, w)."""

    def __init__(self, inputs: int, channels: int, kernel: int) -> None:
        super().__init__()
        self.padding = kernel // 2
        self.weight = nn.Parameter(torch.empty(channels, inputs, kernel, 1, 1))
        nn.init.kaiming_normal_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve with the frames as rows and the places as columns of one picture."""
        return self.apply_weights(x, self.weight)

    def apply_weights(self, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        """Convolve `x` with weights and a bias other than its own."""
        rows = x.contiguous(memory_format=LAYOUT).flatten(3)  # (B, c, T, h * w)
        weight = weight[..., 0].clone(memory_format=torch.channels_last)
        return F.conv2d(rows, weight, bias, padding=(self.padding, 0)).unflatten(3, x.shape[3:])  # (B, C, T, h, w)


class ClipConv(nn.Module):
    """A convolution over some frames and k x k places of one-channel clips, no bias, halving the frames.

    (B, 1, T, H, W) becomes (B, C, T, H / 2, W / 2).
    """

    def __init__(self, channels: int, frames: int, kernel: int) -> None:
        super().__init__()
        self.frames, self.padding = frames, kernel // 2
        self.weight = nn.Parameter(torch.empty(channels, 1, frames, kernel, kernel))
        nn.init.kaiming_normal_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve pictures whose channels are the frames around them."""
        return self.apply_weights(x, self.weight)

    def apply_weights(self, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        """Convolve `x` with weights and a bias other than its own."""
        side = self.frames // 2
        windows = F.pad(x[:, 0], (0, 0, 0, 0, side, side)).unfold(1, self.frames, 1)  # (B, T, H, W, frames)
        pictures = windows.flatten(0, 1).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
        weight = weight[:, 0].clone(memory_format=torch.channels_last)
        maps = F.conv2d(pictures, weight, bias, 2, self.padding)
        return maps.unflatten(0, (len(x), -1)).transpose(1, 2)  # (B, C, T, H / 2, W / 2)


class SheetConv(nn.Conv2d):
    """A convolution of the MFCC sheet that keeps its size, no bias: (B, c, 13, L) -> (B, C, 13, L)."""

    def __init__(self, inputs: int, channels: int, kernel: tuple[int, int]) -> None:
        padding = (kernel[0] // 2, kernel[1] // 2)
        super().__init__(inputs, channels, kernel, padding=padding, bias=False)
        nn.init.kaiming_normal_(self.weight)

    def apply_weights(self, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        """Convolve `x` with weights and a bias other than its own."""
        return self._conv_forward(x, weight, bias)


Conv = SpaceConv | TimeConv | ClipConv | SheetConv


class Unit(nn.Module):
    """A convolution, its batch norm and ReLU; where no gradient is needed the norm is worked into the weights.

    Args:
        conv: a convolution of this module with C output channels.
        momentum: of the batch norm.
        eps: of the batch norm.
    """

    def __init__(self, conv: Conv, momentum: float = 0.1, eps: float = 1e-5) -> None:
        super().__init__()
        norm = nn.BatchNorm3d if conv.weight.ndim == 5 else nn.BatchNorm2d
        self.conv, self.norm = conv, norm(len(conv.weight), eps, momentum)

    def forward(self, x: Tensor) -> Tensor:
        """Return the map after ReLU."""
        if self.training or tracks_gradients(self, x):  # methods that read the norms differentiate, and find them run
            return F.relu(self.norm(self.conv(x)))
        scale = self.norm.weight / torch.sqrt(self.norm.get_buffer("running_var") + self.norm.eps)  # (C,)
        weight = self.conv.weight * scale.unflatten(0, (-1, *[1] * (self.conv.weight.ndim - 1)))
        bias = self.norm.bias - self.norm.get_buffer("running_mean") * scale
        return self.conv.apply_weights(x, weight, bias).relu_()


def fold_frames(x: Tensor) -> Tensor:
    """Return the frames of clips (B, c, T, h, w) as pictures (B * T, c, h, w), channels last in memory."""
    return x.contiguous(memory_format=LAYOUT).transpose(1, 2).flatten(0, 1)


def pool_frames(x: Tensor) -> Tensor:
    """Halve every frame by the maximum of 3 x 3 cells: (B, C, T, h, w) -> (B, C, T, h / 2, w / 2)."""
    maps = F.max_pool2d(fold_frames(x), 3, 2, 1)
    return maps.unflatten(0, (len(x), -1)).transpose(1, 2)  # (B, C, T, h / 2, w / 2)


def tracks_gradients(module: nn.Module, inputs: Tensor) -> bool:
    """Say whether autograd would keep what happens to `inputs` inside `module`."""
    if not torch.is_grad_enabled():
        return False
    return inputs.requires_grad or any(parameter.requires_grad for parameter in module.parameters())


def in_chunks(run: Callable[[Tensor], Tensor], x: Tensor, reach: int, size: int) -> Tensor:
    """Return `run(x)` for `x` (B, c, T, ...), computed from pieces of `size` frames and `reach` more on both sides.

    `run` keeps the number of frames and pads them with zeros at both ends, layer by layer.
    """
    count = x.shape[2]
    if count <= size + 2 * reach:
        return run(x)
    whole = torch.empty(0)
    for start in range(0, count, size):
        stop = min(start + size, count)
        first = max(start - reach, 0)
        piece = run(x[:, :, first : stop + reach])[:, :, start - first : stop - first]
        if start == 0:
            shape = (*piece.shape[:2], count, *piece.shape[3:])
            whole = torch.empty(shape, dtype=piece.dtype, device=piece.device, memory_format=LAYOUT)
        whole[:, :, start:stop] = piece
    return whole
