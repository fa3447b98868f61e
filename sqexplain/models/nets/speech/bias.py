"""BIAS: a speaker net that sees face and body, with gates of its own; Roxo et al., https://arxiv.org/abs/2412.05134.

Its streams are those of TalkNet (Tao et al., https://arxiv.org/abs/2107.06592). B clips, T frames. The gates are one
vector for each clip; the published code makes one for all clips of a batch, and lets their frames run into each other.
"""

import re

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sqexplain.models.nets.speech.convolution import ClipConv, Unit, fold_frames, pool_frames
from sqexplain.models.nets.speech.pictures import PictureNet
from sqexplain.models.nets.speech.sheet import SheetNet
from sqexplain.models.nets.speech.twostream import FaceStream, Junction, Stage, TwoStream, check_pair

WIDTH = 128  # of each stream where they meet
CHUNK = 16
FRAMES_SEEN = 5  # by the first convolution

RENAMED = {
    "model.visualFrontend.resnet.se.fc.": "face_end.squeeze_excite.",
    "model.visualFrontendBody.resnet.se.fc.": "body_end.squeeze_excite.",
    "se.fc.": "fusion_end.squeeze_excite.",
    "model.visualFrontend.frontend3D.0.": "face.entry.conv.",
    "model.visualFrontend.frontend3D.1.": "face.entry.norm.",
    "model.visualFrontend.resnet.": "face.resnet.",
    "model.visualFrontendBody.frontend3D.0.": "body.entry.conv.",
    "model.visualFrontendBody.frontend3D.1.": "body.entry.norm.",
    "model.visualFrontendBody.resnet.": "body.resnet.",
    "model.visualTCN.net.": "face_track.steps.",
    "model.visualTCNBody.net.": "body_track.steps.",
    "model.visualConv1D.net.": "face_track.narrow.",
    "model.visualConv1DBody.net.": "body_track.narrow.",
    "model.audioEncoder.": "voice.",
    "model.a_att.": "voice_attention.",
    "model.v_att.": "face_attention.",
    "model.vb_att.": "body_attention.",
    "model.comb_att.": "attention.",
    "lossComb.FC.": "head.",
    "lossA.FC.": "voice_head.",
    "lossV.FC.": "face_head.",
    "lossVB.FC.": "body_head.",
}
GATES = {"0.weight": "reduce.weight", "2.weight": "expand.weight"}
# Built and saved by the authors, but run nowhere.
UNUSED = re.compile(r"(model\.(cross\w+|self(AV|ABV|Comb)|comb_att_2)|lossFBA|se\.fc_comb)\..+")


class Front(FaceStream):
    """Pictures (B, 1, T, 112, 112) to maps (B, 512, T, 4, 4)."""

    def __init__(self) -> None:
        super().__init__()
        self.entry = Unit(ClipConv(64, FRAMES_SEEN, 7), momentum=0.01, eps=0.001)
        self.resnet = PictureNet()

    def stages(self) -> list[Stage]:
        """Return the convolution over a few frames, then the net that sees each frame alone."""
        begin = Stage(lambda frames: pool_frames(self.entry(frames)), FRAMES_SEEN // 2, CHUNK)  # (B, 64, T, 28, 28)
        return [begin, Stage(self.finish, 0, CHUNK)]

    def finish(self, x: Tensor) -> Tensor:
        """(B, 64, T, 28, 28) becomes (B, 512, T, 4, 4)."""
        maps = self.resnet(fold_frames(x))  # (B * T, 512, 4, 4)
        return maps.unflatten(0, (len(x), -1)).transpose(1, 2)


class Track(nn.Module):
    """What is seen in each frame, smoothed over time: (B, T, 512) to (B, T, 128)."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = nn.ModuleList(nn.ModuleDict({"net": _time_step(512)}) for _ in range(5))
        self.narrow = nn.Sequential(
            nn.Conv1d(512, 256, 5, padding=2), nn.BatchNorm1d(256), nn.ReLU(), nn.Conv1d(256, WIDTH, 1)
        )

    def forward(self, visual: Tensor) -> Tensor:
        """Add to the sequence what each step makes of it, then narrow it."""
        x = visual.transpose(1, 2)  # (B, 512, T)
        for step in self.steps:
            x = x + step.get_submodule("net")(x)
        return self.narrow(x).transpose(1, 2)


class ClipNorm(nn.Module):
    """Gives all values of a clip mean 0 and variance 1, then scales each channel: (B, C, T) to (B, C, T)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(1, channels, 1))
        self.beta = nn.Parameter(torch.zeros(1, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Normalise over channels and time."""
        return F.group_norm(x, 1, self.gamma.flatten(), self.beta.flatten(), eps=1e-8)


class Attention(nn.Module):
    """A layer of self-attention with 8 heads: (B, T, C) to (B, T, C)."""

    def __init__(self, channels: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.self_attn = nn.MultiheadAttention(channels, 8, dropout, batch_first=True)
        self.linear1, self.linear2 = nn.Linear(channels, 4 * channels), nn.Linear(4 * channels, channels)
        self.norm1, self.norm2 = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Add what the other frames say, then a small net on each frame; each with a norm after it."""
        x = self.norm1(x + self.dropout(self.self_attn(x, x, x, need_weights=False)[0]))
        hidden = self.dropout(F.relu(self.linear1(x)))  # (B, T, 4C)
        return self.norm2(x + self.dropout(self.linear2(hidden)))


class BiasSpeaker(TwoStream):
    """Face, body and sound; the places of its gates are `face_end`, `body_end` and `fusion_end`."""

    def __init__(self) -> None:
        super().__init__(Front(), SheetNet(), fused=True)
        self.body, self.body_end = Front(), Junction()
        self.face_track, self.body_track = Track(), Track()
        self.voice_attention, self.face_attention, self.body_attention = (Attention(WIDTH) for _ in range(3))
        self.attention = Attention(3 * WIDTH)
        self.head = nn.Linear(3 * WIDTH, 2)
        self.voice_head, self.face_head, self.body_head = (nn.Linear(WIDTH, 2) for _ in range(3))

    @property
    def trunks(self) -> dict[str, nn.Module]:
        """What leads from each stream to its junction."""
        return {**super().trunks, "body": self.body}

    def forward(self, frames: Tensor, audio: Tensor, body: Tensor) -> Tensor:  # type: ignore[override]  # a third stream
        """Return the logits (B * T, 2) of "not speaking" and "speaking".

        Args:
            frames: (B, 1, T, 112, 112) faces, grey, normalised.
            audio: (B, 1, 13, 4T) MFCC, not normalised.
            body: (B, 1, T, 112, 112) crops of the whole person, like the faces.

        Raises:
            ValueError: the shapes are others, or do not belong together.
        """
        check_pair(frames, audio)
        check_pair(body, audio, "body")
        voice, face, person = self.voice(audio), self.face(frames), self.body(body)
        pooled_audio = self.pool_audio(self.voice_end(voice))  # (B, T, 128)
        visual = self.pool_visual(self.face_end(face, pooled_audio))  # (B, T, 512)
        return self.classify(visual, pooled_audio, self.pool_visual(self.body_end(person, pooled_audio)))

    def pool_visual(self, maps: Tensor) -> Tensor:
        """Return what the head reads of a map: (B, 512, T, 4, 4) -> (B, T, 512), here the mean of each map."""
        return maps.mean((3, 4)).transpose(1, 2)  # (B, T, 512)

    def classify(self, visual: Tensor, audio: Tensor, person: Tensor) -> Tensor:  # type: ignore[override]  # a third stream
        """Return the logits (B * T, 2) for `visual` and `person` (B, T, 512), the body, and `audio` (B, T, 128)."""
        return self.head(self.attention(self.fuse(*self.attend(visual, audio, person)))).flatten(0, 1)

    def attend(self, visual: Tensor, audio: Tensor, person: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the three streams (B, T, 128) where they meet: sound, face, body."""
        return (
            self.voice_attention(audio),
            self.face_attention(self.face_track(visual)),
            self.body_attention(self.body_track(person)),
        )

    def classify_streams(self, visual: Tensor, audio: Tensor, person: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits (B * T, 2) from sound, face and body alone, for auxiliary losses in training."""
        heads = self.voice_head, self.face_head, self.body_head
        streams = self.attend(visual, audio, person)
        return tuple(head(one).flatten(0, 1) for head, one in zip(heads, streams, strict=True))


def adapt_bias(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return a published checkpoint with the names of `BiasSpeaker` and its gates, without what is used nowhere."""
    adapted = {_adapt_name(key): value for key, value in state.items() if not UNUSED.fullmatch(key)}
    blocks = {key.rsplit(".", 2)[0] for key in adapted if key.endswith("squeeze_excite.reduce.weight")}
    return adapted | {f"{block}.trained": torch.tensor(True) for block in sorted(blocks)}


def _adapt_name(key: str) -> str:
    for theirs, ours in RENAMED.items():
        if key.startswith(theirs):
            rest = key.removeprefix(theirs)
            return ours + (GATES.get(rest, rest) if "squeeze_excite" in ours else rest)
    return key


def _time_step(channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.ReLU(),
        nn.BatchNorm1d(channels),
        nn.Conv1d(channels, channels, 3, padding=1, groups=channels, bias=False),
        nn.PReLU(),
        ClipNorm(channels),
        nn.Conv1d(channels, channels, 1, bias=False),
    )
