"""Convolutions over clips, split into space and time as the published nets are, and evaluated as plain 2-D ones.

The weights keep the five axes (out, in, time, height, width) of the published files.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SpaceConv(nn.Module):
    """A k x k convolution of every frame, no bias: (B, c, T, H, W) -> (B, C, T, H / stride, W / stride)."""

    def __init__(self, inputs: int, channels: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.stride, self.padding = stride, kernel // 2
        self.weight = nn.Parameter(torch.empty(channels, inputs, 1, kernel, kernel))
        nn.init.kaiming_normal_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve the frames as a batch of pictures."""
        pictures = x.transpose(1, 2).flatten(0, 1)  # (B * T, c, H, W)
        maps = F.conv2d(pictures, self.weight[:, :, 0], stride=self.stride, padding=self.padding)
        return maps.unflatten(0, (len(x), -1)).transpose(1, 2)  # (B, C, T, h, w)


class TimeConv(nn.Module):
    """A convolution over k frames at every place, no bias: (B, c, T, h, w) -> (B, C, T, h, w)."""

    def __init__(self, inputs: int, channels: int, kernel: int) -> None:
        super().__init__()
        self.padding = kernel // 2
        self.weight = nn.Parameter(torch.empty(channels, inputs, kernel, 1, 1))
        nn.init.kaiming_normal_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve with frames as rows and places as columns, many times faster than a 3-D convolution."""
        maps = F.conv2d(x.flatten(3), self.weight[..., 0], padding=(self.padding, 0))  # (B, C, T, h * w)
        return maps.unflatten(3, x.shape[3:])  # (B, C, T, h, w)
