"""Training a net for pictures."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from sqexplain.classifier import Classifier
from sqexplain.learning.augmentation import augment, cut_out, relight, warp
from sqexplain.learning.precision import half_precision
from sqexplain.learning.recipes import Recipe
from sqexplain.learning.trainer import Trainer
from sqexplain.progress import Progress
from sqexplain.sample import CroppedPictures, Dataset

STEM = 2000  # pictures that a whitening stem is fitted to


class ImageTraining(Trainer):
    """Net, optimisers and pictures of one training run."""

    def __init__(self, classifier: Classifier, data: Dataset, recipe: Recipe, seed: int):
        super().__init__(classifier, data, recipe, seed)
        self.task, spec = classifier.spec.task, classifier.spec
        self.pictures = CroppedPictures(data, spec.shape, spec.resize)
        self.steps = -(-len(data) // recipe.batch)
        self.net.to(memory_format=torch.channels_last)
        learned = [p for p in self.net.parameters() if p.requires_grad]
        self.filters = [p for p in learned if p.ndim == 4]
        # Muon takes matrices: each one is a view (out, in * kh * kw) that shares the memory of its convolution
        self.matrices = [nn.Parameter(p.data.reshape(len(p), -1)) for p in self.filters]
        for p, matrix in zip(self.filters, self.matrices, strict=True):
            p.data = matrix.data.view(p.shape)
        others = [p for p in learned if p.ndim != 4]
        self.optimisers: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(others, lr=recipe.other_lr, betas=(0.85, 0.98), weight_decay=0.01)
        ]
        if self.matrices:
            muon = torch.optim.Muon(
                self.matrices, lr=recipe.lr, momentum=recipe.momentum, weight_decay=0.0, nesterov=True, ns_steps=3
            )
            self.optimisers.insert(0, muon)
        self.rates = [optimiser.param_groups[0]["lr"] for optimiser in self.optimisers]

    def load(self) -> Iterator[Progress]:
        """Yield progress while the pictures are brought to the size of the net."""
        yield from self.pictures.load()

    def begin(self, folder: Path | None) -> Iterator[Progress]:  # noqa: ARG002
        """Fit the whitening stem, if the net has one, to the first pictures of a seeded shuffle."""
        stem: Any = getattr(self.net, "stem", None)
        if self.recipe.stem and hasattr(stem, "fit"):
            chosen = np.random.default_rng(self.seed).permutation(len(self.pictures))[:STEM]
            images, _ = self.take(np.sort(chosen))
            stem.fit(self.classifier.normalise(images))
        return iter(())

    def take(self, places: np.ndarray) -> tuple[Tensor, Tensor]:
        """Return pictures (n, *shape, 3) and labels at places (n,).

        Raises:
            ValueError: the labels are not those of the task.
        """
        images, labels = self.pictures.take(places)
        labels = self.task.check(labels, len(images), len(self.classifier.classes))
        return torch.from_numpy(images), torch.from_numpy(labels)

    def epoch(self, number: int) -> tuple[float, float]:
        """Go once over the pictures."""
        count = len(self.pictures)
        rng = torch.Generator().manual_seed(self.seed * 1000 + number)
        order = torch.randperm(count, generator=rng)
        mirrored = torch.rand(count, generator=torch.Generator().manual_seed(self.seed)) < 0.5
        mirrored = mirrored ^ bool(number % 2)  # every picture is seen from the other side in the next epoch
        total, right = 0.0, 0.0
        with self.training_mode():
            for index, places in enumerate(order.split(self.recipe.batch)):
                images, labels = self.take(places.numpy())
                inputs = self.augmented(images, mirrored[places], rng)
                done = (number * self.steps + index) / (self.recipe.epochs * self.steps)
                loss, accuracy = self.step(inputs, labels.to(inputs.device), done)
                total, right = total + loss * len(places), right + accuracy * len(places)
        return total / count, right / count

    def augmented(self, images: Tensor, mirrored: Tensor, rng: torch.Generator) -> Tensor:
        """Return pictures (n, *shape, 3) as changed inputs of the net; `mirrored` (n,) says which are flipped."""
        recipe = self.recipe
        inputs = augment(self.classifier.normalise(images), recipe.shift, mirrored if recipe.flip else None, rng)
        inputs = warp(inputs, recipe.turn, recipe.zoom, recipe.move, rng)
        return cut_out(relight(inputs, recipe.light, rng), recipe.cut, rng)

    def step(self, inputs: Tensor, labels: Tensor, done: float) -> tuple[float, float]:
        """Learn from one batch; `done` is the share of the run behind us. Return loss and accuracy."""
        with half_precision(inputs.device, self.recipe.half):
            logits = self.net(inputs.contiguous(memory_format=torch.channels_last)).float()
        loss = self.task.loss(logits, labels, self.recipe.smoothing)
        self.net.zero_grad(set_to_none=True)
        loss.backward()
        for p, matrix in zip(self.filters, self.matrices, strict=True):
            matrix.grad = None if p.grad is None else p.grad.reshape(len(p), -1)
            matrix.data.mul_(len(matrix) ** 0.5 / matrix.data.norm())  # only the direction of a filter bank counts
        warmup = max(self.recipe.warmup, 1e-9)
        factor = max(min(done / warmup, (1 - done) / (1 - warmup)), 1e-3)
        for optimiser, rate in zip(self.optimisers, self.rates, strict=True):
            optimiser.param_groups[0]["lr"] = rate * factor
            optimiser.step()
        return loss.item(), self.task.accuracy(logits, labels)

    def state(self) -> dict:
        """Return weights and optimisers."""
        return {"net": self.net.state_dict(), "optimisers": [one.state_dict() for one in self.optimisers]}

    def restore(self, state: dict) -> None:
        """Take up weights and optimisers."""
        self.net.load_state_dict(state["net"])
        for optimiser, saved in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
