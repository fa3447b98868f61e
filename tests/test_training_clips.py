"""Training, retrofitting and making nets for clips, on a tiny net and clips that are told apart in seconds."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from halves import epochs
from speaker_clips import RECIPE, SPEC, Blinks, fresh

from sqexplain import models, publishing
from sqexplain.evaluation import Score, evaluate
from sqexplain.features import inputs_of
from sqexplain.features.streams import apply_gates, read_by
from sqexplain.learning import RECIPES, ClipRecipe, ClipRetrofitRecipe, Epoch, retrofit, train
from sqexplain.learning.clip_training import rate
from sqexplain.learning.recipes import OWN_RETROFIT_RECIPES
from sqexplain.models.store import block_keys, read_card
from sqexplain.progress import Progress

SPARSE = ClipRetrofitRecipe(epochs=2, steps=4, batch=4, clips=8)


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def trained():
    classifier = fresh()
    rows = epochs(train(classifier, Blinks(), ClipRecipe(epochs=4, steps=15, batch=4, lr=1e-2)))
    return classifier, rows


def test_training_on_clips_learns_and_says_so(trained):
    classifier, rows = trained
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert rows[-1].loss < 0.6 * rows[0].loss
    scores = {row.name: row.value for row in evaluate(classifier, Blinks(12)) if isinstance(row, Score)}
    assert scores["AP"] > 0.9
    assert scores["AP, shuffled audio"] < scores["AP"] - 0.2
    assert not classifier.net.training
    assert all(block.trained for block in classifier.blocks.values())


def test_the_rate_rises_stays_and_falls():
    recipe = ClipRecipe(warmup=0.1, flat=0.5)
    assert [rate(done, recipe) for done in (0.05, 0.3, 0.75)] == pytest.approx([0.5, 1.0, 0.5])
    assert rate(0, recipe) > 0


@pytest.mark.parametrize(
    ("frames", "audio", "said"),
    [
        (np.zeros((2, 6, 64, 64), np.uint8), np.zeros((2, 13, 24)), "must be .N, T, 112, 112. uint8"),
        (np.zeros((2, 6, 112, 112), np.float32), np.zeros((2, 13, 24)), "not .* float32"),
        (np.zeros((2, 6, 112, 112), np.uint8), np.zeros((2, 13, 23)), r"must be \(2, 13, 24\), 4 columns"),
    ],
    ids=["size", "type", "sound"],
)
def test_clips_of_another_shape_are_refused(frames, audio, said):
    with pytest.raises(ValueError, match=said):
        inputs_of(fresh(), frames, audio)


def test_inputs_are_normalised_as_for_one_clip():
    frames = np.full((1, 2, 112, 112), 128, np.uint8)
    pictures, sheets = inputs_of(fresh(), frames, np.ones((1, 13, 8)))
    assert pictures.shape == (1, 1, 2, 112, 112)
    assert pictures.unique().item() == pytest.approx((128 / 255 - 0.4161) / 0.1688, rel=1e-5)
    assert (sheets.shape, sheets.dtype) == ((1, 1, 13, 8), torch.float32)


def test_fusion_gates_hold_the_audio_first():
    seen, heard = torch.full((1, 1, 2), 3.0), torch.full((1, 1, 1), 5.0)
    assert read_by("fusion", seen, heard)[0].tolist() == [[[5, 3, 3]]]
    scaled = apply_gates("fusion", torch.tensor([[[0.1, 0.5, 1.0]]]), seen, heard)
    assert [part.flatten().tolist() for part in scaled] == [pytest.approx([1.5, 3.0]), pytest.approx([0.5])]
    assert apply_gates("audio", torch.tensor(0.0), seen, heard)[1].item() == 0


def sparse_on(trained, seed):
    classifier, state = fresh("sparse", seed), trained.net.state_dict()
    classifier.net.load_state_dict({key: state[key] for key in state.keys() - block_keys(state)}, strict=False)
    return classifier


def test_a_retrofit_on_clips_leaves_the_net_alone_and_closes_gates(trained):
    classifier = sparse_on(trained[0], 1)
    state = classifier.net.state_dict()
    frozen = {key: state[key].clone() for key in state.keys() - block_keys(state)}
    rows = epochs(retrofit(classifier, Blinks(), replace(SPARSE, epochs=6)))
    assert [row.number for row in rows] == [0, 1, 2, 3, 4, 5, 6]
    assert rows[-1].loss < rows[1].loss
    assert rows[-1].accuracy > 0.8  # agreement with the frozen net
    assert all(block.trained for block in classifier.blocks.values())
    assert all(torch.equal(classifier.net.state_dict()[key], value) for key, value in frozen.items())


@pytest.fixture
def tiny(monkeypatch):
    """Make the tiny model one of the known ones."""
    monkeypatch.setitem(models.MODELS, SPEC.name, SPEC)
    monkeypatch.setitem(RECIPES, SPEC.name, RECIPE)
    monkeypatch.setitem(OWN_RETROFIT_RECIPES, SPEC.name, SPARSE)


@pytest.mark.usefixtures("tiny")
def test_making_stores_nets_for_clips_with_what_it_measured(tmp_path):
    for gates in ("none", "sparse", "paper"):
        rows = list(publishing.make(SPEC.name, gates, Blinks(), Blinks(6), tmp_path, command="by hand"))
        assert {type(row) for row in rows} >= {Epoch, Progress, Score}
        card = read_card(rows[-1])
        again = models.load_model(SPEC.name, gates, rows[-1], "cpu")
        scores = {row.name: row.value for row in evaluate(again, Blinks(6)) if isinstance(row, Score)}
        assert card["scores"] == pytest.approx(scores, abs=1e-5, nan_ok=True)
        assert card["test clips"] == 6
    assert not list(tmp_path.glob("*.checkpoint*"))
