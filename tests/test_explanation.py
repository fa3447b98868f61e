"""From samples to heatmaps: batches, threads, targets and notes."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import CLASSES, TinyNet, make_classifier, make_sample

from sqexplain.explanation import explain, read
from sqexplain.methods import METHODS, SE
from sqexplain.sample import Sample
from sqexplain.sample.cropping import CropBox

ALL = tuple(METHODS)
CLOSE = {"rtol": 0, "atol": 1e-5}


def same(one, other) -> bool:
    return all(
        np.allclose(getattr(one, name), getattr(other, name), **CLOSE)
        for name in ("heatmaps", "raws", "logits", "targets", "gates")
    )


@pytest.mark.parametrize("name", METHODS)
def test_a_heatmap_has_the_size_of_the_sample_and_lies_between_zero_and_one(name, classifier):
    found = explain(classifier, make_sample(height=24, width=40), (name,))[0]
    assert found.heatmap.shape == (24, 40)
    assert found.heatmap.dtype == np.float32
    assert found.heatmap.min() >= 0
    assert found.heatmap.max() == pytest.approx(1, abs=1e-4)
    assert found.heatmap[:, :8].max() == 0, "the net saw the square in the middle alone"
    assert found.method == METHODS[name]().text
    assert (found.channels is None) == (name in ("gradcam", "gradcam++", "winners", *CAMS))


CAMS = ("xgradcam", "hirescam", "layercam", "eigencam", "eigengradcam", "fullgrad")


def test_one_pass_serves_every_method(classifier, sample):
    runs = []
    classifier.net.register_forward_hook(lambda *_: runs.append(1))
    explain(classifier, sample, ALL)
    assert len(runs) == 1


def test_no_graph_is_built_where_no_method_needs_a_gradient(classifier, sample):
    seen = []
    classifier.net.head.register_forward_hook(lambda *_: seen.append(torch.is_grad_enabled()))
    explain(classifier, sample, ("se", "eigencam"))
    explain(classifier, sample, ("se", "gradcam"))
    assert seen == [False, True]


@pytest.mark.parametrize("gates", ["class", "sparse", "paper"])
def test_samples_in_batches_give_the_maps_of_single_ones(gates):
    classifier = make_classifier(gates)
    samples = [make_sample(0), make_sample(1, frames=3), make_sample(2, height=20, width=30)]
    together = explain(classifier, samples, ALL, batch_size=4)
    for sample, found in zip(samples, together, strict=True):
        for one, other in zip(found, explain(classifier, sample, ALL, batch_size=1), strict=True):
            assert one.sample == sample.name
            assert same(one, other), one.method


def test_eight_threads_on_one_model_give_the_maps_of_one(classifier):
    samples = [make_sample(seed) for seed in range(24)]
    wanted = [explain(classifier, sample, ALL, target=seed % 4) for seed, sample in enumerate(samples)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda seed: explain(classifier, samples[seed], ALL, target=seed % 4), range(24)))
    for ones, others in zip(found, wanted, strict=True):
        assert all(same(one, other) for one, other in zip(ones, others, strict=True))


def test_the_reading_holds_the_se_map_of_every_percentage(classifier, sample):
    maps = {name: read(classifier, sample).percent_maps(name) for name in ("se", "se_class", "pooled")}
    for name, found in maps.items():
        for percent in (1, 10, 37, 100):
            wanted = explain(classifier, sample, (f"{name}:percent={percent}",))[0].raws
            assert np.allclose(found[:, percent - 1], wanted, **CLOSE)


def test_the_reading_tells_what_each_channel_adds(classifier, sample):
    reading = read(classifier, sample, target="cat")
    bias = classifier.net.head.bias[2].item()
    assert reading.targets.tolist() == [2]
    assert reading.attribution.sum() + bias == pytest.approx(reading.logits[0, 2], abs=1e-5)
    assert reading.trained
    assert reading.gates.shape == (1, 12)


def test_targets_are_names_indices_or_one_for_each_picture(classifier):
    clip = make_sample(frames=3)
    predicted = explain(classifier, clip, "gradcam")[0]
    assert predicted.targets.tolist() == predicted.logits.argmax(1).tolist()
    assert explain(classifier, clip, "gradcam", target="Dog")[0].targets.tolist() == [3, 3, 3]
    mixed = explain(classifier, clip, "gradcam", target=["ant", None, 2])[0]
    assert mixed.targets.tolist() == [0, predicted.targets[1], 2]
    pair = explain(classifier, [make_sample(), clip], "gradcam", target=[1, ["ant", "bee", "cat"]])
    assert [found[0].targets.tolist() for found in pair] == [[1], [0, 1, 2]]


def test_a_picture_with_several_targets_is_explained_for_each_in_turn(classifier, sample):
    methods = ("se", "gradcam")
    several = explain(classifier, sample, methods, target=["bee", "not dog"])
    assert [(one.title, one.target_names) for one in several] == [
        (title, (asked,)) for asked in ("bee", "not dog") for title in ("SE", "GradCAM")
    ]
    alone = explain(classifier, sample, methods, target="not dog")
    assert all(np.allclose(one.raw, other.raw, atol=1e-6) for one, other in zip(several[2:], alone, strict=True))
    lists = explain(classifier, [make_sample(1), sample], methods, target=["cat", ["bee", "not dog"]])
    assert [len(found) for found in lists] == [2, 4]


@pytest.mark.parametrize("name", [name for name, method in METHODS.items() if method.class_specific])
def test_what_speaks_against_a_class_is_the_map_of_its_negative_logit(name, sample):
    classifier, turned = make_classifier("sparse"), make_classifier("sparse")
    turned.net.head.weight.data.neg_()
    turned.net.head.bias.data.neg_()
    against = explain(classifier, sample, name, target="not cat")[0]
    wanted = explain(turned, sample, name, target="cat")[0]
    assert np.allclose(against.raw, wanted.raw, atol=1e-6)
    assert (against.target, against.target_names, against.signs.tolist()) == (2, ("not cat",), [-1])


def test_the_map_follows_the_target_where_the_method_is_class_specific(classifier, sample):
    for name, method in METHODS.items():
        one, other = (explain(classifier, sample, name, target=target)[0].raw for target in (0, 1))
        expected = method.class_specific or name == "se"  # this net has a gate vector per class
        assert np.allclose(one, other) != expected, name


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"target": "cow"}, ["'cow'", "ant"]),
        ({"target": 4}, ["4", "0 ... 3"]),
        ({"target": []}, ["'target' is empty", "'tiny'"]),
        ({"target": "not a cow"}, ["'a cow'", "ant"]),
        ({"methods": "gradcma"}, ["'gradcam'"]),
        ({"methods": ()}, ["empty"]),
        ({"scale": "clips"}, ["'clips'", "picture, clip"]),
        ({"batch_size": 0}, ["'batch_size'"]),
    ],
)
def test_a_wrong_question_is_answered_with_what_is_allowed(classifier, sample, call, words):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        explain(classifier, sample, **call)
    assert all(word in str(caught.value) for word in words)


def test_a_method_that_is_none_is_refused(classifier, sample):
    with pytest.raises(TypeError, match="SE"):
        explain(classifier, sample, (SE,))


def test_a_net_without_gates_refuses_se_before_it_runs(sample):
    classifier = make_classifier("none")
    with pytest.raises(ValueError, match="gates 'none'.*'pooled'"):
        explain(classifier, sample, "se")
    with pytest.raises(ValueError, match="no gates"):
        read(classifier, sample).percent_maps()


def test_weights_that_are_not_finite_are_refused(classifier, sample):
    classifier.net.head.weight.data[0, 0] = float("nan")
    with pytest.raises(ValueError, match="NaN"):
        explain(classifier, sample)


def test_an_untrained_block_and_equal_gates_are_called_that(classifier, sample):
    classifier.block.trained.fill_(False)
    classifier.block.expand.weight.data.zero_()
    se, cam = explain(classifier, sample, ("se", "gradcam"))
    assert any("untrained" in note for note in se.notes)
    assert any("nearly equal" in note for note in se.notes)
    assert not cam.notes


def test_an_empty_map_says_why(classifier, sample):
    classifier.net.head.weight.data = -classifier.net.head.weight.data.abs() - 0.1
    found = explain(classifier, sample, "gradcam")[0]
    assert found.heatmap.max() == 0
    assert any("against the class" in note for note in found.notes)


def test_a_note_that_holds_for_some_pictures_counts_them(classifier):
    classifier.net.head.weight.data = -classifier.net.head.weight.data.abs()
    classifier.net.head.weight.data[0] *= -1
    found = explain(classifier, make_sample(frames=3), "gradcam", target=[0, 1, 1], batch_size=2)[0]
    assert [note for note in found.notes if note.startswith("In 2 of 3 pictures: The map is empty")]


def test_the_authors_rule_reports_its_count(classifier, sample):
    classifier.block.expand.bias.data[:12] = torch.tensor([9.0] + [-9.0] * 11)
    assert explain(classifier, sample, "se:rule=paper", target=0)[0].channels.tolist() == [1]
    assert explain(classifier, sample, "se:percent=25", target=0)[0].channels.tolist() == [3]


def test_a_clip_can_have_one_scale(classifier):
    frames = np.concatenate([make_sample().frames, np.full((1, 16, 16, 3), 128, np.uint8)])
    found = explain(classifier, Sample("clip", frames), "mean", scale="clip")[0]
    assert found.heatmaps.max() == pytest.approx(1, abs=1e-4)
    assert found.heatmaps.max((1, 2)).min() < 0.99


def test_the_short_names_are_for_one_picture_alone(classifier):
    clip = explain(classifier, make_sample(frames=2), "mean")[0]
    with pytest.raises(ValueError, match="2 pictures.*'heatmaps'"):
        _ = clip.heatmap


def test_an_explanation_is_read_only_and_can_be_pickled(classifier, sample):
    found = explain(classifier, sample)[0]
    assert found.target in range(len(CLASSES))
    assert found.views == (CropBox(0, 0, 16, 16),)
    with pytest.raises(ValueError, match="read-only"):
        found.heatmap[0, 0] = 1
    assert same(pickle.loads(pickle.dumps(found)), found)


def test_no_samples_give_no_explanations(classifier):
    assert explain(classifier, []) == []


def test_a_net_of_one_logit_explains_class_zero(sample):
    net = TinyNet(classes=1)
    classifier = make_classifier("sparse", net)
    assert explain(classifier, sample, "gradcam")[0].targets.tolist() == [0]


def test_gates_that_the_card_calls_constant_are_called_that(classifier, sample):
    quiet = explain(classifier, sample, ["se"])[0]
    assert not any("almost the same for every picture" in note for note in quiet.notes)
    constant = replace(classifier, card={"scores": {"channel share": 0.93}})
    loud = explain(constant, sample, ["se", "gradcam"])
    assert any("93%" in note for note in loud[0].notes)
    assert loud[1].notes == ()  # GradCAM asks no gate
