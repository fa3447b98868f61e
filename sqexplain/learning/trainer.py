"""The training loop shared by train and retrofit: epochs, checkpoints, resuming."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from torch import Tensor

from sqexplain.classifier import Classifier
from sqexplain.learning.checkpoints import load_checkpoint, load_vectors, save_checkpoint, save_vectors
from sqexplain.progress import Progress


@dataclass(frozen=True)
class Epoch:
    """One pass over the training data: mean loss, accuracy or agreement in [0, 1], seconds.

    Number 0 is the pass of a retrofit in which the frozen net sees the data; its loss and accuracy are nan.
    """

    number: int
    of: int
    loss: float
    accuracy: float
    seconds: float


class Trainer:
    """One run of learning; a subclass says what learns, from what, and how.

    Attributes:
        vectors: what `begin` computes once and a resumed run reads again, by name; {} of a training run.
    """

    retrofits: ClassVar[bool] = False

    def __init__(self, classifier: Classifier, data: Any, recipe: Any, seed: int):
        self.classifier, self.data, self.recipe, self.seed = classifier, data, recipe, seed
        self.net = classifier.net
        self.blocks = dict(classifier.blocks)
        self.vectors: dict[str, Tensor] = {}

    @property
    def identity(self) -> dict:
        """The settings that a checkpoint must share with the run that resumes it."""
        names = {"model": self.classifier.spec.name, "gates": self.classifier.gates, "seed": self.seed}
        return names | {"data": self.data.name, "samples": len(self.data)} | asdict(self.recipe)

    def load(self) -> Iterator[Progress]:
        """Yield progress while the data are made ready, at each start."""
        return iter(())

    def begin(self, folder: Path | None) -> Iterator[Progress]:  # noqa: ARG002
        """Yield progress of what a new run does before its first epoch; large files go into `folder`."""
        return iter(())

    def epoch(self, number: int) -> tuple[float, float]:
        """Learn for one epoch, counted from 0; return mean loss and accuracy. All chance comes from seed and number."""
        raise NotImplementedError

    def state(self) -> dict:
        """Return everything that the next epoch needs besides the data and `vectors`."""
        raise NotImplementedError

    def restore(self, state: dict) -> None:
        """Take up what `state` returned."""
        raise NotImplementedError

    def run(self, file: str | Path | None = None) -> Iterator[Progress | Epoch]:
        """Yield progress, then one `Epoch` after another; the net is in eval mode whenever this generator rests."""
        checkpoint = Path(file) if file else None
        start, of, done = time.perf_counter(), self.recipe.epochs, 0
        saved = load_checkpoint(checkpoint, self.identity) if checkpoint and checkpoint.exists() else None
        yield from self.load()
        if saved and checkpoint:
            self.vectors = load_vectors(checkpoint) if self.retrofits else {}
            self.restore(saved)
            done = saved["done"]
        else:
            yield from self.begin(checkpoint.parent if checkpoint else None)
            if self.retrofits:
                if checkpoint:
                    save_vectors(checkpoint, self.vectors)
                self.save(checkpoint, 0)
                yield Epoch(0, of, float("nan"), float("nan"), time.perf_counter() - start)
        for number in range(done, of):
            start = time.perf_counter()
            loss, accuracy = self.epoch(number)
            self.save(checkpoint, number + 1)
            yield Epoch(number + 1, of, loss, accuracy, time.perf_counter() - start)
        for block in self.blocks.values():
            block.trained.fill_(True)

    def save(self, checkpoint: Path | None, done: int) -> None:
        """Write the checkpoint after `done` epochs, if there is to be one."""
        if checkpoint:
            save_checkpoint(checkpoint, self.identity, self.state() | {"done": done})

    @contextmanager
    def training_mode(self) -> Iterator[None]:
        """Put the net into training mode, and back into eval mode whatever happens."""
        self.net.train()
        try:
            yield
        finally:
            self.net.eval()
