"""Training an SE block on a frozen net for pictures, on cached pooled vectors."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.features.pooled import LinearHead, Pooled, linear_head, pool_pictures
from sqexplain.learning.attribute_gates import AttributeQuestion
from sqexplain.learning.checkpoints import load_checkpoint, save_checkpoint
from sqexplain.learning.recipes import Epoch
from sqexplain.learning.retrofit_recipes import SPARSE_RECIPES, SparseRecipe, class_loss, sparse_loss, sparse_recipe


def retrofit(
    classifier: Classifier,
    images: np.ndarray,
    recipe: SparseRecipe | None = None,
    seed: int = 0,
    checkpoint: Path | None = None,
) -> Iterator[Epoch]:
    """Yield one `Epoch` after another while the "sparse" or "class" block of `classifier` learns; the net is frozen.

    The first row (number 0) comes when the pooled vectors of all pictures are cached; `accuracy` is the agreement of
    the gated with the frozen net. No labels are needed: the frozen net is the teacher.

    Args:
        images: (N, height, width, 3) uint8 training pictures at the size of the net.
        checkpoint: file that is written after each row and read at the start.

    Raises:
        ValueError: the block is of another kind, the head is not linear, or the checkpoint is of another run.
    """
    kind = classifier.block.kind
    if kind not in SPARSE_RECIPES:
        raise ValueError(f"a block of kind {kind!r} cannot be retrofitted; take gates='sparse' or 'class'")
    recipe = recipe or sparse_recipe(classifier)
    run = _Run(classifier, recipe, seed, checkpoint)
    start = time.perf_counter()
    first = run.load()
    if first is None:
        run.cache(images)
        run.save(0)
        yield Epoch(0, recipe.epochs, float("nan"), float("nan"), time.perf_counter() - start)
    run.prepare()
    for number in range(first or 0, recipe.epochs):
        start = time.perf_counter()
        loss, agreement = run.epoch(number)
        run.save(number + 1)
        yield Epoch(number + 1, recipe.epochs, loss, agreement, time.perf_counter() - start)
    classifier.block.trained.fill_(True)


class _Run:
    """State of one retrofit: cached vectors, head, block, optimiser."""

    def __init__(self, classifier: Classifier, recipe: SparseRecipe, seed: int, path: Path | None):
        self.classifier, self.recipe, self.seed, self.path = classifier, recipe, seed, path
        self.block = classifier.block
        self.optimiser = torch.optim.Adam(self.block.parameters(), lr=recipe.lr)
        self.before, self.head, self.question = None, None, None

    def cache(self, images: np.ndarray) -> None:
        """One pass over the pictures: pooled vectors, the linear head, and the scale of the vectors for the block."""
        pooled = Pooled.join(list(pool_pictures(self.classifier, images)))
        first = Pooled(pooled.before[:500], pooled.logits[:500])
        self.before, self.head = pooled.before, linear_head(self.classifier, first)
        std, mean = torch.std_mean(self.before, 0, correction=0)
        self.block.mean.copy_(mean)  # the block reads z-scored vectors
        self.block.std.copy_(std.clamp_min(1e-6))

    def prepare(self) -> None:
        """Work out what is asked, where that depends on all of the vectors."""
        if self.classifier.spec.multilabel:
            self.question = AttributeQuestion(self.head, self.before)

    def epoch(self, number: int) -> tuple[float, float]:
        """Go once over the vectors; return mean loss and agreement with the frozen net."""
        rng = torch.Generator().manual_seed(self.seed * 1000 + number)
        batches = torch.randperm(len(self.before), generator=rng).split(self.recipe.batch)
        total, agreed = 0.0, 0.0
        for index, batch in enumerate(batches):
            done = (number + index / len(batches)) / self.recipe.epochs
            self.optimiser.param_groups[0]["lr"] = self.recipe.lr * (1 - done)
            loss, share = self.ask(self.before[batch], rng)
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()
            loss = loss.item()
            total, agreed = total + loss * len(batch), agreed + share * len(batch)
        return total / len(self.before), agreed / len(self.before)

    def ask(self, before: Tensor, rng: torch.Generator) -> tuple[Tensor, float]:
        """Return the loss of a batch of pooled vectors (N, C), and the agreement where the prediction is asked."""
        if self.question:
            return self.question.ask(self.block, before, self.recipe.price)
        teacher = self.head(before)  # (N, K)
        predicted = asked = teacher.argmax(1)
        if self.block.kind == "class":  # half of the rows ask for a class at random, so that every class is explained
            other = torch.randint(teacher.shape[1], asked.shape, generator=rng)
            asked = torch.where(torch.rand(len(asked), generator=rng) < 0.5, other, asked)
        gates = self.block.gates_from_pooled(before.to(self.classifier.device), asked.to(self.classifier.device)).cpu()
        logits = self.head(gates * before)
        if self.block.kind == "class":
            loss = class_loss(logits, teacher, gates, asked, self.recipe.price)
        else:
            loss = sparse_loss(logits, teacher, gates, self.recipe.price)
        same = (logits.argmax(1) == predicted)[asked == predicted]
        return loss, same.double().mean().item() if len(same) else 0.0

    def save(self, done: int) -> None:
        """Write everything that the next epoch needs, the cached vectors included."""
        if not self.path:
            return
        head = (self.head.weight, self.head.bias)
        state = {"done": done, "before": self.before, "head": head, "block": self.block.state_dict()}
        save_checkpoint(self.path, self._identity(), state | {"optimiser": self.optimiser.state_dict()})

    def load(self) -> int | None:
        """Take up the checkpoint; return the number of finished epochs, None without one."""
        if not self.path or not self.path.exists():
            return None
        state = load_checkpoint(self.path, self._identity())
        self.before, self.head = state["before"], LinearHead(*state["head"])
        self.block.load_state_dict(state["block"])
        self.optimiser.load_state_dict(state["optimiser"])
        return state["done"]

    def _identity(self) -> dict:
        return {"model": self.classifier.spec.name, "gates": self.block.kind, "seed": self.seed} | asdict(self.recipe)
