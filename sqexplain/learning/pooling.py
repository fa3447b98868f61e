"""What the head of a net for clips reads: training passes it on, retrofits and measures keep it and ask it again.

N clips, T frames, C channels of the face map, A channels of the voice map, D = A + C where they come together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor, nn

from sqexplain.classifier import Classifier
from sqexplain.gates import FrameSqueezeExcite

AT_ONCE = 8  # clips that go through the net together


@dataclass(frozen=True)
class PooledClips:
    """What the head reads of clips, after the blocks, and what it says.

    Attributes:
        seen: (N, T, C) largest value of each face map, or what else the net pools.
        heard: (N, T, A).
        average: (N, T, C) mean of each face map.
        logits: (N, T, K).
        gates: stream or "fusion" -> (N, T, *), for the streams that have some.
    """

    seen: Tensor
    heard: Tensor
    average: Tensor
    logits: Tensor
    gates: Mapping[str, Tensor]

    @classmethod
    def join(cls, parts: list["PooledClips"]) -> "PooledClips":
        """Return several parts as one, in their order."""
        plain = [field.name for field in fields(cls) if field.name != "gates"]
        gates = {stream: torch.cat([part.gates[stream] for part in parts]) for stream in parts[0].gates}
        return cls(*(torch.cat([getattr(part, name) for part in parts]) for name in plain), gates)


def inputs_of(classifier: Classifier, frames: np.ndarray, audio: np.ndarray) -> tuple[Tensor, Tensor]:
    """Return clips as the net takes them, on its device: (N, 1, T, S, S) normalised and (N, 1, 13, 4T).

    Args:
        frames: (N, T, S, S) uint8 grey.
        audio: (N, 13, 4T) MFCC.

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


def encode(net: nn.Module, frames: Tensor, audio: Tensor) -> tuple[Tensor, Tensor]:
    """Return what the head of a two-stream net reads: seen (N, T, C) and heard (N, T, A), after the blocks."""
    voice, face = net.voice(audio), net.face(frames)
    heard = net.hear(net.voice_end(voice))
    return net.see(net.face_end(face, heard)), heard


@torch.no_grad()
def pool_clips(classifier: Classifier, frames: np.ndarray, audio: np.ndarray) -> Iterator[PooledClips]:
    """Yield vectors, logits and gates of clips (N, T, S, S) and (N, 13, 4T), some clips at a time."""
    net = classifier.net
    for start in range(0, len(frames), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        with classifier.lock:
            pictures, sheets = inputs_of(classifier, frames[part], audio[part])
            voice, face = net.voice(sheets), net.face(pictures)
            heard = net.hear(net.voice_end(voice))
            after = net.face_end(face, heard)
            seen = net.see(after)
            maps = {"frames": face, "audio": voice, "fusion": torch.cat([heard, seen], 2).transpose(1, 2)[..., None]}
            gates = {
                stream: block.vectors(maps[stream], *([heard] if stream == "frames" else []))
                for stream, block in classifier.blocks.items()
                if block.kind != "none"
            }
            yield PooledClips(seen, heard, after.mean((3, 4)).transpose(1, 2), decide(net, seen, heard), gates)


def decide(net: nn.Module, seen: Tensor, heard: Tensor) -> Tensor:
    """Return the logits (N, T, K) of the head for vectors (N, T, C) and (N, T, A)."""
    return net.decide(seen, heard).unflatten(0, seen.shape[:2])


def read_by(stream: str, seen: Tensor, heard: Tensor) -> tuple[Tensor, Tensor]:
    """Return the pooled vectors (N, T, *) and the context (N, T, A) that the block of a stream is called with."""
    pooled = {"frames": seen, "audio": heard}.get(stream)
    return (torch.cat([heard, seen], 2) if pooled is None else pooled), heard


def gates_for(stream: str, block: FrameSqueezeExcite, seen: Tensor, heard: Tensor) -> Tensor:
    """Return the gates (N, T, *) of the block of a stream for kept vectors (N, T, C) and (N, T, A)."""
    pooled, context = read_by(stream, seen, heard)
    return block.gates_from_pooled(pooled, context if block.context else None)


def apply_gates(stream: str, gates: Tensor, seen: Tensor, heard: Tensor) -> tuple[Tensor, Tensor]:
    """Return seen and heard, scaled by gates (N, T, *) of a stream; those of the fusion hold the audio first."""
    if stream == "frames":
        return seen * gates, heard
    if stream == "audio":
        return seen, heard * gates
    heard_gates, seen_gates = gates.split([heard.shape[2], seen.shape[2]], 2)
    return seen * seen_gates, heard * heard_gates
