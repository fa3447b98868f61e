"""The speaker net that we train and ship: small enough for a laptop, with the map size of Light-ASD."""

from torch import Tensor, nn
from torch.nn import functional as F

from sqexplain.models.speaking.convolution import SpaceConv, TimeConv
from sqexplain.models.speaking.twostream import FaceStream, Stage, TwoStream


class Step(nn.Module):
    """Convolution over space, then over time: (B, c, T, H, W) -> (B, C, T, H / stride, W / stride)."""

    def __init__(self, inputs: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.space, self.space_norm = SpaceConv(inputs, channels, 3, stride), nn.BatchNorm3d(channels)
        self.time, self.time_norm = TimeConv(channels, channels, 3), nn.BatchNorm3d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve, with batch norm and ReLU after each."""
        x = F.relu(self.space_norm(self.space(x)))
        return F.relu(self.time_norm(self.time(x)))


class Face(FaceStream):
    """Pictures of 112 pixels, halved at once, to maps of 14 x 14 cells."""

    def __init__(self, widths: tuple[int, int, int]) -> None:
        super().__init__()
        first, second, third = widths
        self.steps = nn.ModuleList([Step(1, first, stride=2), Step(first, second), Step(second, third)])

    def stages(self) -> list[Stage]:
        """Return the whole stream as one stage; every step reaches one frame."""
        return [Stage(self.encode, reach=len(self.steps))]

    def encode(self, frames: Tensor) -> Tensor:
        """Return the maps (B, C, T, 14, 14)."""
        x = self.steps[0](F.avg_pool3d(frames, (1, 2, 2)))  # (B, c, T, 28, 28)
        x = F.max_pool3d(x, (1, 2, 2))  # (B, c, T, 14, 14)
        return self.steps[2](self.steps[1](x))


class VoiceStep(nn.Module):
    """Convolution over the rows of the sheet, then over time: (B, c, 13, L) -> (B, A, 13, L)."""

    def __init__(self, inputs: int, channels: int) -> None:
        super().__init__()
        self.rows = nn.Conv2d(inputs, channels, (3, 1), padding=(1, 0), bias=False)
        self.time = nn.Conv2d(channels, channels, (1, 5), padding=(0, 2), bias=False)
        self.rows_norm, self.time_norm = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve, with batch norm and ReLU after each."""
        x = F.relu(self.rows_norm(self.rows(x)))
        return F.relu(self.time_norm(self.time(x)))


class Voice(nn.Module):
    """The MFCC sheet (B, 1, 13, 4T) to maps (B, A, 13, T)."""

    def __init__(self, widths: tuple[int, int, int]) -> None:
        super().__init__()
        first, second, third = widths
        self.norm = nn.BatchNorm2d(1)  # coefficient 0 is an energy of about -36 ... 20, the others are smaller
        self.steps = nn.ModuleList([VoiceStep(1, first), VoiceStep(first, second), VoiceStep(second, third)])

    def forward(self, sheet: Tensor) -> Tensor:
        """Return the maps (B, A, 13, T)."""
        x = F.max_pool2d(self.steps[0](self.norm(sheet)), (1, 2))  # (B, c, 13, 2T)
        x = F.max_pool2d(self.steps[1](x), (1, 2))  # (B, c, 13, T)
        return self.steps[2](x)


class SmallSpeaker(TwoStream):
    """A net of less than 0.1 million weights; its head reads the maximum of every face map.

    Args:
        face: channels of the three steps of the face stream, the last one is C.
        voice: those of the voice stream, the last one is A.
        hidden: width of the joined vector.
        memory: units of the recurrent layer, for each direction.
    """

    def __init__(
        self,
        face: tuple[int, int, int] = (12, 24, 48),
        voice: tuple[int, int, int] = (16, 32, 48),
        hidden: int = 64,
        memory: int = 48,
    ) -> None:
        super().__init__(Face(face), Voice(voice), fused=True)
        self.join = nn.Linear(voice[-1] + face[-1], hidden)
        self.memory = nn.GRU(hidden, memory, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * memory, 2)
        self.face_head = nn.Linear(face[-1], 2)

    def decide(self, seen: Tensor, heard: Tensor) -> Tensor:
        """Return the logits (B * T, 2) for `seen` (B, T, C) and `heard` (B, T, A)."""
        joined = F.relu(self.join(self.fuse(heard, seen)))  # (B, T, hidden)
        return self.head(self.memory(joined)[0]).flatten(0, 1)  # (B * T, 2)

    def look(self, seen: Tensor) -> Tensor:
        """Return logits (B * T, 2) from the face alone, for an auxiliary loss in training."""
        return self.face_head(seen).flatten(0, 1)  # (B * T, 2)
