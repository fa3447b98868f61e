"""Training a net for clips. B clips, T frames."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from sqexplain.classifier import Classifier
from sqexplain.features import encode, inputs_of
from sqexplain.learning.clips import Clips, check_clips
from sqexplain.learning.precision import half_precision
from sqexplain.learning.recipes import ClipRecipe
from sqexplain.learning.trainer import Trainer
from sqexplain.progress import Progress

# Kinds of clips in which the face alone, or the audio alone, determines the label: elsewhere lips move to audio that
# is not theirs, or speech is heard that is another's, and a head for one stream would learn to doubt what it knows.
DETERMINED = {"face": ("sync", "silent", "quiet"), "audio": ("sync", "noise", "quiet")}


class ClipTraining(Trainer):
    """Net and optimiser of one training run on clips."""

    def __init__(self, classifier: Classifier, data: Any, recipe: ClipRecipe, seed: int):
        super().__init__(classifier, data, recipe, seed)
        learned = [p for p in self.net.parameters() if p.requires_grad]
        self.optimiser = torch.optim.AdamW(learned, recipe.lr, betas=(0.9, 0.98), weight_decay=recipe.decay)

    def load(self) -> Iterator[Progress]:
        """Yield progress while clips that are not yet there are drawn."""
        yield from self.data.render()

    def epoch(self, number: int) -> tuple[float, float]:
        """Take the steps of one epoch."""
        recipe, total, right, count = self.recipe, 0.0, 0.0, 0
        with self.training_mode():
            for step in range(number * recipe.steps, (number + 1) * recipe.steps):
                clips = self.data.batch(self.seed, step, recipe.batch)
                check_clips(self.classifier, clips)
                loss, accuracy = self.step(clips, step / (recipe.epochs * recipe.steps))
                frames = clips.labels.size
                total, right, count = total + loss, right + accuracy * frames, count + frames
        return total / recipe.steps, right / count

    def step(self, clips: Clips, done: float) -> tuple[float, float]:
        """Learn from one batch; `done` is the share of the run behind us. Return loss and frame accuracy."""
        task, recipe = self.classifier.spec.task, self.recipe
        net: Any = self.net  # one for clips
        labels = torch.tensor(clips.labels, dtype=torch.int64).flatten().to(self.classifier.device)  # (B * T,)
        with half_precision(labels.device):
            visual, audio = encode(net, *inputs_of(self.classifier, clips.frames, clips.audio))
            logits = net.classify(visual, audio)  # (B * T, 2)
            unimodal = {"face": net.classify_visual(visual), "audio": net.classify_audio(audio)}
        loss = task.loss(logits.float() / (recipe.temperature + (1 - recipe.temperature) * done), labels)
        for stream, side in unimodal.items():
            rows = np.repeat(np.isin(clips.kinds, DETERMINED[stream]), clips.labels.shape[1])  # (B * T,)
            if rows.any():
                loss = loss + recipe.unimodal_weight * task.loss(side.float()[rows], labels[rows])
        self.net.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.param_groups[0]["lr"] = recipe.lr * rate(done, recipe)
        self.optimiser.step()
        return loss.item(), task.accuracy(logits, labels)

    def state(self) -> dict:
        """Return weights and optimiser."""
        return {"net": self.net.state_dict(), "optimiser": self.optimiser.state_dict()}

    def restore(self, state: dict) -> None:
        """Take up weights and optimiser."""
        self.net.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])


def rate(done: float, recipe: ClipRecipe) -> float:
    """Return the factor of the learning rate, in (0, 1], when the share `done` of the run is behind us."""
    rise = done / recipe.warmup if recipe.warmup else 1.0
    fall = (1 - done) / (1 - recipe.flat)
    return max(min(rise, fall, 1.0), 1e-3)
