"""The speaker net that we train and ship: small enough for a laptop, with the map size of Light-ASD."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sqexplain.models.nets.speech.convolution import SheetConv, SpaceConv, TimeConv, Unit
from sqexplain.models.nets.speech.twostream import FaceStream, Stage, TwoStream


class Face(FaceStream):
    """Pictures of 112 pixels to maps of 14 x 14 cells; each step is a unit over space and one over time.

    Args:
        widths: channels of the three steps.
    """

    def __init__(self, widths: tuple[int, int, int]) -> None:
        super().__init__()
        self.steps = nn.ModuleList()
        for inputs, channels in zip((1, *widths), widths, strict=False):
            space = SpaceConv(1, channels, 7, stride=4) if inputs == 1 else SpaceConv(inputs, channels, 3)
            self.steps.append(nn.Sequential(Unit(space), Unit(TimeConv(channels, channels, 3))))

    def stages(self) -> list[Stage]:
        """Return the whole stream as one stage; every step reaches one frame."""
        return [Stage(self.encode, reach=len(self.steps))]

    def encode(self, frames: Tensor) -> Tensor:
        """Return the maps (B, C, T, 14, 14)."""
        x = F.max_pool3d(self.steps[0](frames), (1, 2, 2))  # (B, c, T, 14, 14)
        return self.steps[2](self.steps[1](x))


class Voice(nn.Module):
    """The MFCC sheet (B, 1, 13, 4T) to maps (B, A, 13, T); each step is a unit over the rows, one over time.

    Args:
        widths: channels of the three steps.
    """

    def __init__(self, widths: tuple[int, int, int]) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(1)  # coefficient 0 is an energy of about -36 ... 20, the others are smaller
        self.steps = nn.ModuleList()
        for inputs, channels in zip((1, *widths), widths, strict=False):
            rows, time = SheetConv(inputs, channels, (3, 1)), SheetConv(channels, channels, (1, 5))
            self.steps.append(nn.Sequential(Unit(rows), Unit(time)))

    def forward(self, sheet: Tensor) -> Tensor:
        """Return the maps (B, A, 13, T)."""
        x = F.max_pool2d(self.steps[0](self.norm(sheet)), (1, 2))  # (B, c, 13, 2T)
        x = F.max_pool2d(self.steps[1](x), (1, 2))  # (B, c, 13, T)
        return self.steps[2](x)


class SmallSpeaker(TwoStream):
    """A net of about 0.13 million weights; its head reads the maximum of every face map.

    Besides both streams the head sees products of a face number and a sound number of the same frame: whether lips
    and sound go together is a question of correlation, which sums of the two say only through many hidden units.

    Args:
        face: channels of the three steps of the face stream, the last one is C.
        voice: those of the voice stream, the last one is A.
        products: how many numbers of each stream are multiplied.
        hidden: width of the joined vector.
        memory: units of the recurrent layer, for each direction.
    """

    def __init__(
        self,
        face: tuple[int, int, int] = (16, 32, 64),
        voice: tuple[int, int, int] = (16, 32, 64),
        products: int = 48,
        hidden: int = 64,
        memory: int = 48,
    ) -> None:
        super().__init__(Face(face), Voice(voice), fused=True)
        self.shares = voice[-1], face[-1]
        self.lips, self.sounds = Scaled(face[-1], products), Scaled(voice[-1], products)
        self.join = nn.Linear(sum(self.shares) + products, hidden)
        self.memory = nn.GRU(hidden, memory, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * memory, 2)
        self.face_head, self.voice_head = nn.Linear(face[-1], 2), nn.Linear(voice[-1], 2)

    def classify(self, visual: Tensor, audio: Tensor) -> Tensor:
        """Return the logits (B * T, 2) for `visual` (B, T, C) and `audio` (B, T, A)."""
        both = self.fuse(audio, visual)  # (B, T, D)
        audio, visual = both.split(self.shares, 2)
        product = self.lips(visual) * self.sounds(audio)  # (B, T, products)
        joined = F.relu(self.join(torch.cat([both, product], 2)))  # (B, T, hidden)
        return self.head(self.memory(joined)[0]).flatten(0, 1)  # (B * T, 2)

    def classify_visual(self, visual: Tensor) -> Tensor:
        """Return logits (B * T, 2) from the face alone, for an auxiliary loss in training."""
        return self.face_head(visual).flatten(0, 1)

    def classify_audio(self, audio: Tensor) -> Tensor:
        """Return logits (B * T, 2) from the sound alone, for an auxiliary loss in training."""
        return self.voice_head(audio).flatten(0, 1)


class Scaled(nn.Module):
    """A linear layer whose outputs have mean 0 and variance 1 over the training clips: (B, T, c) -> (B, T, C)."""

    def __init__(self, inputs: int, channels: int) -> None:
        super().__init__()
        self.linear, self.norm = nn.Linear(inputs, channels, bias=False), nn.BatchNorm1d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Project every frame."""
        return self.norm(self.linear(x).transpose(1, 2)).transpose(1, 2)  # the norm wants (B, C, T)
