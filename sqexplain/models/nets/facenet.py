"""A small residual net for aligned faces: 64x80 pixels in, a map of 128 x 10 x 8, average pool, linear head."""

from torch import Tensor, nn
from torch.nn import functional as F


class Residual(nn.Module):
    """Two convolutions with a shortcut around them; `stride` 2 halves the map."""

    def __init__(self, inputs: int, channels: int, stride: int = 1):
        super().__init__()
        self.first = _conv(inputs, channels, stride)
        self.first_norm = _norm(channels)
        self.second = _conv(channels, channels)
        self.second_norm = _norm(channels)
        same = inputs == channels and stride == 1
        short = nn.Conv2d(inputs, channels, 1, stride, bias=False)
        self.short = nn.Identity() if same else nn.Sequential(short, _norm(channels))

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) becomes (N, channels, H / stride, W / stride)."""
        y = F.relu(self.first_norm(self.first(x)))
        return F.relu(self.short(x) + self.second_norm(self.second(y)))


class FaceNet(nn.Module):
    """A stem of two strided convolutions, three residual blocks, average pool, linear head.

    Args:
        classes: number K of logits.
        widths: channels of the two convolutions of the stem, then of the three blocks.
    """

    def __init__(self, classes: int, widths: tuple[int, ...] = (32, 64, 64, 96, 128)):
        super().__init__()
        first, second, *blocks = widths
        self.stem = nn.Sequential(
            nn.Conv2d(3, first, 4, 2, padding=1, bias=False),
            _norm(first),
            nn.ReLU(),
            _conv(first, second, 2),
            _norm(second),
            nn.ReLU(),
        )
        sizes, strides = zip([second, *blocks[:-1]], blocks, strict=True), (1, 2, 1)
        self.stages = nn.Sequential(*(Residual(*pair, stride) for pair, stride in zip(sizes, strides, strict=True)))
        self.head = nn.Linear(blocks[-1], classes)

    def forward(self, frames: Tensor) -> Tensor:
        """(N, 3, 80, 64) normalised pictures -> (N, K) logits."""
        maps = self.stages(self.stem(frames))  # (N, C, 10, 8)
        return self.head(maps.mean((2, 3)))


def _conv(inputs: int, channels: int, stride: int = 1) -> nn.Conv2d:
    conv = nn.Conv2d(inputs, channels, 3, stride, padding=1, bias=False)
    nn.init.dirac_(conv.weight[: min(inputs, channels)].data)  # starts as a copy of its input
    return conv


def _norm(channels: int) -> nn.BatchNorm2d:
    norm = nn.BatchNorm2d(channels)
    norm.weight.requires_grad_(False)  # the scale stays 1: the next convolution can do its work
    return norm
