"""Light-ASD written down as its published layer table says, with the published names: the yardstick of the fast one.

Liao et al., https://arxiv.org/abs/2303.04439. B clips, T frames.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WIDTH = 128


class LiteralBlock(nn.Module):
    """Two branches of two convolutions each, kernel 3 and 5, added; then a 1 x 1 convolution.

    Args:
        inputs: channels that come in.
        channels: channels that go out.
        names: first letter of the two convolutions of a branch, as published.
        shapes: their kernels, with 0 in the place of the kernel size.
        stride: of the first convolution.
    """

    def __init__(self, inputs: int, channels: int, names: str, shapes: tuple[tuple, tuple], stride: tuple) -> None:
        super().__init__()
        conv: type[nn.Module] = nn.Conv3d if len(stride) == 3 else nn.Conv2d
        norm: type[nn.Module] = nn.BatchNorm3d if len(stride) == 3 else nn.BatchNorm2d
        self.names = names
        for size in (3, 5):
            for name, shape, first in zip(names, shapes, (True, False), strict=True):
                kernel = tuple(one or size for one in shape)
                padding = tuple(one // 2 for one in kernel)
                step = stride if first else 1
                layer = conv(inputs if first else channels, channels, kernel, step, padding, bias=False)
                self.add_module(f"{name}_{size}", layer)
                self.add_module(f"bn_{name}_{size}", norm(channels, momentum=0.01, eps=0.001))
        self.last = conv(channels, channels, 1, bias=False)
        self.bn_last = norm(channels, momentum=0.01, eps=0.001)

    def run(self, name: str, x: Tensor) -> Tensor:
        """Return `x` after a convolution, its batch norm and ReLU."""
        return F.relu(self.get_submodule(f"bn_{name}")(self.get_submodule(name)(x)))

    def forward(self, x: Tensor) -> Tensor:
        """(B, c, ...) becomes (B, channels, ...)."""
        first, second = tuple(self.names)
        branches = [self.run(f"{second}_{size}", self.run(f"{first}_{size}", x)) for size in (3, 5)]
        return self.run("last", branches[0] + branches[1])


class LiteralVisual(nn.Module):
    """Pictures (B, 1, T, 112, 112) to vectors (B, T, 128)."""

    def __init__(self) -> None:
        super().__init__()
        shapes = ((1, 0, 0), (0, 1, 1))
        self.block1 = LiteralBlock(1, 32, "st", shapes, (1, 2, 2))
        self.block2 = LiteralBlock(32, 64, "st", shapes, (1, 1, 1))
        self.block3 = LiteralBlock(64, WIDTH, "st", shapes, (1, 1, 1))
        self.pool = nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Return the maximum of each of the 128 maps of 14 x 14 cells."""
        x = self.block3(self.pool(self.block2(self.pool(self.block1(x)))))  # (B, 128, T, 14, 14)
        return x.amax((3, 4)).transpose(1, 2)


class LiteralAudio(nn.Module):
    """The MFCC sheet (B, 1, 13, 4T) to vectors (B, T, 128)."""

    def __init__(self) -> None:
        super().__init__()
        shapes = ((0, 1), (1, 0))
        self.block1 = LiteralBlock(1, 32, "mt", shapes, (1, 1))
        self.block2 = LiteralBlock(32, 64, "mt", shapes, (1, 1))
        self.block3 = LiteralBlock(64, WIDTH, "mt", shapes, (1, 1))
        self.pool = nn.MaxPool2d((1, 3), (1, 2), (0, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Return the mean over the 13 rows."""
        x = self.block3(self.pool(self.block2(self.pool(self.block1(x)))))  # (B, 128, 13, T)
        return x.mean(2).transpose(1, 2)


class LiteralMemory(nn.Module):
    """One recurrent layer forwards in time, one backwards on top of it: (B, T, 128) to (B, T, 128)."""

    def __init__(self) -> None:
        super().__init__()
        self.gru_forward = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.gru_backward = nn.GRU(WIDTH, WIDTH, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        """Return what both layers made of the sequence."""
        x = F.gelu(self.gru_forward(x)[0])
        return F.gelu(self.gru_backward(x.flip(1))[0].flip(1))


class LiteralLight(nn.Module):
    """The whole net; a published checkpoint loads with strict=True."""

    def __init__(self) -> None:
        super().__init__()
        self.model = nn.ModuleDict(
            {"visualEncoder": LiteralVisual(), "audioEncoder": LiteralAudio(), "GRU": LiteralMemory()}
        )
        self.lossAV = nn.ModuleDict({"FC": nn.Linear(WIDTH, 2)})
        self.lossV = nn.ModuleDict({"FC": nn.Linear(WIDTH, 2)})

    def forward(self, frames: Tensor, audio: Tensor) -> Tensor:
        """Return logits (B * T, 2) for normalised pictures (B, 1, T, 112, 112) and MFCC (B, 1, 13, 4T)."""
        visual, pooled_audio = (
            self.model["visualEncoder"](frames),
            self.model["audioEncoder"](audio),
        )  # (B, T, 128) each
        return self.lossAV["FC"](self.model["GRU"](pooled_audio + visual)).flatten(0, 1)

    def classify_visual(self, frames: Tensor) -> Tensor:
        """Return the logits (B * T, 2) of the head that sees the face alone."""
        return self.lossV["FC"](self.model["visualEncoder"](frames)).flatten(0, 1)


def randomised(net: nn.Module, seed: int = 0) -> nn.Module:
    """Give every batch norm of `net` weights and statistics unlike a fresh one's; return `net` in eval mode."""
    source = torch.Generator().manual_seed(seed)
    for module in net.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            for tensor in (module.weight, module.get_buffer("running_var")):
                tensor.data.uniform_(0.5, 1.5, generator=source)
            for tensor in (module.bias, module.get_buffer("running_mean")):
                tensor.data.normal_(0, 0.3, generator=source)
    return net.eval()
