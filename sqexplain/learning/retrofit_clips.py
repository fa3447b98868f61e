"""Training the blocks of a frozen net for clips, one gate vector for each frame, on cached pooled vectors.

B clips, T frames, C channels of the face map, A channels of the voice map.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.gates import FrameSqueezeExcite
from sqexplain.learning.checkpoints import load_checkpoint, save_checkpoint
from sqexplain.learning.clips import Draw
from sqexplain.learning.pooling import apply_gates, decide, encode, gates_for, inputs_of, read_by
from sqexplain.learning.recipes import Epoch
from sqexplain.learning.retrofit_recipes import sparse_loss

SET = 0  # what is drawn does not depend on the seed of a run: blocks of other seeds learn from the same clips


@dataclass(frozen=True)
class ClipSparseRecipe:
    """The numbers of a retrofit on clips.

    `price` is the weight of the mean gate in the loss. `need` is that of necessity: what the gates close, taken alone,
    must say as little as the net says when it is told nothing of this stream; without it a block may choose channels
    that suffice, and leave out others that say the same. Each step takes `batch` of the `clips` whose pooled vectors
    are cached; the rate falls linearly to zero.
    """

    price: float = 0.3
    need: float = 0.3
    epochs: int = 12
    steps: int = 100
    batch: int = 16
    lr: float = 3e-3
    clips: int = 960


CLIP_SPARSE_RECIPES = {"speaker": ClipSparseRecipe(), "speaker-light": ClipSparseRecipe(clips=480)}


def retrofit_clips(
    classifier: Classifier,
    draw: Draw,
    recipe: ClipSparseRecipe | None = None,
    seed: int = 0,
    checkpoint: Path | None = None,
) -> Iterator[Epoch]:
    """Yield one `Epoch` after another while the "sparse" blocks of `classifier` learn; the net is frozen.

    Each block learns on its own: the answer is that of the net in which this block's gates alone are applied. The
    first row (number 0) comes when the vectors are cached; `accuracy` is the agreement with the frozen net, frame by
    frame, mean over the blocks. No labels are needed: the frozen net is the teacher.

    Args:
        draw: returns the clips of a step, as `Talkers.batch` does.
        checkpoint: file that is written after each row and read at the start.

    Raises:
        ValueError: no block of the net is made for it, or the checkpoint is of another run.
    """
    if not classifier.spec.streams or classifier.gates != "sparse":
        raise ValueError(f"gates {classifier.gates!r} of {classifier.spec.name!r} cannot be retrofitted on clips")
    recipe = recipe or ClipSparseRecipe()
    run = _Run(classifier, recipe, seed, checkpoint)
    start = time.perf_counter()
    first = run.load()
    if first is None:
        run.cache(draw)
        run.save(0)
        yield Epoch(0, recipe.epochs, float("nan"), float("nan"), time.perf_counter() - start)
    for number in range(first or 0, recipe.epochs):
        start = time.perf_counter()
        loss, agreement = run.epoch(number)
        run.save(number + 1)
        yield Epoch(number + 1, recipe.epochs, loss, agreement, time.perf_counter() - start)
    for block in run.blocks.values():
        block.trained.fill_(True)


class _Run:
    """State of one retrofit: cached vectors, blocks, optimiser."""

    def __init__(self, classifier: Classifier, recipe: ClipSparseRecipe, seed: int, path: Path | None):
        self.classifier, self.recipe, self.seed, self.path = classifier, recipe, seed, path
        every = classifier.blocks
        self.blocks = {stream: block for stream, block in every.items() if isinstance(block, FrameSqueezeExcite)}
        own = {id(p) for block in self.blocks.values() for p in block.parameters()}
        for p in classifier.net.parameters():
            p.requires_grad_(id(p) in own)
        # The blocks share no weights and Adam treats each number alone, so one optimiser is one for each.
        self.optimiser = torch.optim.Adam([p for p in classifier.net.parameters() if p.requires_grad], lr=recipe.lr)
        self.seen = self.heard = self.teacher = None
        self.blank: dict[str, Tensor] = {}

    @torch.no_grad()
    def cache(self, draw: Draw) -> None:
        """Let the frozen net see and hear the clips; give the blocks the scale of the vectors they will read."""
        rows = []
        for step in range(-(-self.recipe.clips // self.recipe.batch)):
            clips = draw(SET, step, self.recipe.batch)
            seen, heard = encode(self.classifier.net, *inputs_of(self.classifier, clips.frames, clips.audio))
            rows.append((seen, heard, decide(self.classifier.net, seen, heard)))
        self.seen, self.heard, self.teacher = (torch.cat(part) for part in zip(*rows, strict=True))
        self.ignore()
        for stream, block in self.blocks.items():
            pooled, context = read_by(stream, self.seen, self.heard)
            known = torch.cat([pooled, context], 2) if block.context else pooled
            std, mean = torch.std_mean(known, (0, 1), correction=0)
            block.mean.copy_(mean)
            block.std.copy_(std.clamp_min(1e-6))

    @torch.no_grad()
    def ignore(self) -> None:
        """Ask the frozen net what it says when it is told nothing of a stream."""
        for stream in self.blocks:
            nothing = torch.zeros_like(read_by(stream, self.seen[:1], self.heard[:1])[0])
            pairs = zip(self.seen.split(self.recipe.batch), self.heard.split(self.recipe.batch), strict=True)
            rows = [decide(self.classifier.net, *apply_gates(stream, nothing, *pair)) for pair in pairs]
            self.blank[stream] = torch.cat(rows)  # (clips, T, K)

    def epoch(self, number: int) -> tuple[float, float]:
        """Take the steps of one epoch; return mean loss and agreement over the blocks."""
        rng = torch.Generator().manual_seed(self.seed * 1000 + number)
        total, agreed = 0.0, 0.0
        for index in range(self.recipe.steps):
            done = (number + index / self.recipe.steps) / self.recipe.epochs
            self.optimiser.param_groups[0]["lr"] = self.recipe.lr * (1 - done)
            loss, share = self.step(torch.randint(len(self.seen), (self.recipe.batch,), generator=rng))
            total, agreed = total + loss, agreed + share
        return total / self.recipe.steps, agreed / self.recipe.steps

    def step(self, batch: Tensor) -> tuple[float, float]:
        """Learn from the cached clips `batch` (B,); return loss and agreement, means over the blocks."""
        seen, heard, teacher = self.seen[batch], self.heard[batch], self.teacher[batch].flatten(0, 1)
        loss, agreed, recipe, net = torch.zeros((), device=seen.device), 0.0, self.recipe, self.classifier.net
        for stream, block in self.blocks.items():
            gates = gates_for(stream, block, seen, heard)
            logits = net.decide(*apply_gates(stream, gates, seen, heard))
            loss = loss + sparse_loss(logits, teacher, gates, recipe.price)
            if recipe.need:
                rest = net.decide(*apply_gates(stream, 1 - gates, seen, heard))
                loss = loss + recipe.need * sparse_loss(rest, self.blank[stream][batch].flatten(0, 1), gates, 0)
            agreed += (logits.argmax(1) == teacher.argmax(1)).double().mean().item()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return loss.item() / len(self.blocks), agreed / len(self.blocks)

    def save(self, done: int) -> None:
        """Write everything that the next epoch needs, the cached vectors included."""
        if not self.path:
            return
        blocks = {stream: block.state_dict() for stream, block in self.blocks.items()}
        state = {"done": done, "vectors": (self.seen, self.heard, self.teacher), "blocks": blocks}
        save_checkpoint(self.path, self._identity(), state | {"optimiser": self.optimiser.state_dict()})

    def load(self) -> int | None:
        """Take up the checkpoint; return the number of finished epochs, None without one."""
        if not self.path or not self.path.exists():
            return None
        state = load_checkpoint(self.path, self._identity())
        self.seen, self.heard, self.teacher = (part.to(self.classifier.device) for part in state["vectors"])
        for stream, block in self.blocks.items():
            block.load_state_dict(state["blocks"][stream])
        self.ignore()
        self.optimiser.load_state_dict(state["optimiser"])
        return state["done"]

    def _identity(self) -> dict:
        names = {"model": self.classifier.spec.name, "gates": self.classifier.gates, "seed": self.seed}
        return names | asdict(self.recipe)
