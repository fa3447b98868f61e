"""Several labels at once: measures by hand and against scikit-learn, learning, and gates for each attribute."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from fake_faces import CLASSES, SPEC, Faces, make_face_classifier
from halves import epochs
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from sqexplain import data, models, publishing
from sqexplain.evaluation import Score, evaluate, localise
from sqexplain.evaluation.localisation import mean_over
from sqexplain.explanation import explain
from sqexplain.features import LinearHead
from sqexplain.learning import RECIPES, RETROFIT_RECIPES, Epoch, Recipe, RetrofitRecipe, relight, retrofit, warp
from sqexplain.learning.image_retrofit import FrozenImageNet
from sqexplain.metrics.attributes import accuracies, auc, aucs, balanced_accuracies, majority
from sqexplain.models.store import read_card
from sqexplain.tasks import MULTILABEL
from sqexplain.tasks.gate_losses import attribute_loss, coin_divergence
from sqexplain.tasks.probabilities import sigmoid, softmax

RNG = np.random.default_rng(0)
SCORES, LABELS = RNG.random((200, 4)), RNG.integers(0, 2, (200, 4))


def values(rows):
    return {row.name: row.value for row in rows if isinstance(row, Score)}


def test_probabilities_are_a_softmax_or_a_sigmoid_of_each():
    logits = np.array([[0.0, np.log(3)]])
    assert softmax(logits) == pytest.approx(np.array([[0.25, 0.75]]))
    assert sigmoid(logits) == pytest.approx(np.array([[0.5, 0.75]]))
    assert np.isfinite(sigmoid(np.array([[-1e4, 1e4]]))).all()


def test_the_measures_are_those_of_scikit_learn():
    assert aucs(SCORES, LABELS) == pytest.approx([roc_auc_score(LABELS[:, k], SCORES[:, k]) for k in range(4)])
    said = SCORES >= 0.3
    wanted = [balanced_accuracy_score(LABELS[:, k], said[:, k]) for k in range(4)]
    assert balanced_accuracies(SCORES, LABELS, np.full(4, 0.3)) == pytest.approx(wanted)
    assert np.isnan(auc(SCORES[:, 0], np.ones(200)))


def test_accuracy_and_majority_are_the_numbers_computed_by_hand():
    probabilities = np.array([[0.9, 0.2], [0.4, 0.6], [0.5, 0.1], [0.1, 0.3]])
    labels = np.array([[1, 0], [1, 0], [1, 0], [0, 1]])
    assert accuracies(probabilities, labels).tolist() == [0.75, 0.5]
    assert accuracies(probabilities, labels, np.array([0.3, 0.3])).tolist() == [1.0, 0.75]
    assert majority(labels).tolist() == [0.75, 0.75]


def test_the_loss_of_several_labels_is_the_mean_binary_cross_entropy():
    logits, target = torch.tensor([[0.0, 2.0]]), torch.tensor([[1, 0]])
    assert MULTILABEL.loss(logits, target).item() == pytest.approx((np.log(2) + np.log1p(np.exp(2))) / 2)
    assert MULTILABEL.accuracy(logits, target) == 0.0  # a logit of 0 is no yes
    smooth = MULTILABEL.loss(logits, target, 0.2).item()
    assert smooth == pytest.approx((np.log(2) + 0.1 * np.log1p(np.exp(-2)) + 0.9 * np.log1p(np.exp(2))) / 2)


def test_the_divergence_of_coins_and_the_loss_of_gates_are_computed_by_hand():
    teacher, logits = torch.tensor([[0.0]]), torch.tensor([[np.log(3.0)]])  # 1/2 against 3/4
    by_hand = 0.5 * np.log(0.5 / 0.75) + 0.5 * np.log(0.5 / 0.25)
    assert coin_divergence(logits, teacher).item() == pytest.approx(by_hand)
    assert coin_divergence(teacher, teacher).item() == pytest.approx(0, abs=1e-7)
    gates = torch.full((1, 1, 4), 0.25)
    loss = attribute_loss(logits, teacher, gates, torch.tensor([[2.0]]), torch.tensor([0.5]), sparsity_weight=0.4)
    assert loss.item() == pytest.approx(2 * by_hand / 0.5 + 0.4 * 0.25)


def test_gated_logits_are_those_of_each_attribute_through_its_own_gates():
    classifier = make_face_classifier("class")
    head = classifier.net.head
    before = torch.rand(5, 4)
    block = classifier.block
    frozen = FrozenImageNet(block, LinearHead(head.weight, head.bias))
    gates = frozen.gates(before)
    logits = frozen.answer(before, gates)
    for k in range(3):
        own = before * block.gates_from_pooled(before, torch.full((5,), k))
        assert torch.allclose(logits[:, k], head(own)[:, k], atol=1e-4)
    assert gates.shape == (5, 3, 4)


def test_a_turned_picture_is_turned_and_one_left_alone_is_the_same():
    rng = torch.Generator().manual_seed(0)
    pictures = torch.rand(6, 3, 20, 16, generator=rng)
    assert warp(pictures, 0, 0, 0, rng) is pictures
    assert relight(pictures, 0, rng) is pictures
    turned = warp(pictures, 10, 0.1, 0.05, torch.Generator().manual_seed(1))
    assert turned.shape == pictures.shape
    assert not torch.allclose(turned, pictures)
    again = warp(pictures, 10, 0.1, 0.05, torch.Generator().manual_seed(1))
    assert torch.equal(turned, again)
    spot = torch.zeros(1, 1, 41, 41)
    spot[..., 20, 20] = 1  # the middle stays where it is, however the picture is turned
    assert warp(spot, 90, 0, 0, rng)[0, 0].argmax() == spot[0, 0].argmax()


@pytest.fixture(scope="module")
def retrofitted():
    """Return the net with gates for each attribute, learned on faces of which a quarter of the pixels decides."""
    torch.manual_seed(0)
    classifier = make_face_classifier("class", trained=False)
    recipe = RetrofitRecipe(sparsity_weight=0.3, epochs=40, batch=16, lr=0.01)
    rows = epochs(retrofit(classifier, Faces(64), recipe))
    return classifier, rows


def test_gates_for_each_attribute_learn_which_channel_it_needs(retrofitted):
    classifier, rows = retrofitted
    assert rows[-1].accuracy > 0.9
    assert rows[-1].loss < rows[1].loss
    faces = Faces(8)
    for name, channel in (("Red", 0), ("Blue", 1)):
        (one,) = explain(classifier, faces[7], "se:percent=25", target=name)
        assert one.gates[0].argmax() == channel


def test_maps_of_an_attribute_lie_on_its_evidence_and_those_of_another_do_not(retrofitted):
    methods = ("se:percent=25", "se_class:percent=25", "se_evidence:percent=25", "gradcam", "mean", "pooled")
    rows = values(localise(retrofitted[0], Faces(32), methods, 8, ("Red", "Blue")))
    for name in methods[:3]:
        assert rows[f"pointing, {name}"] == 1
        assert rows[f"mass, {name}"] > 2 * rows[f"mass, {name} of another attribute"]
        assert rows[f"empty, {name}"] == 0
    assert rows["mass, se:percent=25"] > rows["mass, mean"]
    assert rows["mass, mean minus gradcam"] == pytest.approx(rows["mass, mean"] - rows["mass, gradcam"])
    assert rows["mass, gradcam"] == pytest.approx((rows["mass, gradcam, Red"] + rows["mass, gradcam, Blue"]) / 2)


def test_means_over_attributes_count_each_attribute_the_same():
    mean, half = mean_over([np.array([[1.0], [3.0]]), np.array([[10.0], [10.0], [10.0]])])
    assert mean.tolist() == [6]
    assert half[0] == pytest.approx(1.96 * np.sqrt(2 / 2) / 2)


@pytest.mark.parametrize(
    ("attributes", "words"),
    [(("Red", "Rad"), ["'Rad'", "'Red'"]), (("Bright",), ["no part of the face", "'Bright'"])],
)
def test_attributes_without_evidence_are_refused(attributes, words):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        list(localise(make_face_classifier(), Faces(8), ("mean",), 100, attributes))
    assert all(word in str(caught.value) for word in words)


def test_the_scores_say_what_keeping_and_dropping_channels_does(retrofitted):
    classifier = retrofitted[0]
    faces = Faces(64)
    rows = values(evaluate(classifier, faces, percent=25))
    assert rows["AUC"] == pytest.approx(np.mean([rows[f"AUC, {name}"] for name in CLASSES]))
    assert rows["AUC, Red"] == rows["AUC, Blue"] == 1
    assert rows["majority"] == 0.5
    assert rows["keep"] > 0.95 > rows["keep, random"]
    assert rows["drop"] < rows["drop, random"]
    assert {"keep, fixed", "drop, fixed", "keep, pooled", "keep, w x g", "keep, other", "overlap"} <= set(rows)


@pytest.mark.parametrize("gates", ["none", "sparse", "paper"])
def test_every_kind_of_gates_can_be_scored(gates):
    rows = values(evaluate(make_face_classifier(gates), Faces(16)))
    assert ("keep" in rows) == (gates != "none")
    assert "keep, other" not in rows


@pytest.fixture
def shop(monkeypatch, tmp_path):
    """Offer the net and its faces by name, so that it can be made and loaded."""
    monkeypatch.setitem(models.MODELS, SPEC.name, SPEC)
    monkeypatch.setitem(data.DATASETS, SPEC.name, lambda split, root: Faces(32 if split == "train" else 16))  # noqa: ARG005
    monkeypatch.setitem(RECIPES, SPEC.name, Recipe(epochs=1, batch=16, smoothing=0, shift=0, turn=5, light=0.1))
    for kind in ("sparse", "class"):
        monkeypatch.setitem(RETROFIT_RECIPES, ("multilabel", kind), RetrofitRecipe(epochs=2, batch=16))
    return tmp_path


def test_making_stores_gates_of_every_kind_with_the_prevalence(shop):
    for gates in ("none", "paper", "sparse", "class"):
        *rows, path = publishing.make(SPEC.name, gates, Faces(32), Faces(16), shop, command="by hand")
        card = read_card(path)
        assert [row.number for row in rows if isinstance(row, Epoch)][-1] == (2 if gates in ("sparse", "class") else 1)
        assert card["prevalence"] == {"Red": 0.5, "Blue": 0.5, "Bright": 0.5}
        assert card["scores"]["majority"] == 0.5
    again = models.load_start(SPEC.name, "class", path)
    assert again.block.trained
    assert again.thresholds.tolist() == [0.5, 0.5, 0.5]


def test_a_multilabel_explanation_asks_its_usual_attribute():
    classifier = make_face_classifier()
    asking = replace(classifier, spec=replace(SPEC, default="Blue"))
    (one,) = explain(asking, Faces(8)[1], "gradcam")
    assert one.target_names == ("Blue",)
    assert one.task == MULTILABEL
    assert one.probabilities.sum() != pytest.approx(1)
