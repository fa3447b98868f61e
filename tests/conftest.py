"""Tiny nets and samples that the tests share."""

import os
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from sqexplain.classifier import Classifier, Spec
from sqexplain.gates import KINDS
from sqexplain.gates.insertion import find_block, insert_se
from sqexplain.models import MODELS, build_model
from sqexplain.sample import Sample

pytest_plugins = ("browsing", "commands", "speaker_folders", "user_folder")  # their fixtures
ROOT = Path(__file__).parents[1]
# The tests neither see the models of whoever runs them nor add any; what they start inherits it.
os.environ.pop("SQEXPLAIN_HOME", None)
DATA_HOME = tempfile.TemporaryDirectory(prefix="sqexplain-tests-")  # gone when they end
os.environ["XDG_DATA_HOME"] = DATA_HOME.name
CLASSES = ("ant", "bee", "cat", "dog")
# Files that `make quick` leaves out: whole pages, every family of nets, figures, learning, measuring, processes.
SLOW = {
    *("app", "clips_page", "distributions_page", "faces_page", "paper_page", "javascript", "examples", "packaging"),
    *("families", "large_nets", "checkpoint", "figures", "speed", "speed_per_method", "streaming"),
    *("training", "training_clips", "training_data", "training_memory", "training_runs", "attributes", "bias"),
    *("cli", "cli_explain", "cli_faces", "cli_predict", "clip_explanation"),
    *("registering", "start", "user_models", "damaged_models", "save_model", "prepared", "alignment", "foreign_data"),
}


def pytest_collection_modifyitems(config, items):
    """Mark what is slow; side by side, keep a file and the browser in one process and start with the slow ones."""
    for item in items:
        file, browser = item.path.stem.removeprefix("test_"), "browser" in item.fixturenames
        for name, holds in (("browser", browser), ("slow", browser or file in SLOW)):
            if holds:
                item.add_marker(name)
        item.add_marker(pytest.mark.xdist_group("browser" if browser else file))
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: [item.get_closest_marker(name) is None for name in ("browser", "slow")])


def open_page(name: str, timeout: int = 60, **link) -> AppTest:
    """Run the page `name` of the app as a link opens it, and return it; a traceback on it is a failure."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=timeout)
    app.switch_page(f"pages/{name}.py")
    for key, value in link.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


class TinyNet(nn.Module):
    """Two convolutions with batch norm and an in-place ReLU after the explained layer, pooling, one linear layer."""

    def __init__(self, channels: int = 12, classes: int = len(CLASSES)) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU(inplace=True))
        self.last = nn.Conv2d(8, channels, 3, 2, 1)
        self.norm = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.head = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.relu(self.norm(self.last(self.stem(x))))
        return self.head(x.mean((2, 3)))


def randomise(net: nn.Module, seed: int = 0) -> nn.Module:
    """Give every batch norm of `net` weights and statistics unlike a fresh one's; return `net` in eval mode."""
    source = torch.Generator().manual_seed(seed)
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm2d, nn.BatchNorm3d)):
            for tensor in (module.weight, module.running_var):
                tensor.data.uniform_(0.5, 1.5, generator=source)
            for tensor in (module.bias, module.running_mean):
                tensor.data.normal_(0, 0.3, generator=source)
    return net.eval()


def make_classifier(gates: str = "class", net: nn.Module | None = None, layer="relu", size: int = 16) -> Classifier:
    """Return a classifier of a tiny net with an SE block that counts as trained."""
    torch.manual_seed(0)
    net = randomise(TinyNet() if net is None else net)
    insert_se(net, layer, gates, example=torch.zeros(1, 3, size, size))
    block = find_block(net)[1]
    block.trained.fill_(True)
    spec = Spec("tiny", TinyNet, CLASSES, layer, size, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
    return Classifier(spec, net, {"frames": block}, gates, torch.device("cpu"), lock=threading.Lock())


def make_sample(seed: int = 0, frames: int = 1, height: int = 16, width: int = 16) -> Sample:
    """Return a sample of smooth noise."""
    rng = np.random.default_rng(seed)
    return Sample(f"noise {seed}", rng.integers(0, 256, (frames, height, width, 3), dtype=np.uint8))


@pytest.fixture(params=KINDS)
def any_classifier(request):
    return make_classifier(request.param)


@pytest.fixture
def classifier():
    return make_classifier()


@pytest.fixture
def sample():
    return make_sample()


@pytest.fixture
def one_thread():
    """Sums come out the same bit for bit only where one thread makes them."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def make_speaker(gates: str = "sparse") -> Classifier:
    """Return the small speaker net with random weights and blocks that count as trained."""
    torch.manual_seed(0)
    classifier = build_model(MODELS["speaker"], gates, "cpu")
    randomise(classifier.net)
    for block in classifier.blocks.values():
        block.trained.fill_(True)
    return classifier


def make_clip(frames: int = 10, seed: int = 0, side: int = 112, sound: bool = True) -> Sample:
    """Return a clip of noise with sound, or without."""
    rng = np.random.default_rng(seed)
    pictures = rng.integers(0, 256, (frames, side, side, 3), dtype=np.uint8)
    audio = (rng.standard_normal(frames * 640) * 0.1).astype(np.float32) if sound else None
    return Sample(f"clip {seed}", pictures, audio)
