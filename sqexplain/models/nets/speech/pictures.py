"""The part of TalkNet's face stream that sees each frame alone: a ResNet with its norms behind the sums."""

from torch import Tensor, nn
from torch.nn import functional as F

WIDTHS = (64, 128, 256, 512)


class PictureNet(nn.Module):
    """(N, 64, 28, 28) to (N, 512, 4, 4)."""

    def __init__(self) -> None:
        super().__init__()
        self.layer1, self.layer2, self.layer3, self.layer4 = (
            DoubleBlock(inputs, channels, stride)
            for inputs, channels, stride in zip((64, *WIDTHS), WIDTHS, (1, 2, 2, 2), strict=False)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Run the four layers."""
        return self.layer4(self.layer3(self.layer2(self.layer1(x))))


class DoubleBlock(nn.Module):
    """Two residual blocks; the sum is normalised, but the second shortcut begins before that.

    (N, inputs, h, w) becomes (N, channels, h / stride, w / stride).
    """

    def __init__(self, inputs: int, channels: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.conv1a, self.conv2a = _conv(inputs, channels, 3, stride), _conv(channels, channels, 3)
        self.conv1b, self.conv2b = _conv(channels, channels, 3), _conv(channels, channels, 3)
        self.downsample = _conv(inputs, channels, 1, stride)  # published for every layer, used where the size changes
        self.bn1a, self.outbna, self.bn1b, self.outbnb = (
            nn.BatchNorm2d(channels, momentum=0.01, eps=0.001) for _ in range(4)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the map after both blocks."""
        shortcut = x if self.stride == 1 else self.downsample(x)
        middle = self.conv2a(F.relu(self.bn1a(self.conv1a(x)))) + shortcut
        x = F.relu(self.outbna(middle))
        x = self.conv2b(F.relu(self.bn1b(self.conv1b(x)))) + middle
        return F.relu(self.outbnb(x))


def _conv(inputs: int, channels: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, channels, kernel, stride, kernel // 2, bias=False)
