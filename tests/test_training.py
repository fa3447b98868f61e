"""Training, retrofitting and making, on a net that learns the brighter half of a 16-pixel picture in seconds."""

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from conftest import TinyNet
from halves import RECIPE, SPEC, Halves, epochs, fresh

from sqexplain import models, publishing
from sqexplain.classifier import Classifier
from sqexplain.evaluation import Score, evaluate
from sqexplain.gates.insertion import insert_se
from sqexplain.learning import RECIPES, Epoch, RetrofitRecipe, augment, cut_out, retrofit, train
from sqexplain.models import build_model
from sqexplain.models.store import block_keys, read_card
from sqexplain.progress import Progress
from sqexplain.tasks.gate_losses import class_loss, sparse_loss

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def trained():
    torch.manual_seed(0)
    classifier = build_model(SPEC, "none", "cpu")
    list(train(classifier, Halves(), replace(RECIPE, epochs=6)))
    return classifier


def test_training_learns_and_says_so(trained):
    rows = list(evaluate(trained, Halves(100, seed=1)))
    accuracy = next(row.value for row in rows if isinstance(row, Score) and row.name == "accuracy")
    assert accuracy > 0.95
    assert not trained.net.training
    assert trained.block.trained


def test_pictures_of_another_size_are_brought_to_that_of_the_net():
    images = np.random.default_rng(0).integers(0, 256, (8, 20, 24, 3), dtype=np.uint8)
    rows = list(train(fresh(), (images, np.arange(8) % 2), replace(RECIPE, epochs=1)))
    assert [row for row in rows if isinstance(row, Progress)] == [Progress(8, 8)]
    assert [row.number for row in epochs(rows)] == [1]


def test_augmenting_moves_and_mirrors_whole_pictures():
    images = torch.arange(2 * 3 * 6 * 6).reshape(2, 3, 6, 6).float()
    rng = torch.Generator().manual_seed(0)
    mirrored = augment(images, 0, torch.tensor([True, False]), rng)
    assert torch.equal(mirrored[0], images[0].flip(2))
    assert torch.equal(mirrored[1], images[1])
    shifted = augment(images, 2, None, rng)
    assert shifted.shape == images.shape
    assert set(shifted[0].unique().tolist()) <= set(images[0].unique().tolist())


def test_cutting_blanks_one_square_in_each_picture():
    cut = cut_out(torch.ones(5, 3, 8, 8), 3, torch.Generator().manual_seed(0))
    assert (cut == 0).sum((1, 2, 3)).tolist() == [27] * 5
    assert len({tuple((one == 0).nonzero()[0].tolist()) for one in cut}) > 1
    assert torch.equal(cut_out(cut, 0, torch.Generator()), cut)


@pytest.mark.parametrize("gates", ["sparse", "class"])
def test_a_retrofit_leaves_the_net_alone_and_closes_gates(gates, trained):
    torch.manual_seed(1)
    classifier, state = build_model(SPEC, gates, "cpu"), trained.net.state_dict()
    frozen = {key: state[key].clone() for key in state.keys() - block_keys(state)}
    classifier.net.load_state_dict(frozen)
    rows = epochs(retrofit(classifier, Halves(), RetrofitRecipe(epochs=4, batch=64, lr=1e-2)))
    assert [row.number for row in rows] == [0, 1, 2, 3, 4]
    assert rows[-1].loss < rows[1].loss
    assert rows[-1].accuracy > 0.95  # agreement with the frozen net
    assert classifier.block.trained
    for key, value in frozen.items():
        assert torch.equal(classifier.net.state_dict()[key], value), key


@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_a_block_in_a_net_of_ones_own_is_retrofitted_from_arrays(task):
    net = insert_se(TinyNet(), "relu", "class", 4, torch.zeros(1, 3, 16, 16))
    classifier = Classifier.from_net(net, 4, 16, task=task)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (12, 20, 24, 3), dtype=np.uint8)
    labels = rng.integers(4, size=12) if task == "multiclass" else rng.integers(2, size=(12, 4))
    rows = epochs(retrofit(classifier, (images, labels), RetrofitRecipe(epochs=2, batch=4)))
    assert [row.number for row in rows] == [0, 1, 2]
    assert classifier.block.trained


def test_the_sparse_loss_is_that_of_open_gates_when_the_answers_agree():
    logits = torch.tensor([[1.0, 2, 3]])
    assert sparse_loss(logits, logits, torch.tensor([[0.5, 1.0]]), sparsity_weight=0.2).item() == pytest.approx(0.15)


def test_the_class_loss_is_the_divergence_of_two_coins():
    teacher = torch.tensor([[0.8, 0.1, 0.1]]).log()
    student = torch.tensor([[0.5, 0.3, 0.2]]).log()
    expected = 0.8 * np.log(0.8 / 0.5) + 0.2 * np.log(0.2 / 0.5)
    loss = class_loss(student, teacher, torch.zeros(1, 4), torch.tensor([0]), sparsity_weight=0.5)
    assert loss.item() == pytest.approx(expected, rel=1e-5)


@pytest.fixture
def tiny(monkeypatch):
    """Make the tiny model one of the known ones."""
    monkeypatch.setitem(models.MODELS, "tiny", SPEC)
    monkeypatch.setitem(RECIPES, "tiny", RECIPE)


@pytest.mark.usefixtures("tiny")
def test_making_stores_what_it_measured(tmp_path):
    training, test = Halves(), Halves(60, seed=1)
    for gates in ("none", "class"):
        rows = list(publishing.make("tiny", gates, training, test, tmp_path, command="by hand"))
        assert {type(row) for row in rows} >= {Epoch, Progress, Score}
        card = read_card(rows[-1])
        again = models.load_model("tiny", gates, rows[-1], "cpu")
        scores = {row.name: row.value for row in evaluate(again, test) if isinstance(row, Score)}
        assert card["scores"] == pytest.approx(scores, abs=1e-5)
        assert card["command"] == "by hand"
    assert not list(tmp_path.glob("*.checkpoint*"))
    assert card["frozen net"]["file"] == "tiny.none.safetensors"
    assert asdict(RECIPE) == read_card(tmp_path / "tiny.none.safetensors")["recipe"]


@pytest.mark.usefixtures("tiny")
def test_making_refuses_another_data_set(tmp_path):
    other = Halves()
    other.classes = ("up", "down")
    for training, test in ((other, Halves()), (Halves(), other)):
        with pytest.raises(ValueError, match="'halves' has a class 'up' that 'tiny' does not know"):
            list(publishing.make("tiny", "none", training, test, tmp_path))
    assert not list(tmp_path.iterdir())
