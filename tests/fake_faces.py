"""A net and faces for tests: "Red" is a red mouth, "Blue" a blue forehead, and the net knows exactly that."""

import threading

import numpy as np
import torch
from torch import nn

from sqexplain.classifier import Classifier, Spec
from sqexplain.evaluation.face_regions import parts
from sqexplain.gates.insertion import find_block, insert_se
from sqexplain.sample import PictureDataset, Sample
from sqexplain.tasks import MULTILABEL

SIZE = (109, 89)
CLASSES = ("Red", "Blue", "Bright")
COLOURS = {"Red": (255, 0, 0), "Blue": (0, 0, 255)}
PLACES = {"Red": "mouth", "Blue": "forehead"}


class ColourNet(nn.Module):
    """Two channels, how much redder and how much bluer than grey a place is beyond 0.6; average pool; linear head."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Conv2d(3, 4, 4, 4)
        self.relu = nn.ReLU()
        self.head = nn.Linear(4, len(CLASSES))
        with torch.no_grad():
            self.look.weight.zero_()
            for channel, (plus, minus) in enumerate(((0, 1), (2, 1))):
                self.look.weight[channel, plus], self.look.weight[channel, minus] = 1 / 16, -1 / 16
            self.look.weight[2:] = 1 / 48
            self.look.bias.copy_(torch.tensor([-0.6, -0.6, 0.0, 0.1]))
            self.head.weight.copy_(torch.tensor([[300.0, 0, 0, 0], [0, 300.0, 0, 0], [0, 0, 8.0, 8.0]]))
            self.head.bias.copy_(torch.tensor([-2.0, -2.0, -8.0]))

    def forward(self, x):
        return self.head(self.relu(self.look(x)).mean((2, 3)))


SPEC = Spec(
    name="colours",
    build=ColourNet,
    classes=CLASSES,
    layer="relu",
    size=SIZE,
    mean=(0.0, 0.0, 0.0),
    std=(1.0, 1.0, 1.0),
    data="colours",
    crop="aligned",
    task=MULTILABEL,
)


def make_face_classifier(gates: str = "class", trained: bool = True) -> Classifier:
    """Return the net with a block that counts as trained."""
    torch.manual_seed(0)
    net = insert_se(ColourNet().eval(), "relu", gates, len(CLASSES), torch.zeros(1, 3, *SIZE))
    block = find_block(net)[1]
    block.trained.fill_(trained)
    return Classifier(SPEC, net, {"frames": block}, gates, torch.device("cpu"), lock=threading.Lock())


def make_face(red: bool = False, blue: bool = False, bright: bool = False, seed: int = 0) -> Sample:
    """Return a grey face of noise, 109x89, with what it has of the three attributes and where that lies."""
    rng = np.random.default_rng(seed)
    low, high = (150, 200) if bright else (60, 110)
    picture = np.repeat(rng.integers(low, high, (*SIZE, 1), dtype=np.uint8), 3, 2)
    masks = {name: parts(*SIZE)[place] for name, place in PLACES.items()}
    for name, there in (("Red", red), ("Blue", blue)):
        if there:
            picture[masks[name]] = COLOURS[name]
    labels = np.array([[red, blue, bright]], np.int64)
    evidence = {name: masks[name][None] for name in PLACES}
    return Sample(f"face {seed}", picture[None], labels=labels, evidence=evidence)


class Faces(PictureDataset):
    """Faces with every combination of the three attributes in turn."""

    name, classes, task, licence, source = "colours", CLASSES, MULTILABEL, "none", "drawn here"

    def __init__(self, count: int = 32, seed: int = 0):
        bits = (np.arange(count)[:, None] >> np.arange(3)) & 1  # (N, 3)
        self._faces = [make_face(*map(bool, row), seed=seed + number) for number, row in enumerate(bits)]
        self.labels = bits.astype(np.int64)

    def __len__(self):
        return len(self._faces)

    def __getitem__(self, index):
        return self._faces[index]

    def arrays(self):
        """Return pictures and labels."""
        return np.stack([face.picture for face in self._faces]), self.labels
