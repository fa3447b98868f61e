"""A tiny net for pictures of 16 pixels whose brighter half names the class, and such pictures."""

from functools import partial

import numpy as np
import torch

from sqexplain.classifier import Classifier, Spec
from sqexplain.learning import Epoch, Recipe
from sqexplain.models import build_model
from sqexplain.models.nets.resnet import SmallResNet
from sqexplain.sample import PictureDataset, Sample

SPEC = Spec(
    name="tiny",
    build=partial(SmallResNet, 2, (8, 16), (1, 1), scale=1 / 2),
    classes=("left", "right"),
    layer="stages",
    size=16,
    mean=(0.5, 0.5, 0.5),
    std=(0.25, 0.25, 0.25),
    data="halves",
)
RECIPE = Recipe(epochs=3, batch=32, flip=False, shift=1)


class Halves(PictureDataset):
    """Pictures whose brighter half names the class."""

    name, classes, licence, source = "halves", SPEC.classes, "none", "drawn here"

    def __init__(self, count: int = 256, seed: int = 0):
        rng = np.random.default_rng(seed)
        self.labels = rng.integers(2, size=count)
        self.images = rng.integers(0, 120, (count, 16, 16, 3), dtype=np.uint8)
        for image, label in zip(self.images, self.labels, strict=True):
            image[:, 8 * label : 8 * label + 8] += 100

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return Sample(f"half {index}", self.images[index][None], labels=self.labels[index : index + 1])


def fresh(gates: str = "none", seed: int = 0) -> Classifier:
    """Return an untrained classifier."""
    torch.manual_seed(seed)
    return build_model(SPEC, gates, "cpu")


def epochs(rows) -> list[Epoch]:
    """Return the epochs of a run, without its progress."""
    return [row for row in rows if isinstance(row, Epoch)]


def stop_after(rows, number: int) -> None:
    """Drop a run when it has yielded the epoch of this number, as if it were killed."""
    next(row for row in rows if isinstance(row, Epoch) and row.number == number)
    rows.close()
