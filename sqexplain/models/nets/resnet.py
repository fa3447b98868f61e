"""Small ResNets for pictures of 32 to 96 pixels: the nets that we train and ship."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Whitening(nn.Module):
    """Fixed 2x2 filters that decorrelate the pixels: the eigenvectors of training patches and their negatives.

    (N, 3, H, W) becomes (N, 24, H, W). `fit` sets the filters; only the bias is trained.
    """

    def __init__(self, kernel: int = 2):
        super().__init__()
        width = 3 * kernel * kernel
        self.pad = (0, kernel - 1, 0, kernel - 1)
        self.conv = nn.Conv2d(3, 2 * width, kernel)
        self.conv.weight.requires_grad_(False)

    @torch.no_grad()
    def fit(self, pictures: Tensor, eps: float = 5e-4) -> None:
        """Set the filters from normalised training pictures (N, 3, H, W)."""
        kernel, width = self.conv.kernel_size[0], self.conv.out_channels // 2
        patches = F.unfold(pictures, kernel).transpose(1, 2).reshape(-1, width).double()  # (N * positions, 3 k^2)
        values, vectors = torch.linalg.eigh(patches.T @ patches / len(patches))
        filters = (vectors / (values + eps).sqrt()).T.flip(0).reshape(width, 3, kernel, kernel)
        self.conv.weight.copy_(torch.cat([filters, -filters]))
        self.conv.get_parameter("bias").zero_()

    def forward(self, x: Tensor) -> Tensor:
        """Filter, keeping the size: the last row and column are repeated."""
        return F.relu(self.conv(F.pad(x, self.pad, mode="replicate")))


class Stage(nn.Module):
    """A convolution that halves the map, then `depth` convolutions with a shortcut around them."""

    def __init__(self, inputs: int, channels: int, depth: int):
        super().__init__()
        self.entry = _conv(inputs, channels)
        self.norm = _norm(channels)
        self.convs = nn.ModuleList(_conv(channels, channels) for _ in range(depth))
        self.norms = nn.ModuleList(_norm(channels) for _ in range(depth))

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) becomes (N, channels, H / 2, W / 2)."""
        x = F.relu(self.norm(F.max_pool2d(self.entry(x), 2)))  # (N, channels, H / 2, W / 2)
        y = x
        for conv, norm in zip(self.convs[:-1], self.norms[:-1], strict=True):
            y = F.relu(norm(conv(y)))
        return F.relu(x + self.norms[-1](self.convs[-1](y)))


class SmallResNet(nn.Module):
    """Whitening stem, stages that halve the map, average pool, linear head.

    Args:
        classes: number K of logits.
        widths: channels of each stage.
        depths: convolutions inside the shortcut of each stage.
        scale: factor on the logits, in training and ever after; below 1 it keeps the net from being sure too early.
    """

    def __init__(self, classes: int, widths: tuple[int, ...], depths: tuple[int, ...], scale: float):
        super().__init__()
        self.scale = scale
        self.stem = Whitening()
        sizes = (self.stem.conv.out_channels, *widths)
        self.stages = nn.Sequential(*(Stage(*triple) for triple in zip(sizes, widths, depths, strict=False)))
        self.head = nn.Linear(widths[-1], classes)

    def forward(self, frames: Tensor) -> Tensor:
        """(N, 3, H, W) normalised pictures -> (N, K) logits."""
        maps = self.stages(self.stem(frames))  # (N, C, h, w)
        return self.head(maps.mean((2, 3))) * self.scale


def _conv(inputs: int, channels: int) -> nn.Conv2d:
    conv = nn.Conv2d(inputs, channels, 3, padding=1, bias=False)
    nn.init.dirac_(conv.weight[: min(inputs, channels)].data)  # starts as a copy of its input
    return conv


def _norm(channels: int) -> nn.BatchNorm2d:
    norm = nn.BatchNorm2d(channels, momentum=0.3)
    norm.weight.requires_grad_(False)  # the scale stays 1: the next convolution can do its work
    return norm
