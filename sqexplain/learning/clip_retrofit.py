"""Training the blocks of a frozen net for clips, one gate vector for each frame.

B clips, T frames, C channels of the face map, A channels of the audio map, K classes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from sqexplain.features import classify, encode, inputs_of
from sqexplain.features.streams import apply_gates, gates_for, read_by
from sqexplain.gates import FrameSqueezeExcite, Tap
from sqexplain.learning.retrofit_base import Retrofit, set_scale
from sqexplain.progress import Progress

SEED = 0  # the clips do not depend on the seed of a run: blocks of other seeds learn from the same ones


@dataclass(frozen=True)
class ClipRows:
    """What a frozen net leaves of clips.

    Attributes:
        visual: (B, T, C).
        audio: (B, T, A).
        teacher: (B, T, K) logits.
        blank: stream -> (B, T, K) logits without this stream.
    """

    visual: Tensor
    audio: Tensor
    teacher: Tensor
    blank: dict[str, Tensor]

    def __getitem__(self, places: Tensor) -> "ClipRows":
        """Return the clips at places (n,)."""
        blank = {stream: logits[places] for stream, logits in self.blank.items()}
        return ClipRows(self.visual[places], self.audio[places], self.teacher[places], blank)


@dataclass(frozen=True)
class FrozenStream:
    """A frozen net for clips from the block of one stream on; each frame is a row. See `tasks.base.FrozenNet`."""

    stream: str
    block: FrameSqueezeExcite
    net: nn.Module

    @property
    def kind(self) -> str:
        """Kind of the block."""
        return self.block.kind

    def teacher(self, rows: ClipRows) -> Tensor:
        """Return the logits (B * T, K) of the net without gates."""
        return rows.teacher.flatten(0, 1)

    def gates(self, rows: ClipRows, targets: Tensor | None = None) -> Tensor:  # noqa: ARG002
        """Return the gates (B, T, *) of the stream."""
        return gates_for(self.stream, self.block, rows.visual, rows.audio)

    def answer(self, rows: ClipRows, gates: Tensor) -> Tensor:
        """Return the logits (B * T, K) with the gates of this stream alone applied."""
        return classify(self.net, *apply_gates(self.stream, gates, rows.visual, rows.audio)).flatten(0, 1)

    def blank(self, rows: ClipRows) -> Tensor:
        """Return the logits (B * T, K) without this stream."""
        return rows.blank[self.stream].flatten(0, 1)


class ClipRetrofit(Retrofit):
    """A retrofit whose rows are the vectors of drawn clips."""

    def load(self) -> Iterator[Progress]:
        """Yield progress while clips that are not yet there are drawn."""
        yield from self.data.render()

    def begin(self, folder: Path | None) -> Iterator[Progress]:  # noqa: ARG002
        """Let the frozen net see and hear the clips; scale the blocks."""
        steps = -(-self.recipe.clips // self.recipe.batch)
        rows = []
        for step in range(steps):
            rows.append(self.encoded(step))
            yield Progress(step + 1, steps)
        visual, audio, teacher = (torch.cat(part) for part in zip(*rows, strict=True))
        for stream, block in self.blocks.items():
            pooled, context = read_by(stream, visual, audio)
            set_scale(block, torch.cat([pooled, context], 2) if block.context else pooled, (0, 1))
        self.vectors = {"visual": visual, "audio": audio, "teacher": teacher}
        self.prepare()

    @torch.no_grad()
    def encoded(self, step: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return visual (B, T, C), audio (B, T, A) and logits (B, T, K) of the clips of one step."""
        clips = self.data.batch(SEED, step, self.recipe.batch)
        visual, audio = encode(self.net, *inputs_of(self.classifier, clips.frames, clips.audio))
        return visual, audio, classify(self.net, visual, audio)

    def prepare(self) -> None:
        """Take the rows from the cached vectors; ask the frozen net for its logits without each stream."""
        place = self.classifier.device
        visual, audio, teacher = (self.vectors[name].to(place) for name in ("visual", "audio", "teacher"))
        blank = {stream: self.without(stream, visual, audio) for stream in self.blocks}
        self.rows = ClipRows(visual, audio, teacher, blank)
        task = self.classifier.spec.task
        frozen = [FrozenStream(stream, framewise(block), self.net) for stream, block in self.blocks.items()]
        self.objectives = [task.gate_objective(one, self.rows, **self.recipe.weights) for one in frozen]

    @torch.no_grad()
    def without(self, stream: str, visual: Tensor, audio: Tensor) -> Tensor:
        """Return the logits (B, T, K) of the frozen net when all channels of a stream are closed."""
        closed = torch.zeros_like(read_by(stream, visual[:1], audio[:1])[0])
        pairs = zip(visual.split(self.recipe.batch), audio.split(self.recipe.batch), strict=True)
        return torch.cat([classify(self.net, *apply_gates(stream, closed, *pair)) for pair in pairs])

    def batches(self, rng: torch.Generator) -> Sequence[Tensor]:
        """Return random clips for each step."""
        count, recipe = len(self.rows.visual), self.recipe
        return [torch.randint(count, (recipe.batch,), generator=rng) for _ in range(recipe.steps)]


def framewise(block: Tap) -> FrameSqueezeExcite:
    """Return a block if it has a vector for each frame.

    Raises:
        ValueError: it has none.
    """
    if not isinstance(block, FrameSqueezeExcite):
        raise ValueError(f"gates {block.kind!r} have no vector for each frame; take 'sparse'")
    return block
