"""Light-ASD: the published speaker net, Liao et al., https://arxiv.org/abs/2303.04439, evaluated fast.

B clips, T frames. `literal.py` holds the same net as its layer table says.
"""

import re
from collections.abc import Callable

from torch import Tensor, nn
from torch.nn import functional as F

from sqexplain.models.nets.speech.convolution import Conv, SheetConv, SpaceConv, TimeConv, Unit, pool_frames
from sqexplain.models.nets.speech.twostream import FaceStream, Stage, TwoStream

WIDTHS = (32, 64, 128)

# The published names: model.visualEncoder.block2.bn_t_5.weight is our face.blocks.1.five.1.norm.weight.
ENCODER = re.compile(r"model\.(visual|audio)Encoder\.block(\d)\.(bn_)?(?:([smt])_([35])|last)\.(.+)")
STREAMS = {"visual": "face", "audio": "voice"}
BRANCHES = {"3": "three", "5": "five"}
HEADS = {
    "model.GRU.gru_forward.": "memory.onward.",
    "model.GRU.gru_backward.": "memory.back.",
    "lossAV.FC.": "head.",
    "lossV.FC.": "face_head.",
}


class Block(nn.Module):
    """Two branches of two convolutions each, kernel 3 and 5, added; then a 1 x 1 convolution.

    Args:
        branch: makes the convolutions of a branch from the kernel size.
        last: the 1 x 1 convolution.
    """

    def __init__(self, branch: Callable[[int], tuple[Conv, Conv]], last: Conv) -> None:
        super().__init__()
        self.three, self.five = (nn.Sequential(*map(_unit, branch(kernel))) for kernel in (3, 5))
        self.last = _unit(last)

    def forward(self, x: Tensor) -> Tensor:
        """(B, c, ...) becomes (B, channels, ...)."""
        three, five = self.three(x), self.five(x)
        return self.last(three + five if three.requires_grad else three.add_(five))


class Face(FaceStream):
    """Pictures (B, 1, T, 112, 112) to maps (B, 128, T, 14, 14)."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            [_face_block(1, WIDTHS[0], stride=2), _face_block(*WIDTHS[:2]), _face_block(*WIDTHS[1:])]
        )

    def stages(self) -> list[Stage]:
        """Return the three blocks, with the pooling between them and the two frames that a kernel of 5 reaches."""
        first, second, third = self.blocks
        return [
            Stage(lambda x: pool_frames(first(x)), reach=2, chunk=24),
            Stage(lambda x: pool_frames(second(x)), reach=2, chunk=64),
            Stage(third, reach=2, chunk=64),
        ]


class Voice(nn.Module):
    """The MFCC sheet (B, 1, 13, 4T) to maps (B, 128, 13, T)."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([_voice_block(1, WIDTHS[0]), _voice_block(*WIDTHS[:2]), _voice_block(*WIDTHS[1:])])

    def forward(self, sheet: Tensor) -> Tensor:
        """Return the maps (B, 128, 13, T)."""
        x = self.blocks[0](sheet)  # (B, 32, 13, 4T)
        for block in self.blocks[1:]:
            x = block(F.max_pool2d(x, (1, 3), (1, 2), (0, 1)))  # half as many columns
        return x


class Memory(nn.Module):
    """One recurrent layer forwards in time and on top of it one backwards: (B, T, 128) to (B, T, 128)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.onward, self.back = (nn.GRU(width, width, batch_first=True) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        """Return what both layers made of the sequence."""
        x = F.gelu(self.onward(x)[0])
        return F.gelu(self.back(x.flip(1))[0].flip(1))


class LightSpeaker(TwoStream):
    """Light-ASD: the streams are added, so there is no `fusion_end`; its head reads the maximum of every face map."""

    def __init__(self) -> None:
        super().__init__(Face(), Voice(), fused=False)
        width = WIDTHS[-1]
        self.memory = Memory(width)
        self.head, self.face_head = nn.Linear(width, 2), nn.Linear(width, 2)

    def classify(self, visual: Tensor, audio: Tensor) -> Tensor:
        """Return the logits (B * T, 2) for `visual` (B, T, 128) and `audio` (B, T, 128)."""
        return self.head(self.memory(audio + visual)).flatten(0, 1)

    def classify_visual(self, visual: Tensor) -> Tensor:
        """Return the logits (B * T, 2) of the head that sees the face alone."""
        return self.face_head(visual).flatten(0, 1)


def adapt_light(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return a published checkpoint with the names of `LightSpeaker`; other names stay as they are."""
    return {_adapt_name(key): value for key, value in state.items()}


def _adapt_name(key: str) -> str:
    if found := ENCODER.fullmatch(key):
        stream, block, norm, place, kernel, rest = found.groups()
        unit = f"{BRANCHES[kernel]}.{int(place == 't')}" if kernel else "last"
        return f"{STREAMS[stream]}.blocks.{int(block) - 1}.{unit}.{'norm' if norm else 'conv'}.{rest}"
    for theirs, ours in HEADS.items():
        if key.startswith(theirs):
            return ours + key.removeprefix(theirs)
    return key


def _face_block(inputs: int, channels: int, stride: int = 1) -> Block:
    def branch(kernel: int) -> tuple[Conv, Conv]:
        return SpaceConv(inputs, channels, kernel, stride), TimeConv(channels, channels, kernel)

    return Block(branch, SpaceConv(channels, channels, 1))


def _voice_block(inputs: int, channels: int) -> Block:
    def branch(kernel: int) -> tuple[Conv, Conv]:
        return SheetConv(inputs, channels, (kernel, 1)), SheetConv(channels, channels, (1, kernel))

    return Block(branch, SheetConv(channels, channels, (1, 1)))


def _unit(conv: Conv) -> Unit:
    return Unit(conv, momentum=0.01, eps=0.001)
