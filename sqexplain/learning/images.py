"""Training a net for pictures."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from sqexplain.classifier import Classifier
from sqexplain.learning.augmentation import augment, cut_out, relight, warp
from sqexplain.learning.checkpoints import load_checkpoint, save_checkpoint
from sqexplain.learning.losses import each_for_itself, one_of_many
from sqexplain.learning.precision import half_precision
from sqexplain.learning.recipes import Epoch, Recipe, recipe_for


def train(
    classifier: Classifier,
    images: np.ndarray,
    labels: np.ndarray,
    recipe: Recipe | None = None,
    seed: int = 0,
    checkpoint: Path | None = None,
) -> Iterator[Epoch]:
    """Yield one `Epoch` after another while the net of `classifier` learns; the net is in eval mode at the end.

    Args:
        images: (N, S, S, 3) uint8 at the size of the net.
        labels: (N,) class indices; of a net whose classes are questions of their own (N, K) of 0 and 1.
        recipe: None takes the one of `RECIPES` for this model.
        checkpoint: file that is written after each epoch and read at the start: a killed run goes on where it was.

    Raises:
        ValueError: pictures of another size, labels outside the classes, or a checkpoint of another run.
    """
    recipe = recipe or recipe_for(classifier)
    _check(classifier, images, labels)
    run = _Run(classifier, recipe, seed, -(-len(images) // recipe.batch))
    run.start(images)
    first = run.load(checkpoint) if checkpoint and checkpoint.exists() else 0
    for number in range(first, recipe.epochs):
        start = time.perf_counter()
        loss, accuracy = run.epoch(images, labels, number)
        if checkpoint:
            run.save(checkpoint, number + 1)
        yield Epoch(number + 1, recipe.epochs, loss, accuracy, time.perf_counter() - start)
    classifier.block.trained.fill_(True)


class _Run:
    """State of one training run: net, optimisers, averaged weights, step count."""

    def __init__(self, classifier: Classifier, recipe: Recipe, seed: int, steps: int):
        self.classifier, self.recipe, self.seed, self.steps = classifier, recipe, seed, steps
        self.net = classifier.net.to(memory_format=torch.channels_last)
        learned = [p for p in self.net.parameters() if p.requires_grad]
        self.filters = [p for p in learned if p.ndim == 4]
        # Muon takes matrices: each one is a view (out, in * kh * kw) that shares the memory of its convolution
        self.matrices = [nn.Parameter(p.data.reshape(len(p), -1)) for p in self.filters]
        for p, matrix in zip(self.filters, self.matrices, strict=True):
            p.data = matrix.data.view(p.shape)
        muon = {"lr": recipe.lr, "momentum": recipe.momentum, "weight_decay": 0.0, "nesterov": True, "ns_steps": 3}
        others = [p for p in learned if p.ndim != 4]
        self.optimisers = [torch.optim.AdamW(others, lr=recipe.other_lr, betas=(0.85, 0.98), weight_decay=0.01)]
        if self.matrices:
            self.optimisers.insert(0, torch.optim.Muon(self.matrices, **muon))
        self.objective = each_for_itself if classifier.spec.multilabel else one_of_many
        self.rates = [optimiser.param_groups[0]["lr"] for optimiser in self.optimisers]

    def start(self, images: np.ndarray) -> None:
        """Fit the whitening stem, if the net has one, to the first pictures of a seeded shuffle."""
        if self.recipe.stem and hasattr(getattr(self.net, "stem", None), "fit"):
            chosen = np.random.default_rng(self.seed).permutation(len(images))[:2000]
            self.net.stem.fit(self.classifier.normalise(torch.from_numpy(images[np.sort(chosen)])))

    def epoch(self, images: np.ndarray, labels: np.ndarray, number: int) -> tuple[float, float]:
        """Go once over the pictures; return mean loss and accuracy. All chance comes from (seed, epoch)."""
        rng = torch.Generator().manual_seed(self.seed * 1000 + number)
        order = torch.randperm(len(images), generator=rng)
        mirrored = torch.rand(len(images), generator=torch.Generator().manual_seed(self.seed)) < 0.5
        mirrored = mirrored ^ bool(number % 2)  # every picture is seen from the other side in the next epoch
        total, right = 0.0, 0
        self.net.train()
        try:
            for index, batch in enumerate(order.split(self.recipe.batch)):
                inputs = self.classifier.normalise(torch.from_numpy(images[batch.numpy()]))
                inputs = augment(inputs, self.recipe.shift, mirrored[batch] if self.recipe.flip else None, rng)
                inputs = warp(inputs, self.recipe.turn, self.recipe.zoom, self.recipe.move, rng)
                inputs = cut_out(relight(inputs, self.recipe.light, rng), self.recipe.cut, rng)
                target = torch.from_numpy(labels[batch.numpy()]).to(inputs.device)
                loss, share = self.step(inputs, target, self.done(number, index))
                total, right = total + loss * len(batch), right + share * len(batch)
        finally:
            self.net.eval()
        return total / len(images), right / len(images)

    def done(self, number: int, index: int) -> float:
        """Return the share of the run that lies behind step `index` of epoch `number`."""
        return (number * self.steps + index) / (self.recipe.epochs * self.steps)

    def step(self, inputs: Tensor, target: Tensor, done: float) -> tuple[float, float]:
        """Learn from one batch; `done` is the share of the run behind us. Return loss and accuracy."""
        warmup = max(self.recipe.warmup, 1e-9)
        factor = min(done / warmup, (1 - done) / (1 - warmup))
        with half_precision(inputs.device, self.recipe.half):
            logits = self.net(inputs.contiguous(memory_format=torch.channels_last)).float()
        loss, accuracy = self.objective(logits, target, self.recipe.smoothing)
        self.net.zero_grad(set_to_none=True)
        loss.backward()
        for p, matrix in zip(self.filters, self.matrices, strict=True):
            matrix.grad = p.grad.reshape(len(p), -1)
            matrix.data.mul_(len(matrix) ** 0.5 / matrix.data.norm())  # only the direction of a filter bank counts
        for optimiser, rate in zip(self.optimisers, self.rates, strict=True):
            optimiser.param_groups[0]["lr"] = rate * max(factor, 1e-3)
            optimiser.step()
        return loss.item(), accuracy

    def save(self, path: Path, done: int) -> None:
        """Write everything that the next epoch needs."""
        optimisers = [optimiser.state_dict() for optimiser in self.optimisers]
        state = {"done": done, "net": self.net.state_dict(), "optimisers": optimisers}
        save_checkpoint(path, self._identity(), state)

    def load(self, path: Path) -> int:
        """Take up a checkpoint; return the number of finished epochs."""
        state = load_checkpoint(path, self._identity())
        self.net.load_state_dict(state["net"])
        for optimiser, saved in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        return state["done"]

    def _identity(self) -> dict:
        names = {"model": self.classifier.spec.name, "gates": self.classifier.gates, "seed": self.seed}
        return names | asdict(self.recipe) | {"steps": self.steps}


def _check(classifier: Classifier, images: np.ndarray, labels: np.ndarray) -> None:
    shape, count = (*classifier.spec.shape, 3), len(classifier.classes)
    if images.ndim != 4 or images.shape[1:] != shape or images.dtype != np.uint8:
        wanted = ", ".join(map(str, shape))
        raise ValueError(f"images must be (N, {wanted}) uint8, not {images.shape} {images.dtype}")
    if classifier.spec.multilabel:
        if len(images) == 0 or labels.shape != (len(images), count) or not np.isin(labels, (0, 1)).all():
            raise ValueError(f"labels must be 0 or 1 for each of the {len(images)} pictures and {count} classes")
        return
    if len(images) == 0 or labels.shape != (len(images),) or labels.min() < 0 or labels.max() >= count:
        raise ValueError(f"labels must be one index 0 ... {count - 1} for each of the {len(images)} pictures")
