"""Data larger than memory: pictures and vectors pass in batches, and the weights stay the same."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from halves import RECIPE, Halves, epochs, fresh, stop_after
from learning_runs import RETROFIT, assert_same, every_retrofit

from sqexplain.learning import retrofit, train
from sqexplain.progress import Progress
from sqexplain.sample import CroppedPictures, PictureDataset, Sample

pytestmark = pytest.mark.usefixtures("one_thread")


class Stream(PictureDataset):
    """Pictures that are drawn when they are asked for; more than a batch at once is an error."""

    name, classes, licence, source = "stream", Halves.classes, "none", "drawn here"

    def __init__(self, count=600, most=250):
        self.count, self.most = count, most

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        image = np.random.default_rng(index).integers(0, 256, (1, 24, 20, 3), dtype=np.uint8)
        return Sample("drawn", image, labels=np.array([index % 2]))

    def batches(self, size=250, places=None):
        assert size <= self.most
        yield from super().batches(size, places)


def test_pictures_are_cropped_once_or_whenever_they_are_taken(monkeypatch):
    held = CroppedPictures(Stream(7, most=500), (12, 10))
    assert list(held.load()) == [Progress(7, 7)]
    monkeypatch.setattr("sqexplain.sample.cropping.MOST", 10)
    lazy = CroppedPictures(Stream(7, most=2), (12, 10))
    assert list(lazy.load()) == []
    for one, other in zip(held.take(np.array([4, 1])), lazy.take(np.array([4, 1])), strict=True):
        assert (one == other).all()
    images, labels = held.take(np.array([4, 1]))
    assert images.shape == (2, 12, 10, 3)
    assert labels.tolist() == [0, 1]


@pytest.mark.parametrize("gates", ["sparse", "class"])
def test_a_retrofit_asks_for_one_batch_of_pictures_at_a_time(gates):
    assert epochs(retrofit(fresh(gates), Stream(), RETROFIT))[-1].number == 3


@pytest.mark.parametrize("gates", ["none", "paper"])
def test_training_on_pictures_that_do_not_fit_into_memory_gives_the_same_weights(gates, monkeypatch):
    held, streamed = fresh(gates), fresh(gates)
    recipe = replace(RECIPE, stem=False)  # the stem is fitted to 2,000 pictures at once
    list(train(held, Stream(most=10**6), recipe))
    monkeypatch.setattr("sqexplain.sample.cropping.MOST", 1000)
    rows = list(train(streamed, Stream(most=recipe.batch), recipe))
    assert_same(held.net, streamed.net)
    assert len(rows) == recipe.epochs  # no pass over the pictures came before


@every_retrofit
def test_vectors_that_do_not_fit_into_memory_give_the_same_gates(run, monkeypatch, tmp_path):
    held, mapped, resumed = run.start(), run.start(), run.start(7)
    list(run.rows(held))
    monkeypatch.setattr("sqexplain.learning.image_retrofit.MOST", 0)
    list(run.rows(mapped))
    assert_same(held.net, mapped.net)
    stop_after(run.rows(run.start(), tmp_path / "run"), 1)
    list(run.rows(resumed, tmp_path / "run"))
    assert_same(held.net, resumed.net)
    assert {path.name for path in tmp_path.iterdir()} == {"run", "run.vectors"}


MEASURE = """
import resource, sys
sys.path[:0] = ["tests"]
import numpy as np, torch
torch.set_num_threads(1)
from dataclasses import replace
from halves import SPEC
from sqexplain.learning import RetrofitRecipe, retrofit
from sqexplain.models import build_model
from sqexplain.sample import PictureDataset

class Many(PictureDataset):
    name, classes, licence, source = "many", ("left", "right"), "none", "drawn here"
    def __init__(self, count): self.count = count
    def __len__(self): return self.count
    def batches(self, size=250, places=None):
        noise = np.random.default_rng(0).integers(0, 256, (size, 96, 96, 3), dtype=np.uint8)
        for start in range(0, self.count, size):
            yield noise + np.uint8(start % 7), np.zeros(size, np.int64)

for count in (500, 20_000):
    net = build_model(replace(SPEC, size=8), "sparse", "cpu")
    list(retrofit(net, Many(count), RetrofitRecipe(epochs=1)))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_the_memory_of_a_retrofit_does_not_grow_with_the_pictures():
    root = Path(__file__).parents[1]
    run = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, cwd=root, check=True)
    few, many = map(int, run.stdout.split())  # MB; the pictures alone have 550 MB
    assert many - few < 60
