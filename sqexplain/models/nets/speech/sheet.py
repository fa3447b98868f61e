"""TalkNet's sound stream: a ResNet over the MFCC sheet with Squeeze-and-Excitation in every block."""

from torch import Tensor, nn
from torch.nn import functional as F

WIDTHS, DEPTHS = (16, 32, 64, 128), (3, 4, 6, 3)
STRIDES = (1, 2, 2, 1)


class SheetNet(nn.Module):
    """The MFCC sheet (B, 1, 13, 4T) to maps (B, 128, 2, T)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, WIDTHS[0], 7, (2, 1), 3, bias=False)
        self.bn1 = nn.BatchNorm2d(WIDTHS[0])
        sizes = zip((WIDTHS[0], *WIDTHS), WIDTHS, DEPTHS, STRIDES, strict=False)
        self.layer1, self.layer2, self.layer3, self.layer4 = (_layer(*size) for size in sizes)

    def forward(self, sheet: Tensor) -> Tensor:
        """Return the maps of the last layer."""
        x = F.relu(self.bn1(self.conv1(sheet)))  # (B, 16, 7, 4T)
        return self.layer4(self.layer3(self.layer2(self.layer1(x))))


class GatedBlock(nn.Module):
    """Two convolutions and a gate for each channel around a shortcut; the first norm comes after its ReLU.

    (B, inputs, h, w) becomes (B, channels, h / stride, w / stride).
    """

    def __init__(self, inputs: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, channels, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)
        self.se = Gate(channels)
        self.downsample: nn.Module = nn.Identity()
        if stride != 1 or inputs != channels:
            conv = nn.Conv2d(inputs, channels, 1, stride, bias=False)
            self.downsample = nn.Sequential(conv, nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum after ReLU."""
        y = self.se(self.bn2(self.conv2(self.bn1(F.relu(self.conv1(x))))))
        return F.relu(y + self.downsample(x))


class Gate(nn.Module):
    """Scales each channel by a number in (0, 1) that its mean over the sheet gives: (B, C, h, w) to (B, C, h, w)."""

    def __init__(self, channels: int, reduction: int = 8) -> None:
        super().__init__()
        self.fc = nn.Sequential(
            nn.Linear(channels, channels // reduction),
            nn.ReLU(),
            nn.Linear(channels // reduction, channels),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the scaled map."""
        return x * self.fc(x.mean((2, 3)))[..., None, None]


def _layer(inputs: int, channels: int, depth: int, stride: int) -> nn.Sequential:
    first = GatedBlock(inputs, channels, stride)
    return nn.Sequential(first, *(GatedBlock(channels, channels, 1) for _ in range(depth - 1)))
