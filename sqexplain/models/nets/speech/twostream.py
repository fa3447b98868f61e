"""What every speaker net is made of: a face stream, a voice stream, junctions where blocks are attached, a head.

B clips, T frames, C channels of the face map (h x w), A channels of the voice map, D = A + C.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sqexplain.models.nets.speech.convolution import in_chunks, tracks_gradients

SIDE, CEPSTRA, STEPS = 112, 13, 4  # pixels of a face, rows of the MFCC sheet, columns of it for each frame


@dataclass(frozen=True)
class Stage:
    """One part of a face stream.

    Attributes:
        run: (B, c, T, H, W) -> (B, C, T, h, w).
        reach: frames before and after its own that a frame of the result depends on.
        chunk: frames to take at once where no gradient is needed; few enough for the cache.
    """

    run: Callable[[Tensor], Tensor]
    reach: int
    chunk: int = 32


class Junction(nn.Module):
    """Hands its first argument on; the others are what a block attached here may look at besides."""

    def forward(self, x: Tensor, *_context: Tensor) -> Tensor:
        """Return `x`."""
        return x


class FaceStream(nn.Module):
    """Turns normalised pictures (B, 1, T, H, W) into maps (B, C, T, h, w); a subclass defines `stages`.

    Where no gradient is needed a long clip goes through every stage in chunks; the result is that of the whole.
    """

    def stages(self) -> list[Stage]:
        """Return the parts of the stream in the order they run."""
        raise NotImplementedError

    @property
    def reach(self) -> int:
        """Frames before and after its own that a frame's map depends on."""
        return sum(stage.reach for stage in self.stages())

    def forward(self, frames: Tensor) -> Tensor:
        """Return the maps (B, C, T, h, w) for pictures (B, 1, T, H, W)."""
        whole = self.training or tracks_gradients(self, frames)
        x = frames
        for stage in self.stages():
            x = stage.run(x) if whole else in_chunks(stage.run, x, stage.reach, stage.chunk)
        return x


class TwoStream(nn.Module):
    """Says for every frame of a clip whether the person speaks; a subclass defines `decide`.

    Args:
        face: a `FaceStream`.
        voice: turns the MFCC sheet (B, 1, 13, 4T) into maps (B, A, 13, T).
        fused: whether the streams are joined by concatenation, audio first: then there is a `fusion_end`.
    """

    def __init__(self, face: nn.Module, voice: nn.Module, fused: bool) -> None:
        super().__init__()
        self.face, self.voice = face, voice
        self.face_end, self.voice_end = Junction(), Junction()
        if fused:
            self.fusion_end = Junction()

    def forward(self, frames: Tensor, audio: Tensor) -> Tensor:
        """Return the logits (B * T, 2) of "not speaking" and "speaking".

        Args:
            frames: (B, 1, T, 112, 112) grey, normalised.
            audio: (B, 1, 13, 4T) MFCC, not normalised.

        Raises:
            ValueError: the shapes are others, or do not belong together.
        """
        check_pair(frames, audio)
        # Both trunks run before the first junction: from there on whoever reads the net may keep gradients.
        voice, face = self.voice(audio), self.face(frames)
        pooled_audio = self.pool_audio(self.voice_end(voice))  # (B, T, A)
        visual = self.pool_visual(self.face_end(face, pooled_audio))  # (B, T, C)
        return self.classify(visual, pooled_audio)

    @property
    def trunks(self) -> dict[str, nn.Module]:
        """What leads from each stream to its junction."""
        return {"frames": self.face, "audio": self.voice}

    def pool_visual(self, maps: Tensor) -> Tensor:
        """Return what the head reads of the face map: (B, C, T, h, w) -> (B, T, C), here the maximum of each map."""
        return maps.amax((3, 4)).transpose(1, 2)  # (B, T, C)

    def pool_audio(self, maps: Tensor) -> Tensor:
        """Return what the head reads of the voice map: (B, A, 13, T) -> (B, T, A), the mean over the rows."""
        return maps.mean(2).transpose(1, 2)  # (B, T, A)

    def fuse(self, *streams: Tensor) -> Tensor:
        """Return the streams (B, T, *) side by side, (B, T, D), after the block at `fusion_end` if there is one."""
        both = torch.cat(streams, 2).transpose(1, 2)[..., None, None]  # (B, D, T, 1, 1)
        return self.fusion_end(both)[..., 0, 0].transpose(1, 2)  # (B, T, D)

    def classify(self, visual: Tensor, audio: Tensor) -> Tensor:
        """Return the logits (B * T, 2) for `visual` (B, T, C) and `audio` (B, T, A)."""
        raise NotImplementedError


def check_pair(frames: Tensor, audio: Tensor, name: str = "frames") -> None:
    """Raise a ValueError unless `frames` (B, 1, T, 112, 112) and `audio` (B, 1, 13, 4T) belong together."""
    if frames.ndim != 5 or frames.shape[1] != 1 or frames.shape[3:] != (SIDE, SIDE) or not frames.shape[2]:
        raise ValueError(f"{name!r} has shape {tuple(frames.shape)}; give (B, 1, T, {SIDE}, {SIDE}) with T >= 1")
    wanted = (len(frames), 1, CEPSTRA, STEPS * frames.shape[2])
    if audio.shape != wanted:
        raise ValueError(
            f"'audio' has shape {tuple(audio.shape)}; {frames.shape[2]} pictures of {name!r} need {wanted}, "
            "4 columns for each"
        )
