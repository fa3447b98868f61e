"""What the head of a net for clips reads of each stream, and how gates of a stream are applied to it.

B clips, T frames, C channels of the face map, A channels of the audio map, D = A + C where they are fused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.gates import ClipSqueezeExcite, FrameSqueezeExcite

CLIPS = 8  # clips that go through the net together


@dataclass(frozen=True, eq=False)
class PooledClips:
    """What the head reads of clips, after the blocks, and what it says.

    Attributes:
        visual: (B, T, C) largest value of each face map, or what else the net pools.
        audio: (B, T, A).
        average: (B, T, C) mean of each face map.
        logits: (B, T, K).
        gates: stream or "fusion" -> (B, T, *), for the streams that have some.
    """

    visual: Tensor
    audio: Tensor
    average: Tensor
    logits: Tensor
    gates: Mapping[str, Tensor]

    @classmethod
    def join(cls, parts: list["PooledClips"]) -> "PooledClips":
        """Return several parts as one, in their order."""
        names = ("visual", "audio", "average", "logits")
        visual, audio, average, logits = (torch.cat([getattr(part, name) for part in parts]) for name in names)
        gates = {stream: torch.cat([part.gates[stream] for part in parts]) for stream in parts[0].gates}
        return cls(visual, audio, average, logits, gates)


def inputs_of(classifier: Classifier, frames: np.ndarray, audio: np.ndarray) -> tuple[Tensor, Tensor]:
    """Return clips as the net takes them, on its device: (B, 1, T, S, S) normalised and (B, 1, 13, 4T).

    Args:
        classifier: a net for clips.
        frames: (B, T, S, S) uint8 grey.
        audio: (B, 13, 4T) MFCC.

    Raises:
        ValueError: the clips have another size or type, or sound of another length.
    """
    size = classifier.spec.size
    if frames.ndim != 4 or frames.shape[2:] != (size, size) or frames.dtype != np.uint8:
        raise ValueError(f"'frames' must be (N, T, {size}, {size}) uint8, not {frames.shape} {frames.dtype}")
    wanted = (len(frames), 13, 4 * frames.shape[1])
    if audio.shape != wanted:
        raise ValueError(f"'audio' must be {wanted}, 4 columns for each frame, not {audio.shape}")
    mean, std = classifier.spec.mean[0], classifier.spec.std[0]
    pictures = torch.tensor(frames).to(classifier.device)
    sheets = torch.tensor(audio, dtype=torch.float32).to(classifier.device)
    return ((pictures.float() / 255 - mean) / std)[:, None], sheets[:, None]


def encode(net: Any, frames: Tensor, audio: Tensor) -> tuple[Tensor, Tensor]:
    """Return what the head of a two-stream net reads: visual (B, T, C) and audio (B, T, A), after the blocks."""
    voice, face = net.voice(audio), net.face(frames)
    pooled_audio = net.pool_audio(net.voice_end(voice))
    return net.pool_visual(net.face_end(face, pooled_audio)), pooled_audio


@torch.no_grad()
def pool_clips(classifier: Classifier, frames: np.ndarray, audio: np.ndarray) -> Iterator[PooledClips]:
    """Yield vectors, logits and gates of clips (B, T, S, S) and (B, 13, 4T), some clips at a time."""
    net: Any = classifier.net  # one for clips
    for start in range(0, len(frames), CLIPS):
        part = slice(start, start + CLIPS)
        with classifier.lock:
            pictures, sheets = inputs_of(classifier, frames[part], audio[part])
            voice, face = net.voice(sheets), net.face(pictures)
            pooled_audio = net.pool_audio(net.voice_end(voice))
            gated = net.face_end(face, pooled_audio)
            pooled_visual = net.pool_visual(gated)
            fused = torch.cat([pooled_audio, pooled_visual], 2).transpose(1, 2)[..., None]  # (B, D, T, 1)
            maps = {"frames": face, "audio": voice, "fusion": fused}
            gates = {
                stream: block.vectors(maps[stream], *([pooled_audio] if stream == "frames" else []))
                for stream, block in classifier.blocks.items()
                if isinstance(block, ClipSqueezeExcite | FrameSqueezeExcite)
            }
            average = gated.mean((3, 4)).transpose(1, 2)  # (B, T, C)
            logits = classify(net, pooled_visual, pooled_audio)
            yield PooledClips(pooled_visual, pooled_audio, average, logits, gates)


def classify(net: Any, visual: Tensor, audio: Tensor) -> Tensor:
    """Return the logits (B, T, K) of the head for vectors (B, T, C) and (B, T, A)."""
    return net.classify(visual, audio).unflatten(0, visual.shape[:2])


def read_by(stream: str, visual: Tensor, audio: Tensor) -> tuple[Tensor, Tensor]:
    """Return the pooled vectors (B, T, *) and the context (B, T, A) that the block of a stream is called with."""
    pooled = {"frames": visual, "audio": audio}.get(stream)
    return (torch.cat([audio, visual], 2) if pooled is None else pooled), audio


def gates_for(stream: str, block: FrameSqueezeExcite, visual: Tensor, audio: Tensor) -> Tensor:
    """Return the gates (B, T, *) of the block of a stream for kept vectors (B, T, C) and (B, T, A)."""
    pooled, context = read_by(stream, visual, audio)
    return block.gates_from_pooled(pooled, context if block.context else None)


def apply_gates(stream: str, gates: Tensor, visual: Tensor, audio: Tensor) -> tuple[Tensor, Tensor]:
    """Return visual and audio, scaled by gates (B, T, *) of a stream; those of the fusion hold the audio first."""
    if stream == "frames":
        return visual * gates, audio
    if stream == "audio":
        return visual, audio * gates
    audio_gates, visual_gates = gates.split([audio.shape[2], visual.shape[2]], 2)
    return visual * visual_gates, audio * audio_gates
