"""What retrofits on pictures and on clips share: frozen weights, one optimiser, epochs over cached rows."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.learning.trainer import Epoch, Trainer
from sqexplain.progress import Progress
from sqexplain.tasks.base import GateObjective


class Retrofit(Trainer):
    """Blocks, optimiser and cached rows of one retrofit; a subclass collects the rows and says what each block learns.

    Attributes:
        rows: what the frozen net left of the data, indexed by places (n,).
        objectives: one for each block.
    """

    retrofits: ClassVar[bool] = True
    rows: Any
    objectives: Sequence[GateObjective]

    def __init__(self, classifier: Classifier, data: Any, recipe: Any, seed: int):
        super().__init__(classifier, data, recipe, seed)
        self.blocks = {stream: block for stream, block in self.blocks.items() if block.kind != "none"}
        # The blocks share no weights and Adam treats each number alone, so one optimiser is one for each.
        self.learned = [p for block in self.blocks.values() for p in block.parameters()]
        self.optimiser = torch.optim.Adam(self.learned, lr=recipe.lr)

    def run(self, file: str | Path | None = None) -> Iterator[Progress | Epoch]:
        """Yield what `Trainer.run` yields while all weights outside the blocks are frozen."""
        own = set(map(id, self.learned))
        frozen = [p for p in self.net.parameters() if id(p) not in own and p.requires_grad]
        for p in frozen:
            p.requires_grad_(False)
        try:
            yield from super().run(file)
        finally:
            for p in frozen:
                p.requires_grad_(True)

    def prepare(self) -> None:
        """Set `rows` and `objectives` from `vectors`."""
        raise NotImplementedError

    def batches(self, rng: torch.Generator) -> Sequence[Tensor]:
        """Return the places (n,) of the rows of each step of an epoch."""
        raise NotImplementedError

    def epoch(self, number: int) -> tuple[float, float]:
        """Take the steps of one epoch; return mean loss and agreement over rows and blocks."""
        rng = torch.Generator().manual_seed(self.seed * 1000 + number)
        batches = self.batches(rng)
        total, agreed = 0.0, 0.0
        for index, places in enumerate(batches):
            done = (number + index / len(batches)) / self.recipe.epochs
            self.optimiser.param_groups[0]["lr"] = self.recipe.lr * (1 - done)
            loss, agreement = self.step(self.rows[places], rng)
            total, agreed = total + loss * len(places), agreed + agreement * len(places)
        count = sum(map(len, batches))
        return total / count, agreed / count

    def step(self, rows: Any, rng: torch.Generator) -> tuple[float, float]:
        """Learn from one batch of rows; return loss and agreement, means over the blocks."""
        losses, agreements = zip(*(objective.loss(rows, rng) for objective in self.objectives), strict=True)
        loss = torch.stack(losses).sum()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return loss.item() / len(losses), sum(agreements) / len(agreements)

    def state(self) -> dict:
        """Return blocks and optimiser."""
        blocks = {stream: block.state_dict() for stream, block in self.blocks.items()}
        return {"blocks": blocks, "optimiser": self.optimiser.state_dict()}

    def restore(self, state: dict) -> None:
        """Take up blocks and optimiser."""
        for stream, block in self.blocks.items():
            block.load_state_dict(state["blocks"][stream])
        self.optimiser.load_state_dict(state["optimiser"])
        self.prepare()


@torch.no_grad()
def set_scale(block: Any, vectors: Tensor, axes: int | tuple[int, ...]) -> None:
    """Give a block mean and standard deviation of the vectors (..., C) it reads, so that it can z-score them."""
    std, mean = torch.std_mean(vectors, axes, correction=0)
    block.mean.copy_(mean)
    block.std.copy_(std.clamp_min(1e-6))
