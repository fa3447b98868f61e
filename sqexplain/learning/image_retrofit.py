"""Training an SE block on a frozen net for pictures. N pictures, C channels, K classes."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from sqexplain.features import LinearHead, linear_head, pool_images
from sqexplain.features.heads import CHECKED
from sqexplain.gates import ClassSqueezeExcite, SqueezeExcite
from sqexplain.learning.retrofit_base import Retrofit, set_scale
from sqexplain.progress import Progress
from sqexplain.sample import crop_all

BATCH = 250  # pictures that go through the net together
MOST = 2_000_000_000  # bytes of vectors that are held in memory


@dataclass(frozen=True)
class FrozenImageNet:
    """A frozen net for pictures from its block on; rows are pooled vectors (N, C). See `tasks.base.FrozenNet`."""

    block: SqueezeExcite | ClassSqueezeExcite
    head: LinearHead

    @property
    def kind(self) -> str:
        """Kind of the block."""
        return self.block.kind

    def teacher(self, rows: Tensor) -> Tensor:
        """Return the logits (N, K) of the net without gates."""
        return self.head(rows)

    def gates(self, rows: Tensor, targets: Tensor | None = None) -> Tensor:
        """Return the gates (N, C), or (N, K, C) of a block with a vector for each class when no targets are given."""
        place = self.block.mean.device
        if isinstance(self.block, ClassSqueezeExcite) and targets is None:
            return self.block.all_gates(rows.to(place)).to(rows.device)
        targets = None if targets is None else targets.to(place)
        return self.block.gates_from_pooled(rows.to(place), targets).to(rows.device)

    def answer(self, rows: Tensor, gates: Tensor) -> Tensor:
        """Return the logits (N, K); with gates (N, K, C) each through its own."""
        if gates.ndim == 2:
            return self.head(gates * rows)
        return torch.einsum("nkc,nc,kc->nk", gates, rows, self.head.weight) + self.head.bias

    def blank(self, rows: Tensor) -> Tensor:
        """Return the logits (N, K) when all channels are closed."""
        return self.head(torch.zeros_like(rows))


class ImageRetrofit(Retrofit):
    """A retrofit whose rows are the pooled vectors (N, C) of all pictures."""

    def begin(self, folder: Path | None) -> Iterator[Progress]:
        """Pool the maps of all pictures, batch by batch; find the linear head; scale the block."""
        spec, count, done = self.classifier.spec, len(self.data), 0
        vectors, logits = torch.empty(0), []
        for pictures, _ in self.data.batches(BATCH):
            one, answer = pool_images(self.classifier, crop_all(pictures, spec.shape, spec.resize))
            if done == 0:
                vectors = empty_rows(count, one.shape[1], folder)
            vectors[done : done + len(one)] = one
            if done < CHECKED:  # so many are enough to find the head
                logits.append(answer)
            done += len(one)
            yield Progress(done, count)
        head = linear_head(self.classifier, vectors, torch.cat(logits))
        set_scale(self.classifier.block, vectors, 0)
        self.vectors = {"vectors": vectors, "weight": head.weight, "bias": head.bias}
        self.prepare()

    def prepare(self) -> None:
        """Take rows and head from the cached vectors."""
        self.rows = self.vectors["vectors"]
        block = self.classifier.block
        if not isinstance(block, SqueezeExcite | ClassSqueezeExcite):
            raise ValueError(f"a block of kind {block.kind!r} has no gates to train; take 'sparse' or 'class'")
        frozen = FrozenImageNet(block, LinearHead(self.vectors["weight"], self.vectors["bias"]))
        task = self.classifier.spec.task
        self.objectives = [task.gate_objective(frozen, self.rows, **self.recipe.weights)]

    def batches(self, rng: torch.Generator) -> Sequence[Tensor]:
        """Return a random order of all rows in batches."""
        return torch.randperm(len(self.rows), generator=rng).split(self.recipe.batch)


def empty_rows(count: int, width: int, folder: Path | None) -> Tensor:
    """Return a tensor (count, width) to fill: in memory, or if that is too much in a nameless file of `folder`."""
    if 4 * count * width <= MOST:
        return torch.empty(count, width)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        return torch.from_numpy(np.memmap(file, np.float32, "w+", shape=(count, width)))
