"""Runs the commands in this process, and registers a tiny net and a data set for them."""

from contextlib import contextmanager
from functools import partial

import numpy as np
import pytest
from typer.testing import CliRunner

from sqexplain import cli, data, models
from sqexplain.classifier import Spec
from sqexplain.models.nets.resnet import SmallResNet
from sqexplain.sample import PictureDataset, Sample

SIZE = 16


class Shades(PictureDataset):
    """Dark and light noise, 64 pictures."""

    name = "shades"
    classes = ("dark", "light")
    licence = source = "made here"

    def __init__(self, split="test", root=None):
        self.seed = ("train", "test").index(split)
        self.root = root

    def __len__(self):
        return 64

    def __getitem__(self, index):
        images, labels = self.arrays()
        return Sample(f"shade {index}", images[index][None], labels=labels[index : index + 1])

    def arrays(self):
        labels = np.arange(64) % 2
        noise = np.random.default_rng(self.seed).integers(0, 100, (64, SIZE, SIZE, 3))
        return (noise + 130 * labels[:, None, None, None]).astype(np.uint8), labels


SPEC = Spec(
    name="tiny",
    build=partial(SmallResNet, 2, (16,), (1,), scale=1.0),
    classes=Shades.classes,
    layer="stages",
    size=SIZE,
    mean=(0.5, 0.5, 0.5),
    std=(0.25, 0.25, 0.25),
    data="shades",
)


def run(*words):
    return CliRunner().invoke(cli.app, [str(word) for word in words])


@contextmanager
def registered():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(models.MODELS, SPEC.name, SPEC)
        patch.setitem(data.DATASETS, Shades.name, Shades)
        yield


@pytest.fixture(scope="module")
def tiny():
    """The net "tiny" and the data set "shades" under their names."""
    with registered():
        yield


@pytest.fixture(scope="session")
def weights(tmp_path_factory):
    """A trained tiny net and its class gates, made by the commands themselves."""
    folder = tmp_path_factory.mktemp("runs")
    with registered():
        for words in (("train", "tiny"), ("retrofit", "tiny", "--gates", "class")):
            done = run(*words, "--epochs", 2, "--out", folder)
            assert done.exit_code == 0, done.output
    return folder / "tiny.class.safetensors"


def assert_one_sentence(done, *parts):
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("error: ")
    for part in parts:
        assert part in lines[0]
