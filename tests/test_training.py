"""Training, retrofitting and making, on a net that learns the brighter half of a 16-pixel picture in seconds."""

from dataclasses import asdict, replace
from functools import partial

import numpy as np
import pytest
import torch

from sqexplain import models, publishing
from sqexplain.classifier import Spec
from sqexplain.evaluation import Progress, Score, evaluate
from sqexplain.learning import (
    RECIPES,
    Epoch,
    Recipe,
    SparseRecipe,
    augment,
    class_loss,
    cut_out,
    retrofit,
    sparse_loss,
    train,
)
from sqexplain.models import build_model
from sqexplain.models.nets.resnet import SmallResNet
from sqexplain.models.store import block_keys, read_card
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

    def arrays(self):
        """Return the pictures and their classes."""
        return self.images, self.labels

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return Sample(f"half {index}", self.images[index][None], labels=self.labels[index][None])


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def fresh(gates="none", seed=0):
    torch.manual_seed(seed)
    return build_model(SPEC, gates, "cpu")


@pytest.fixture(scope="module")
def trained():
    torch.manual_seed(0)
    classifier = build_model(SPEC, "none", "cpu")
    list(train(classifier, *Halves().arrays(), recipe=replace(RECIPE, epochs=6)))
    return classifier


def test_training_learns_and_says_so(trained):
    rows = list(evaluate(trained, Halves(100, seed=1)))
    accuracy = next(row.value for row in rows if isinstance(row, Score) and row.name == "accuracy")
    assert accuracy > 0.95
    assert not trained.net.training
    assert trained.block.trained


@pytest.mark.parametrize("gates", ["none", "paper"])
def test_a_stopped_training_resumes_to_the_same_weights(gates, tmp_path):
    whole, stopped = fresh(gates), fresh(gates)
    data = Halves().arrays()
    list(train(whole, *data, recipe=RECIPE))
    rows = train(stopped, *data, recipe=RECIPE, checkpoint=tmp_path / "run")
    next(rows)
    rows.close()  # as if killed after the first epoch
    resumed = fresh(gates, seed=7)
    numbers = [row.number for row in train(resumed, *data, recipe=RECIPE, checkpoint=tmp_path / "run")]
    assert numbers == [2, 3]
    for key, value in whole.net.state_dict().items():
        assert torch.equal(value, resumed.net.state_dict()[key]), key


def test_a_checkpoint_of_another_run_is_refused_with_the_setting_that_differs(tmp_path):
    data = Halves(32).arrays()
    list(train(fresh(), *data, recipe=replace(RECIPE, epochs=1), checkpoint=tmp_path / "run"))
    with pytest.raises(ValueError, match="other seed"):
        list(train(fresh(), *data, recipe=replace(RECIPE, epochs=1), seed=1, checkpoint=tmp_path / "run"))


def test_a_broken_checkpoint_is_refused(tmp_path):
    (tmp_path / "run").write_bytes(b"not a checkpoint")
    with pytest.raises(ValueError, match="no readable checkpoint"):
        list(train(fresh(), *Halves(32).arrays(), recipe=RECIPE, checkpoint=tmp_path / "run"))


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        (np.zeros((4, 8, 8, 3), np.uint8), np.zeros(4, int)),
        (np.zeros((4, 16, 16, 3), np.float32), np.zeros(4, int)),
        (np.zeros((4, 16, 16, 3), np.uint8), np.full(4, 2)),
        (np.zeros((4, 16, 16, 3), np.uint8), np.zeros(3, int)),
        (np.zeros((0, 16, 16, 3), np.uint8), np.zeros(0, int)),
    ],
    ids=["size", "dtype", "class", "count", "empty"],
)
def test_wrong_training_data_are_refused(images, labels):
    with pytest.raises(ValueError, match="must be"):
        list(train(fresh(), images, labels))


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
def test_a_retrofit_leaves_the_net_alone_closes_gates_and_resumes(gates, trained, tmp_path):
    images, _ = Halves().arrays()
    recipe = SparseRecipe(epochs=4, batch=64, lr=1e-2)

    def start():
        torch.manual_seed(1)
        classifier = build_model(SPEC, gates, "cpu")
        state = trained.net.state_dict()
        classifier.net.load_state_dict({key: state[key] for key in state.keys() - block_keys(state)})
        return classifier

    whole, stopped, resumed = start(), start(), start()
    state = trained.net.state_dict()
    frozen = {key: state[key].clone() for key in state.keys() - block_keys(state)}
    rows = list(retrofit(whole, images, recipe))
    assert [row.number for row in rows] == [0, 1, 2, 3, 4]
    assert rows[-1].loss < rows[1].loss
    assert rows[-1].accuracy > 0.95  # agreement with the frozen net
    assert whole.block.trained
    for key, value in frozen.items():
        assert torch.equal(whole.net.state_dict()[key], value), key
    half = retrofit(stopped, images, recipe, checkpoint=tmp_path / "run")
    next(half), next(half)
    half.close()
    assert [row.number for row in retrofit(resumed, images, recipe, checkpoint=tmp_path / "run")] == [2, 3, 4]
    for key, value in whole.net.state_dict().items():
        assert torch.equal(value, resumed.net.state_dict()[key]), key


def test_a_block_that_was_not_made_for_it_is_not_retrofitted():
    with pytest.raises(ValueError, match="'paper'.*cannot be retrofitted"):
        list(retrofit(fresh("paper"), Halves(8).arrays()[0]))


def test_the_sparse_loss_is_the_price_of_open_gates_when_the_answers_agree():
    logits = torch.tensor([[1.0, 2, 3]])
    assert sparse_loss(logits, logits, torch.tensor([[0.5, 1.0]]), price=0.2).item() == pytest.approx(0.15)


def test_the_class_loss_is_the_divergence_of_two_coins():
    teacher = torch.tensor([[0.8, 0.1, 0.1]]).log()
    student = torch.tensor([[0.5, 0.3, 0.2]]).log()
    expected = 0.8 * np.log(0.8 / 0.5) + 0.2 * np.log(0.2 / 0.5)
    loss = class_loss(student, teacher, torch.zeros(1, 4), torch.tensor([0]), price=0.5)
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
    with pytest.raises(ValueError, match="knows the classes of 'halves'"):
        list(publishing.make("tiny", "none", other, other, tmp_path))
    assert not list(tmp_path.iterdir())
