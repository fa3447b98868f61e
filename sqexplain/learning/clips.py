"""Training a net for clips. B clips, T frames, C channels of the face map, A channels of the voice map."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch.nn import functional as F

from sqexplain.classifier import Classifier
from sqexplain.learning.checkpoints import load_checkpoint, save_checkpoint
from sqexplain.learning.pooling import encode, inputs_of
from sqexplain.learning.precision import half_precision
from sqexplain.learning.recipes import ClipRecipe, Epoch, recipe_for


class Clips(Protocol):
    """Clips of equal length, as nets take them.

    Attributes:
        frames: (B, T, S, S) uint8 grey.
        audio: (B, 13, 4T) MFCC.
        labels: (B, T) of 0 and 1.
        kinds: (B,) names of how face and sound of a clip belong together.
    """

    frames: np.ndarray
    audio: np.ndarray
    labels: np.ndarray
    kinds: np.ndarray


# Kinds of clips whose labels the face alone, or the sound alone, tells: elsewhere lips move to a sound that is not
# theirs, or speech is heard that is another's, and a head that knows one stream would learn to doubt what it knows.
TOLD = {"look": ("sync", "silent", "quiet"), "listen": ("sync", "noise", "quiet")}
Draw = Callable[[int, int, int], Clips]  # the clips for a seed, a step and a size; the same ones for the same numbers


def train_clips(
    classifier: Classifier,
    draw: Draw,
    recipe: ClipRecipe | None = None,
    seed: int = 0,
    checkpoint: Path | None = None,
) -> Iterator[Epoch]:
    """Yield one `Epoch` after another while the net of `classifier` learns; the net is in eval mode at the end.

    Args:
        draw: returns the clips of a step, as `Talkers.batch` does.
        recipe: None takes the one of `RECIPES` for this model.
        checkpoint: file that is written after each epoch and read at the start: a killed run goes on where it was.

    Raises:
        ValueError: the model is not for clips, clips of another size, or a checkpoint of another run.
    """
    if not classifier.spec.streams:
        raise ValueError(f"{classifier.spec.name!r} is a net for pictures; train it with `train`")
    recipe = recipe or recipe_for(classifier)
    run = _Run(classifier, draw, recipe, seed)
    first = run.load(checkpoint) if checkpoint and checkpoint.exists() else 0
    for number in range(first, recipe.epochs):
        start = time.perf_counter()
        loss, accuracy = run.epoch(number)
        if checkpoint:
            run.save(checkpoint, number + 1)
        yield Epoch(number + 1, recipe.epochs, loss, accuracy, time.perf_counter() - start)
    for block in classifier.blocks.values():
        block.trained.fill_(True)


class _Run:
    """State of one training run: net, optimiser, step count."""

    def __init__(self, classifier: Classifier, draw: Draw, recipe: ClipRecipe, seed: int):
        self.classifier, self.draw, self.recipe, self.seed = classifier, draw, recipe, seed
        self.net = classifier.net
        learned = [p for p in self.net.parameters() if p.requires_grad]
        self.optimiser = torch.optim.AdamW(learned, recipe.lr, betas=(0.9, 0.98), weight_decay=recipe.decay)

    def epoch(self, number: int) -> tuple[float, float]:
        """Take the steps of one epoch; return mean loss and frame accuracy. All chance comes from (seed, step)."""
        total, right, count = 0.0, 0, 0
        self.net.train()
        try:
            for step in range(number * self.recipe.steps, (number + 1) * self.recipe.steps):
                clips = self.draw(self.seed, step, self.recipe.batch)
                loss, hits = self.step(clips, step / (self.recipe.epochs * self.recipe.steps))
                total, right, count = total + loss, right + hits, count + clips.labels.size
        finally:
            self.net.eval()
        return total / self.recipe.steps, right / count

    def step(self, clips: Clips, done: float) -> tuple[float, int]:
        """Learn from one batch; `done` is the share of the run behind us. Return loss and frames judged right."""
        target = torch.tensor(clips.labels, dtype=torch.int64).flatten().to(self.classifier.device)  # (B * T,)
        with half_precision(target.device):
            seen, heard = encode(self.net, *inputs_of(self.classifier, clips.frames, clips.audio))
            logits = self.net.decide(seen, heard)  # (B * T, 2)
            sides = {"look": self.net.look(seen), "listen": self.net.listen(heard)}
        heat = self.recipe.hot + (1 - self.recipe.hot) * done
        loss = F.cross_entropy(logits.float() / heat, target)
        for name, side in sides.items():
            told = np.repeat(np.isin(clips.kinds, TOLD[name]), clips.labels.shape[1])  # (B * T,)
            if told.any():
                loss = loss + self.recipe.alone * F.cross_entropy(side.float()[told], target[told])
        self.net.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.param_groups[0]["lr"] = self.recipe.lr * rate(done, self.recipe)
        self.optimiser.step()
        return loss.item(), int((logits.argmax(1) == target).sum())

    def save(self, path: Path, done: int) -> None:
        """Write everything that the next epoch needs."""
        state = {"done": done, "net": self.net.state_dict(), "optimiser": self.optimiser.state_dict()}
        save_checkpoint(path, self._identity(), state)

    def load(self, path: Path) -> int:
        """Take up a checkpoint; return the number of finished epochs."""
        state = load_checkpoint(path, self._identity())
        self.net.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])
        return state["done"]

    def _identity(self) -> dict:
        names = {"model": self.classifier.spec.name, "gates": self.classifier.gates, "seed": self.seed}
        return names | asdict(self.recipe)


def rate(done: float, recipe: ClipRecipe) -> float:
    """Return the factor of the learning rate, in (0, 1], when the share `done` of the run is behind us."""
    rise = done / recipe.warmup if recipe.warmup else 1.0
    fall = (1 - done) / (1 - recipe.flat)
    return max(min(rise, fall, 1.0), 1e-3)
